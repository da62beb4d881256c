"""Workers of both clients go through a crash of the service without being started again."""

import pytest

from harness.aws import client
from harness.deadline import eventually
from harness.definitions import machine, task, waiting
from harness.examples import ORDER, ExampleWorkers
from harness.history import of_type
from harness.workflow import Workflows

COUNT = 40
# An attempt that was lost between service and worker is tried again by the workflow alone.
RETRY = [{"ErrorEquals": ["CarrierBusy", "States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 9}]


@pytest.mark.crash
@pytest.mark.timeout(700)
@pytest.mark.parametrize("shape", ["dev", "roles"])
def test_workers_connect_again(suite_with, shape, ship_parcel, tmp_path):
    own = suite_with(shape)
    workflows = Workflows(client(own.endpoint, attempts=10))
    with ExampleWorkers(own, workflows, ship_parcel, tmp_path) as workers:
        work = {"TimeoutSeconds": 20, "Retry": RETRY, "ResultPath": None}
        definition = machine(
            ("Charge", task(workers.arns["charge"], **work)),
            ("Rest", waiting(Seconds=1)),
            ("Ship", task(workers.arns["ship"], **work)),
        )
        arn = workflows.create(definition)
        arns = [workflows.start_on(arn, {**ORDER, "id": f"order-{n}"}) for n in range(COUNT)]
        eventually(lambda: charged(workflows, arns), "some cards are charged")
        for process in own.processes:
            if process.name in ("dev", "activity"):
                process.kill()
        own.start()
        ends = [workflows.end(execution, 120) for execution in arns]
    assert {end["status"] for end in ends} == {"SUCCEEDED"}


def charged(workflows, arns) -> bool:
    histories = [workflows.history(arn) for arn in arns[:5]]
    return any(of_type(history, "ActivitySucceeded") for history in histories)
