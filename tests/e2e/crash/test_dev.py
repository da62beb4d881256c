"""`kill -9` of `stepwell dev` in the middle of 200 running executions."""

import threading

import pytest

from crash.clerk import Clerk
from crash.load import Load, kill_points
from crash.verify import assert_nothing_lost_or_repeated
from harness.aws import client
from harness.deadline import eventually
from harness.definitions import machine, task, waiting
from harness.functions import FunctionEndpoint
from harness.workflow import Workflows


@pytest.mark.crash
@pytest.mark.timeout(400)
def test_kill_dev_again_and_again(suite_with):
    functions = FunctionEndpoint()
    own = suite_with("dev", flags=["--lambda-endpoint", functions.url])
    load = Load(own.endpoint, functions)
    load.prepare()
    killed = []

    def kill():
        for point in kill_points(6):
            eventually(lambda: load.progress >= point, f"progress {point}", 120)  # noqa: B023
            own.process("dev").kill()
            own.start()
            killed.append(point)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    with Clerk(own.endpoint) as clerk:
        load.run()
        killer.join(timeout=120)
    assert len(killed) == 6, own.logs()
    assert_nothing_lost_or_repeated(load)
    clerk.assert_all_stands()
    functions.close()


@pytest.mark.crash
def test_a_clean_stop_drains_and_a_start_goes_on(suite_with):
    """SIGTERM ends the process with code 0, and nothing is different after it."""
    own = suite_with("dev")
    workflows = Workflows(client(own.endpoint))
    activity = workflows.activity()
    arn = workflows.create(machine(("Rest", waiting(Seconds=1)), ("Work", task(activity))))
    arns = [workflows.start_on(arn, number) for number in range(10)]
    assert own.process("dev").terminate() == 0
    own.start()
    for _ in arns:
        workflows.succeed(workflows.take(activity), "done")
    assert {workflows.end(execution)["output"] for execution in arns} == {'"done"'}
