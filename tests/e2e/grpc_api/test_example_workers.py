"""The example workers of the Python and the Go client, on one workflow."""

import json

import pytest

from harness.definitions import machine, parallel, task
from harness.examples import ORDER, ORDERS, ExampleWorkers
from harness.history import of_type

# The Go client is built once.
pytestmark = pytest.mark.timeout(700)


@pytest.fixture
def workers(suite, workflows, ship_parcel, tmp_path):
    """Runs both; gives the ARNs of their activities."""
    with ExampleWorkers(suite, workflows, ship_parcel, tmp_path) as begun:
        yield begun.arns


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
