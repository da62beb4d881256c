"""Masters of a Redis cluster fail in the middle of executions. What was acknowledged has a replica,
which becomes the master: so nothing that was acknowledged is lost."""

import threading

import pytest

from crash.clerk import Clerk
from crash.load import Load, kill_points
from crash.verify import assert_nothing_lost_or_repeated
from harness.deadline import eventually
from harness.functions import FunctionEndpoint

# A partition, the queues of a tag, and the nodes' own records, wherever these are by then.
VICTIMS = ["{p:000}:lease", "{q:00}:wake", "{stepwell}:nodes"]


@pytest.mark.crash
@pytest.mark.timeout(400)
def test_masters_of_a_cluster_fail_again_and_again(suite_with):
    functions = FunctionEndpoint()
    flags = ["--lambda-endpoint", functions.url, "--durability", "replicated"]
    own = suite_with("cluster", flags=flags)
    load = Load(own.endpoint, functions)
    load.prepare()
    failed = []

    def fail_over():
        for point, key in zip(kill_points(len(VICTIMS)), VICTIMS, strict=True):
            eventually(lambda: load.progress >= point, f"progress {point}", 120)  # noqa: B023
            own.redis.fail_over(key)
            # The old master comes back as a replica, without which no write is acknowledged.
            own.redis.start()
            failed.append(key)

    chaos = threading.Thread(target=fail_over, daemon=True)
    chaos.start()
    with Clerk(own.endpoint) as clerk:
        load.run()
        chaos.join(timeout=120)
    assert failed == VICTIMS, own.logs()
    assert_nothing_lost_or_repeated(load)
    clerk.assert_all_stands()
    functions.close()
