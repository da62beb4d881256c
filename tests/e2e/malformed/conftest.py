"""Whatever came in, the processes that were there before are there after."""

import pytest


@pytest.fixture(autouse=True)
def the_processes_go_on(suite, wire):
    yield
    for process in suite.processes:
        assert process.running, f"{process.name} ended: {process.exit_code}"
    assert wire.call("ListActivities", {"maxResults": 1}).status == 200
