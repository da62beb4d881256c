"""The example workers of the Python and the Go client, on one workflow."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness.definitions import machine, parallel, task
from harness.history import of_type
from harness.process import Process

# The Go client is built once.
pytestmark = pytest.mark.timeout(700)

CLIENTS = Path(__file__).resolve().parents[3] / "clients"
ORDER = {
    "id": "order-1",
    "items": [{"quantity": 2, "unitPrice": 1250}],
    "card": {"brand": "Visa", "lastFour": "4242"},
    "shipTo": {"name": "Ada", "city": "London"},
}


@pytest.fixture(scope="session")
def ship_parcel(tmp_path_factory) -> str:
    """The compiled example of the Go client."""
    program = tmp_path_factory.mktemp("go") / "ship-parcel"
    build = ["go", "build", "-o", str(program), "./examples/ship-parcel"]
    done = subprocess.run(
        build, cwd=CLIENTS / "go", capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return str(program)


@pytest.fixture
def workers(suite, workflows, ship_parcel, tmp_path, monkeypatch):
    """Runs both; gives the ARNs of their activities."""
    source = str(CLIENTS / "python/src")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([source, os.environ.get("PYTHONPATH", "")]))
    commands = {
        "charge": [sys.executable, str(CLIENTS / "python/examples/charge_payment.py")],
        "ship": [ship_parcel],
    }
    arns, begun = {}, []
    for name, command in commands.items():
        arns[name] = workflows.activity()
        arguments = ["--endpoint", suite.grpc("activity"), "--activity-arn", arns[name]]
        worker = Process(name, [*command, *arguments], tmp_path / f"{name}.log")
        worker.start()
        begun.append(worker)
    yield arns
    for worker in begun:
        assert worker.running, worker.tail()
        assert worker.terminate() == 0, worker.tail()


def test_an_order_is_charged_and_shipped(workflows, workers):
    busy = [{"ErrorEquals": ["CarrierBusy"], "IntervalSeconds": 1, "MaxAttempts": 2}]
    both = parallel(
        machine(("Charge", task(workers["charge"]))),
        machine(("Ship", task(workers["ship"], Retry=busy))),
    )
    found = workflows.run(machine(("Both", both)), ORDER)
    assert found["status"] == "SUCCEEDED", workflows.history(found["executionArn"])
    charged, shipped = json.loads(found["output"])
    assert charged == {"total": 2500, "chargedTo": "Visa ...4242"}
    assert shipped == {"trackingNumber": "parcel-of-order-1", "to": "Ada, London"}
    history = workflows.history(found["executionArn"])
    names = {
        event["activityStartedEventDetails"]["workerName"]
        for event in of_type(history, "ActivityStarted")
    }
    assert names == {"charge-payment-python", "ship-parcel-go"}
    assert len(of_type(history, "ActivityFailed")) == 1


def test_a_declined_card_fails_the_task(workflows, workers):
    declined = {**ORDER, "card": {"brand": "Visa", "lastFour": "0002"}}
    found = workflows.run(machine(("Charge", task(workers["charge"]))), declined)
    assert (found["status"], found["error"]) == ("FAILED", "PaymentDeclined")


ORDERS = Path(__file__).resolve().parents[3] / "examples/order"


@pytest.fixture
def order_machine(workflows, workers) -> str:
    """The workflow of examples/order, with activities of this test's own."""
    definition = (ORDERS / "order.asl.json").read_text()
    for name, arn in {"charge-payment": workers["charge"], "ship-parcel": workers["ship"]}.items():
        example = f"arn:aws:states:us-east-1:000000000000:activity:{name}"
        assert example in definition
        definition = definition.replace(example, arn)
    return workflows.create(definition)


@pytest.mark.parametrize(
    ("order", "states"),
    [
        ("order.json", ["FraudHold", "Fulfil", "OrderFulfilled"]),
        ("declined-order.json", ["CancelOrder", "OrderCancelled"]),
    ],
)
def test_the_order_workflow_runs(workflows, order_machine, order, states):
    payload = json.loads((ORDERS / order).read_text())
    found = workflows.end(workflows.start_on(order_machine, payload))
    history = workflows.history(found["executionArn"])
    assert found["status"] == "SUCCEEDED", history
    exited = [event.get("stateExitedEventDetails", {}).get("name") for event in history]
    assert [name for name in exited if name in states] == states
