"""`kill -9` of execution nodes, of the other roles, and of Redis itself."""

import threading

import pytest

from crash.clerk import Clerk
from crash.load import Load, kill_points
from crash.verify import assert_nothing_lost_or_repeated
from harness.aws import client
from harness.deadline import eventually
from harness.definitions import machine, waiting
from harness.functions import FunctionEndpoint
from harness.workflow import Workflows

VICTIMS = [
    ["execution-1"],
    ["redis"],
    ["execution-1", "execution-2"],
    ["activity", "gateway"],
    ["redis", "execution-2"],
    ["integration", "control-plane"],
]


@pytest.mark.crash
@pytest.mark.timeout(400)
def test_kill_roles_and_redis_again_and_again(suite_with):
    functions = FunctionEndpoint()
    own = suite_with("roles", flags=["--lambda-endpoint", functions.url])
    load = Load(own.endpoint, functions)
    load.prepare()
    killed = []

    def kill():
        for point, names in zip(kill_points(len(VICTIMS)), VICTIMS, strict=True):
            eventually(lambda: load.progress >= point, f"progress {point}", 120)  # noqa: B023
            for name in names:
                process = own.redis.process if name == "redis" else own.process(name)
                process.kill()
            own.start()
            killed.append(names)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    with Clerk(own.endpoint) as clerk:
        load.run()
        killer.join(timeout=120)
    assert killed == VICTIMS, own.logs()
    assert_nothing_lost_or_repeated(load)
    clerk.assert_all_stands()
    functions.close()


@pytest.mark.crash
@pytest.mark.parametrize("victim", ["execution-1", "execution-2"])
def test_another_node_takes_over_from_a_dead_one(suite_with, victim):
    """Nobody starts the dead node again."""
    own = suite_with("roles")
    workflows = Workflows(client(own.endpoint, attempts=10))
    arn = workflows.create(machine(("Rest", waiting(Seconds=3))))

    def forty():
        return [workflows.start_on(arn, number) for number in range(40)]

    def statuses(arns):
        return {workflows.end(execution, 90)["status"] for execution in arns}

    arns = forty()
    own.process(victim).kill()
    assert statuses(arns) == {"SUCCEEDED"}
    # And starts go on, in every partition.
    assert statuses(forty()) == {"SUCCEEDED"}
