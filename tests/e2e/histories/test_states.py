"""Histories of states that need nobody else."""

import json

from harness.aws import ROLE
from harness.definitions import choice, failing, machine, passing, succeeding, waiting
from harness.history import details, shape

NOT_TRUNCATED = {"truncated": False}


def test_states_one_after_another(workflows):
    definition = machine(
        ("Set", passing(Result={"n": 1}, ResultPath="$.set")),
        ("Pick", choice({"Variable": "$.set.n", "NumericEquals": 1, "Next": "Rest"})),
        ("Rest", waiting(Seconds=0)),
        ("Done", succeeding(OutputPath="$.set")),
    )
    text = '{"given": [1, 2.50]}'
    started = workflows.sfn.start_execution(
        stateMachineArn=workflows.create(definition), input=text
    )
    arn = started["executionArn"]
    assert workflows.end(arn)["status"] == "SUCCEEDED"
    history = workflows.history(arn)
    assert shape(history) == [
        ("ExecutionStarted", 0),
        # The first state follows nothing, not even the start.
        ("PassStateEntered", 0),
        ("PassStateExited", 2),
        ("ChoiceStateEntered", 3),
        ("ChoiceStateExited", 4),
        ("WaitStateEntered", 5),
        ("WaitStateExited", 6),
        ("SucceedStateEntered", 7),
        ("SucceedStateExited", 8),
        ("ExecutionSucceeded", 9),
    ]
    # The caller's text at the start; later payloads are printed without spaces, numbers as sent.
    given, kept = '{"given":[1,2.50]}', '{"given":[1,2.50],"set":{"n":1}}'
    assert history[0]["executionStartedEventDetails"] == {
        "input": text,
        "inputDetails": NOT_TRUNCATED,
        "roleArn": ROLE,
    }
    entered = [event["stateEnteredEventDetails"] for event in history[1:9:2]]
    assert entered == [
        {"name": "Set", "input": given, "inputDetails": NOT_TRUNCATED},
        {"name": "Pick", "input": kept, "inputDetails": NOT_TRUNCATED},
        {"name": "Rest", "input": kept, "inputDetails": NOT_TRUNCATED},
        {"name": "Done", "input": kept, "inputDetails": NOT_TRUNCATED},
    ]
    exited = [event["stateExitedEventDetails"] for event in history[2:10:2]]
    assert [(item["name"], item["output"]) for item in exited] == [
        ("Set", kept),
        ("Pick", kept),
        ("Rest", kept),
        ("Done", '{"n":1}'),
    ]
    assert all(item["outputDetails"] == NOT_TRUNCATED for item in exited)
    assert history[9]["executionSucceededEventDetails"] == {
        "output": '{"n":1}',
        "outputDetails": NOT_TRUNCATED,
    }


def test_a_fail_state(workflows):
    arn = workflows.run(machine(("Stop", failing("Out", "of stock"))))["executionArn"]
    history = workflows.history(arn)
    assert shape(history) == [
        ("ExecutionStarted", 0),
        ("FailStateEntered", 0),
        ("ExecutionFailed", 2),
    ]
    assert details(history[2]) == {"error": "Out", "cause": "of stock"}


def test_a_fail_state_that_says_nothing(workflows):
    arn = workflows.run(machine(("Stop", {"Type": "Fail"})))["executionArn"]
    assert details(workflows.history(arn)[2]) == {}


def test_a_data_error_names_state_and_event(workflows):
    definition = machine(("First", passing()), ("Second", passing(InputPath="$.no")))
    arn = workflows.run(definition, {"a": 1})["executionArn"]
    history = workflows.history(arn)
    assert shape(history) == [
        ("ExecutionStarted", 0),
        ("PassStateEntered", 0),
        ("PassStateExited", 2),
        ("PassStateEntered", 3),
        ("ExecutionFailed", 4),
    ]
    failure = details(history[4])
    assert failure["error"] == "States.Runtime"
    assert failure["cause"].startswith(
        "An error occurred while executing the state 'Second' (entered at the event id #4). "
    )


def test_a_wait_takes_its_time_and_its_events_say_when(workflows):
    arn = workflows.run(machine(("Rest", waiting(Seconds=1))))["executionArn"]
    history = workflows.history(arn)
    entered, exited = history[1]["timestamp"], history[2]["timestamp"]
    assert (exited - entered).total_seconds() >= 1


def test_loops_are_numbered_on(workflows):
    definition = machine(
        ("Again", choice({"Variable": "$.n", "NumericLessThan": 3, "Next": "Up"}, default="Done")),
        ("Up", choice(*[step(n) for n in range(3)])),
        *[(f"Set{n + 1}", passing(Result={"n": n + 1}, Next="Again")) for n in range(3)],
        ("Done", succeeding()),
    )
    found = workflows.run(definition, {"n": 0})
    assert json.loads(found["output"]) == {"n": 3}
    history = workflows.history(found["executionArn"])
    names = [event["stateEnteredEventDetails"]["name"] for event in history[1::2][:-1]]
    expected = ["Again", "Up", "Set1", "Again", "Up", "Set2", "Again", "Up", "Set3", "Again"]
    assert names == [*expected, "Done"]
    assert [predecessor for _, predecessor in shape(history)[2:]] == list(range(2, len(history)))


def step(n: int) -> dict:
    return {"Variable": "$.n", "NumericEquals": n, "Next": f"Set{n + 1}"}
