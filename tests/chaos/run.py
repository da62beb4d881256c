"""Hurts a running installation for some minutes and holds every history against what was
acknowledged.

    cargo xtask chaos --store STORE [--minutes N] [--seed N] [--release] [--report FILE]

Ends with 0 when nothing was found. A seed draws the same faults with the same seconds; when they
strike is the machine's own.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests/e2e")]

from chaos.api import Api  # noqa: E402
from chaos.books import Books  # noqa: E402
from chaos.faults import Faults  # noqa: E402
from chaos.installation import Embedded, Roles  # noqa: E402
from chaos.load import Load  # noqa: E402
from chaos.recovery import Recovery  # noqa: E402
from chaos.report import report  # noqa: E402
from chaos.verify import verify  # noqa: E402
from crash.clerk import Clerk  # noqa: E402
from harness.cluster import RedisCluster  # noqa: E402
from harness.examples import build_ship_parcel, example_workers  # noqa: E402
from harness.functions import FunctionEndpoint  # noqa: E402
from harness.redis import Redis  # noqa: E402

STORES = {
    "embedded": lambda *where: Embedded(*where),
    "redis-always": lambda binary, folder, flags: Roles(binary, folder, flags, Redis(folder)),
    "redis-everysec": lambda binary, folder, flags: Roles(
        binary, folder, flags, Redis(folder, "everysec")
    ),
    "cluster-replicated": lambda binary, folder, flags: Roles(
        binary, folder, [*flags, "--durability", "replicated"], RedisCluster(folder)
    ),
    "cluster-unreplicated": lambda binary, folder, flags: Roles(
        binary, folder, flags, RedisCluster(folder)
    ),
}
# What these may lose of what they acknowledged is counted, and is no finding.
LOSSY = {"redis-everysec", "cluster-unreplicated"}


def main() -> int:
    options = arguments()
    print(f"store {options.store}, {options.minutes:g} minutes, seed {options.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="stepwell-chaos-"))
    text, found = run(options, folder)
    print(text)
    if options.report:
        with options.report.open("a") as file:
            file.write(text + "\n")
    if found:
        print(f"logs are kept in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def arguments() -> argparse.Namespace:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--store", choices=sorted(STORES), default="embedded")
    parser.add_argument("--minutes", type=float, default=1, help="how long faults go on")
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    parser.add_argument("--open", type=int, default=48, help="executions kept open at a time")
    parser.add_argument("--release", action="store_true", help="hurt the optimised binary")
    parser.add_argument("--binary", type=Path, help="hurt this one")
    parser.add_argument("--report", type=Path, help="a file that the report is added to")
    options = parser.parse_args()
    profile = "release" if options.release else "debug"
    options.binary = options.binary or target / profile / "stepwell"
    return options


def run(options: argparse.Namespace, folder: Path) -> tuple[str, int]:
    """The report of one run, and how many findings it has."""
    functions = FunctionEndpoint()
    flags = ["--lambda-endpoint", functions.url]
    own = STORES[options.store](options.binary, folder / "suite", flags)
    books = Books(lossy=options.store in LOSSY)
    load = Load(Api(own.gateways), books, functions)
    recovery, struck = Recovery(load), Counter()
    began = time.monotonic()
    try:
        own.start()
        load.prepare()
        ship = build_ship_parcel(folder)
        workers = example_workers(own.grpc("activity"), load.activities, folder, ship)
        for worker in workers:
            worker.start()
        try:
            hurt(options, own, load, Faults(own, recovery, workers).all(), struck)
        finally:
            for worker in workers:
                worker.stop()
        verify(load)
    finally:
        own.stop()
        functions.close()
    books.findings += load.api.surprises
    facts = {
        "seed": options.seed,
        "build": options.binary.parent.name,
        "minutes": f"{(time.monotonic() - began) / 60:.1f}, {options.minutes:g} with faults",
        "executions accepted": f"{len(books.executions):,}",
    }
    return report(options.store, facts, struck, load, recovery), len(books.findings)


def hurt(options, own, load: Load, faults: list, struck: Counter) -> None:
    """Load and faults side by side; then the load comes to its end undisturbed."""
    chance = random.Random(options.seed)
    weights = [fault.weight for fault in faults]
    load.start(options.open, workers=12)
    clerk = None if load.books.lossy else Clerk(f"http://127.0.0.1:{own.gateways[0]}").__enter__()
    limit = time.monotonic() + options.minutes * 60
    while time.monotonic() < limit:
        # Calm between two faults: some of them strike a system that still mends the one before.
        time.sleep(chance.choice([0.2, 1, 3, 6]))
        fault = chance.choices(faults, weights)[0]
        what = fault.apply(chance)
        struck[fault.name] += 1
        print(f"{fault.name}: {what}; ended: {sum(load.books.ended.values())}", flush=True)
        for process in own.ended_by_themselves():
            load.books.finding(f"{process.name} ended with {process.exit_code}: {process.tail(15)}")
            own.start_again([process])
    if clerk is not None:
        clerk.__exit__()
    load.finish()
    if clerk is not None:
        try:
            clerk.assert_all_stands()
        except AssertionError as error:
            load.books.finding(f"the clerk: {error}")


if __name__ == "__main__":
    sys.exit(main())
