"""Pages: opaque tokens, tied to their call and its arguments."""

import itertools

import pytest

from errors.scene import Scene
from harness.deadline import eventually
from harness.definitions import machine, passing, task
from harness.names import unique
from harness.raw import Wire, assert_error

WIDE = machine(*[(f"P{n}", passing()) for n in range(10)])


def pages(wire, action: str, member: str, body: dict, size: int):
    """The items of every page; each page but the last is told to have a next."""
    found, token = [], {}
    while True:
        page = wire.ok(action, {**body, "maxResults": size, **token})
        assert len(page[member]) <= size
        found += page[member]
        if "nextToken" not in page:
            return found
        assert 1 <= len(page["nextToken"]) <= 1_024
        token = {"nextToken": page["nextToken"]}


def first_token(wire, action: str, body: dict) -> str:
    return wire.ok(action, {**body, "maxResults": 1})["nextToken"]


def test_pages_of_a_history(workflows, wire):
    arn = workflows.run(WIDE)["executionArn"]
    body = {"executionArn": arn}
    whole = wire.ok("GetExecutionHistory", body)["events"]
    assert len(whole) == 22
    for size in (1, 7, 22, 1_000):
        assert pages(wire, "GetExecutionHistory", "events", body, size) == whole
    reverse = pages(wire, "GetExecutionHistory", "events", {**body, "reverseOrder": True}, 5)
    assert reverse == whole[::-1]


def test_a_running_history_grows_behind_its_pages(workflows, wire):
    activity = workflows.activity()
    arn = workflows.start(machine(("P", passing()), ("Work", task(activity))))
    page = wire.ok("GetExecutionHistory", {"executionArn": arn, "maxResults": 3})
    workflows.succeed(workflows.take(activity), 1)
    rest = wire.ok(
        "GetExecutionHistory",
        {"executionArn": arn, "maxResults": 3, "nextToken": page["nextToken"]},
    )
    assert [event["id"] for event in page["events"] + rest["events"]] == [1, 2, 3, 4, 5, 6]


def test_pages_of_executions(workflows, wire):
    arn = workflows.create(machine(("P", passing())))
    for _ in range(7):
        workflows.end(workflows.start_on(arn))
    body = {"stateMachineArn": arn}
    whole = wire.ok("ListExecutions", body)["executions"]
    assert len(whole) == 7
    for size in (1, 3, 7):
        assert pages(wire, "ListExecutions", "executions", body, size) == whole


def test_pages_of_machines_and_activities(workflows, wire):
    machines = {workflows.create(machine(("P", passing()))) for _ in range(5)}
    activities = {workflows.activity() for _ in range(5)}
    listed = pages(wire, "ListStateMachines", "stateMachines", {}, 3)
    arns = [item["stateMachineArn"] for item in listed]
    assert len(arns) == len(set(arns))
    assert machines <= set(arns)
    listed = pages(wire, "ListActivities", "activities", {}, 2)
    arns = [item["activityArn"] for item in listed]
    assert len(arns) == len(set(arns))
    assert activities <= set(arns)


def test_no_page_size_and_zero_mean_a_hundred(workflows, wire):
    many = machine(*[(f"P{n}", passing()) for n in range(60)])
    arn = workflows.run(many)["executionArn"]
    for size in ({}, {"maxResults": 0}, {"maxResults": None}):
        page = wire.ok("GetExecutionHistory", {"executionArn": arn, **size})
        assert len(page["events"]) == 100
        assert "nextToken" in page


@pytest.fixture
def two(workflows, wire):
    """Two machines, each with two executions of a history that has pages."""
    arns = [workflows.create(WIDE) for _ in range(2)]
    executions = [[workflows.start_on(arn) for _ in range(2)] for arn in arns]
    for execution in itertools.chain(*executions):
        workflows.end(execution)
    return arns, executions


def test_a_token_that_was_changed(wire, two):
    (arn, _), ((execution, _), _) = two
    calls = [
        ("ListExecutions", {"stateMachineArn": arn}),
        ("GetExecutionHistory", {"executionArn": execution}),
        ("ListStateMachines", {}),
    ]
    for action, body in calls:
        token = first_token(wire, action, body)
        half = len(token) // 2
        other = "A" if token[half] != "A" else "B"
        for changed in (token[:-1], token[1:], token[:half] + other + token[half + 1 :], "AAAA"):
            assert_error(wire.call(action, {**body, "nextToken": changed}), "InvalidToken")


def test_a_token_of_another_call(wire, two):
    Scene(wire).activity()
    Scene(wire).activity()
    (arn, other), ((execution, second), _) = two
    of_list = first_token(wire, "ListExecutions", {"stateMachineArn": arn})
    of_history = first_token(wire, "GetExecutionHistory", {"executionArn": execution})
    of_activities = first_token(wire, "ListActivities", {})
    crossed = [
        ("ListExecutions", {"stateMachineArn": other, "nextToken": of_list}),
        (
            "ListExecutions",
            {"stateMachineArn": arn, "statusFilter": "FAILED", "nextToken": of_list},
        ),
        ("ListExecutions", {"stateMachineArn": arn, "nextToken": of_history}),
        ("GetExecutionHistory", {"executionArn": second, "nextToken": of_history}),
        (
            "GetExecutionHistory",
            {"executionArn": execution, "reverseOrder": True, "nextToken": of_history},
        ),
        ("ListStateMachines", {"nextToken": of_activities}),
        ("ListActivities", {"nextToken": of_list}),
    ]
    for action, body in crossed:
        assert_error(wire.call(action, body), "InvalidToken")


def test_a_token_of_another_account(wire, two):
    token = first_token(wire, "ListStateMachines", {})
    stranger = Wire(wire.port, account="123456789012")
    Scene(stranger).machine(name=unique())
    assert_error(stranger.call("ListStateMachines", {"nextToken": token}), "InvalidToken")


def test_a_token_expires(suite_with):
    own = suite_with("dev", page_token_seconds=1)
    wire = Wire(own.port)
    for _ in range(2):
        Scene(wire).activity()
    body = {"nextToken": first_token(wire, "ListActivities", {})}

    def refused():
        answer = wire.call("ListActivities", body)
        return answer if answer.status != 200 else None

    assert_error(eventually(refused, "the token expires"), "InvalidToken")
