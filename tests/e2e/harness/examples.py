"""The example workers of the Python and the Go client, as processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

from harness.process import Process

ROOT = Path(__file__).resolve().parents[3]
CLIENTS = ROOT / "clients"
ORDERS = ROOT / "examples/order"

ORDER = {
    "id": "order-1",
    "items": [{"quantity": 2, "unitPrice": 1250}],
    "card": {"brand": "Visa", "lastFour": "4242"},
    "shipTo": {"name": "Ada", "city": "London"},
}


def build_ship_parcel(folder: Path) -> str:
    """Compiles the example of the Go client."""
    program = folder / "ship-parcel"
    build = ["go", "build", "-o", str(program), "./examples/ship-parcel"]
    done = subprocess.run(
        build, cwd=CLIENTS / "go", capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return str(program)


def example_workers(endpoint: str, arns: dict[str, str], folder: Path, ship: str) -> list[Process]:
    """A process of each client, for the activities `charge` and `ship`, not started yet."""
    source = os.pathsep.join([str(CLIENTS / "python/src"), os.environ.get("PYTHONPATH", "")])
    example = str(CLIENTS / "python/examples/charge_payment.py")
    commands = {
        "charge": ["env", f"PYTHONPATH={source}", sys.executable, example],
        "ship": [ship],
    }
    return [
        Process(
            name,
            [*command, "--endpoint", endpoint, "--activity-arn", arns[name]],
            folder / f"{name}.log",
        )
        for name, command in commands.items()
    ]


class ExampleWorkers:
    """One process of each client, each for an activity of its own."""

    def __init__(self, suite, workflows, ship_parcel: str, folder: Path):
        self.arns = {name: workflows.activity() for name in ("charge", "ship")}
        self._processes = example_workers(suite.grpc("activity"), self.arns, folder, ship_parcel)

    def __enter__(self):
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, *_):
        """They were there all the time, and end in good order."""
        for process in self._processes:
            assert process.running, process.tail()
            assert process.terminate() == 0, process.tail()
