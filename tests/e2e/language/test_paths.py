"""InputPath, ResultPath and OutputPath: what a state sees, and what it hands on."""

import json

import pytest

from harness.definitions import machine, parallel, passing

INPUT = {"a": {"b": [1, 2, {"c": "x"}]}, "keep": 1}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, INPUT),
        ({"InputPath": "$.a.b[0]"}, 1),
        ({"InputPath": "$.a.b[*]"}, [1, 2, {"c": "x"}]),
        ({"InputPath": "$['a']['b'][2].c"}, "x"),
        ({"InputPath": "$..c"}, ["x"]),
        ({"InputPath": "$.a.b[0:2]"}, [1, 2]),
        ({"InputPath": None}, {}),
        ({"OutputPath": "$.keep"}, 1),
        ({"OutputPath": None}, {}),
        ({"Result": [1]}, [1]),
        ({"Result": [1], "ResultPath": None}, INPUT),
        ({"Result": [1], "ResultPath": "$"}, [1]),
        ({"Result": 9, "ResultPath": "$.keep"}, {**INPUT, "keep": 9}),
        ({"Result": 9, "ResultPath": "$.new.deep"}, {**INPUT, "new": {"deep": 9}}),
        ({"InputPath": "$.a.b[1]", "ResultPath": "$.second"}, {**INPUT, "second": 2}),
        ({"Result": 9, "ResultPath": "$.n", "OutputPath": "$.n"}, 9),
    ],
    ids=str,
)
def test_paths(workflows, fields, expected):
    assert workflows.output(machine(("P", passing(**fields))), INPUT) == expected


def test_numbers_and_key_order_come_through_as_they_were_sent(workflows, sfn):
    text = '{"z":1.0,"a":12345678901234567890,"m":{"y":1e3,"b":-0.50}}'
    arn = workflows.create(machine(("P", passing()), ("Q", passing(ResultPath="$.again"))))
    started = sfn.start_execution(stateMachineArn=arn, input=text)
    found = workflows.end(started["executionArn"])
    assert found["output"] == text[:-1] + f',"again":{text}}}'


@pytest.mark.parametrize("text", ['"x"', "7", "1.50", "true", "null", "[]", "[1, 2]", '"ä€𝄞"'])
def test_an_input_of_any_json_type(workflows, sfn, text):
    arn = workflows.create(machine(("P", passing())))
    found = workflows.end(sfn.start_execution(stateMachineArn=arn, input=text)["executionArn"])
    assert found["input"] == text
    assert json.loads(found["output"]) == json.loads(text)


def test_a_machine_without_input_gets_an_empty_object(workflows, sfn):
    arn = workflows.create(machine(("P", passing())))
    found = workflows.end(sfn.start_execution(stateMachineArn=arn)["executionArn"])
    assert (found["input"], found["output"]) == ("{}", "{}")


@pytest.mark.parametrize(
    "fields", [{"InputPath": "$.no"}, {"OutputPath": "$.a.no"}, {"InputPath": "$.a.b[7]"}], ids=str
)
def test_a_path_that_leads_nowhere(workflows, fields):
    found = workflows.run(machine(("P", passing(**fields))), INPUT)
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert "Invalid path" in found["cause"]


def test_an_output_beyond_the_limit_ends_the_execution(workflows):
    """Each Parallel doubles its input."""
    twice = [parallel(*[machine((f"P{n}{side}", passing())) for side in "ab"]) for n in range(9)]
    definition = machine(*[(f"Twice{n}", state) for n, state in enumerate(twice)])
    found = workflows.run(definition, "x" * 1_000)
    assert (found["status"], found["error"]) == ("FAILED", "States.DataLimitExceeded")
