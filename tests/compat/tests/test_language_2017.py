import pytest
from fixtures import case, create
from replay.language_2017 import of_2017


def machine(**state) -> dict:
    return {"StartAt": "s", "States": {"s": {"End": True, **state}}}


@pytest.mark.parametrize(
    "definition",
    [
        machine(Type="Pass", Result={"a.$": "kept as it is"}, ResultPath="$.a"),
        machine(Type="Task", Resource="arn:aws:lambda:us-east-1:0:function:f", TimeoutSeconds=1),
        machine(Type="Task", Resource="arn:aws:states:us-east-1:0:activity:a"),
        machine(Type="Parallel", Branches=[machine(Type="Pass")]),
        {
            "StartAt": "c",
            "States": {
                "c": {
                    "Type": "Choice",
                    "Choices": [
                        {"Not": {"Variable": "$.a", "StringEquals": "b"}, "Next": "c"},
                        {"And": [{"Variable": "$.a", "NumericLessThan": 1}], "Next": "c"},
                    ],
                }
            },
        },
    ],
)
def test_the_language_of_2017(definition):
    assert of_2017(case([create("m")], [definition]))


@pytest.mark.parametrize(
    "definition",
    [
        machine(Type="Map", ItemProcessor={}),
        machine(Type="Pass", Parameters={}),
        machine(Type="Pass", InputPath="$$.Execution"),
        machine(Type="Task", Resource="arn:aws:states:::lambda:invoke"),
        machine(
            Type="Task", Resource="arn:aws:lambda:::function:f", Retry=[{"MaxDelaySeconds": 1}]
        ),
        machine(Type="Parallel", Branches=[machine(Type="Map")]),
        machine(Type="Choice", Choices=[{"Variable": "$.a", "IsPresent": True, "Next": "s"}]),
        machine(Type="Fail", CausePath="$.a"),
        {"QueryLanguage": "JSONata", **machine(Type="Pass")},
    ],
)
def test_what_came_later(definition):
    assert not of_2017(case([create("m")], [definition]))


@pytest.mark.parametrize(
    ("operation", "request_members", "old"),
    [
        ("DescribeExecution", {"executionArn": "a"}, True),
        ("TestState", {}, False),
        ("CreateStateMachine", {"name": "m", "publish": True}, False),
        ("CreateStateMachine", {"name": "m", "type": "EXPRESS"}, False),
        ("StartExecution", {"stateMachineArn": "arn:aws:states:r:0:stateMachine:m"}, True),
        ("StartExecution", {"stateMachineArn": "arn:aws:states:r:0:stateMachine:m:1"}, False),
    ],
)
def test_actions_and_their_members(operation, request_members, old):
    assert of_2017(case([{"operation": operation, "request": request_members}])) is old


def test_other_services_are_outside_but_for_functions():
    assert of_2017(case([{"service": "lambda", "operation": "CreateFunction", "request": {}}]))
    assert not of_2017(case([{"service": "sqs", "operation": "CreateQueue", "request": {}}]))
