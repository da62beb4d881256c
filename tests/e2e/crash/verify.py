"""The whole of a run, held against what was acknowledged."""

import json
from collections import Counter

from crash.load import COUNT, Load
from crash.rules import assert_history
from harness.history import details, of_type


def assert_nothing_lost_or_repeated(load: Load) -> None:
    """All executions are there and have succeeded; every acknowledged report shows; no call of a
    function was made without an event of its own."""
    assert not load.errors, load.errors
    assert sorted(load.started.values()) == list(range(COUNT))
    shown, called = set(), Counter(load.calls)
    for arn, order in load.started.items():
        found = load.sfn.describe_execution(executionArn=arn)
        assert found["status"] == "SUCCEEDED", (found, load.history(arn)[-3:])
        assert json.loads(found["input"]) == {"order": order}
        history = load.history(arn)
        assert_history(history)
        for event in of_type(history, "ActivitySucceeded"):
            shown.add(json.loads(details(event)["output"])["proof"])
        starts = len(of_type(history, "LambdaFunctionStarted"))
        assert 1 <= called[order] <= starts, f"{called[order]} calls, {starts} started"
    missing = set(load.reported) - shown
    assert not missing, f"{len(missing)} acknowledged reports are lost"
    listed = load.sfn.get_paginator("list_executions").paginate(stateMachineArn=load.machine)
    arns = [item["executionArn"] for page in listed for item in page["executions"]]
    assert sorted(arns) == sorted(load.started)
