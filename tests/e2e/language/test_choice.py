"""Choice: every comparison operator, And, Or, Not, and what happens when nothing matches."""

import pytest

from harness.definitions import choice, machine, succeeding

EARLY, LATE = "2017-11-22T10:00:00Z", "2017-11-22T12:00:00+01:00"
# Operator, operand, values that match, values that do not. Another type never matches.
OPERATORS = [
    ("StringEquals", "b", ["b"], ["a", "B", 1, None, ["b"]]),
    ("StringLessThan", "b", ["a", "B", ""], ["b", "c", 1]),
    ("StringGreaterThan", "b", ["c", "ba"], ["b", "a", 3]),
    ("StringLessThanEquals", "b", ["b", "a"], ["c", True]),
    ("StringGreaterThanEquals", "b", ["b", "c"], ["a", None]),
    ("NumericEquals", 1, [1, 1.0], [2, "1", True]),
    ("NumericLessThan", 1.5, [1, -7, 1.25], [1.5, 2, "1"]),
    ("NumericGreaterThan", 1.5, [2, 1.75, 10**12], [1.5, 1, "2"]),
    ("NumericLessThanEquals", 1, [1, 0], [1.01, None]),
    ("NumericGreaterThanEquals", 1, [1, 2], [0.99, [2]]),
    ("BooleanEquals", True, [True], [False, "true", 1, None]),
    ("BooleanEquals", False, [False], [True, 0, ""]),
    ("TimestampEquals", EARLY, [EARLY, "2017-11-22T11:00:00+01:00"], [LATE, "today", 7]),
    ("TimestampLessThan", LATE, [EARLY], [LATE, "2017-11-22T11:00:00Z", ""]),
    ("TimestampGreaterThan", EARLY, [LATE], [EARLY, "2016-01-01T00:00:00Z", None]),
    ("TimestampLessThanEquals", EARLY, [EARLY, "2017-11-22T09:59:59.999Z"], [LATE]),
    ("TimestampGreaterThanEquals", LATE, [LATE, "2018-01-01T00:00:00Z"], [EARLY, 7]),
]


def taken(workflows, rule: dict, payload) -> bool:
    definition = machine(
        ("Pick", choice({**rule, "Next": "Yes"}, default="No")),
        ("Yes", succeeding(InputPath="$.yes")),
        ("No", succeeding(InputPath="$.no")),
    )
    return workflows.output(definition, {**payload, "yes": True, "no": False})


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda case: f"{case[0]}-{case[1]}")
def test_an_operator(workflows, operator):
    name, operand, matching, others = operator
    rule = {"Variable": "$.v", name: operand}
    for value in matching:
        assert taken(workflows, rule, {"v": value}) is True, value
    for value in others:
        assert taken(workflows, rule, {"v": value}) is False, value


YES, NO = ({"Variable": "$.v", "NumericEquals": n} for n in (1, 2))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"And": [YES, YES]}, True),
        ({"And": [YES, NO]}, False),
        ({"Or": [NO, YES]}, True),
        ({"Or": [NO, NO]}, False),
        ({"Not": NO}, True),
        ({"Not": YES}, False),
        ({"And": [{"Or": [NO, {"Not": NO}]}, {"Not": {"And": [YES, NO]}}]}, True),
        ({"Not": {"Or": [{"And": [YES, YES]}, NO]}}, False),
    ],
    ids=str,
)
def test_and_or_not(workflows, rule, expected):
    assert taken(workflows, rule, {"v": 1}) is expected


def test_operands_stop_at_the_first_that_decides(workflows):
    missing = {"Variable": "$.missing", "NumericEquals": 1}
    assert taken(workflows, {"And": [NO, missing]}, {"v": 1}) is False
    assert taken(workflows, {"Or": [YES, missing]}, {"v": 1}) is True


def test_the_first_rule_that_matches_is_taken(workflows):
    definition = machine(
        (
            "Pick",
            choice(
                {"Variable": "$.v", "NumericGreaterThan": 5, "Next": "Big"},
                {"Variable": "$.v", "NumericGreaterThan": 1, "Next": "Middle"},
                default="Small",
            ),
        ),
        *[(name, succeeding(InputPath=f"$.{name}")) for name in ("Big", "Middle", "Small")],
    )
    names = {name: name for name in ("Big", "Middle", "Small")}
    for value, expected in ((9, "Big"), (3, "Middle"), (0, "Small")):
        assert workflows.output(definition, {"v": value, **names}) == expected


def test_no_match_without_default(workflows):
    definition = machine(
        ("Pick", choice({"Variable": "$.v", "NumericEquals": 1, "Next": "Yes"})),
        ("Yes", succeeding()),
    )
    found = workflows.run(definition, {"v": 2})
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")


def test_a_variable_that_is_missing(workflows):
    definition = machine(
        ("Pick", choice({"Variable": "$.no", "NumericEquals": 1, "Next": "Yes"}, default="Yes")),
        ("Yes", succeeding()),
    )
    found = workflows.run(definition, {"v": 2})
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert "Invalid path '$.no'" in found["cause"]


def test_input_and_output_paths(workflows):
    rule = {"Variable": "$.v", "NumericEquals": 1, "Next": "Yes"}
    definition = machine(
        ("Pick", choice(rule, InputPath="$.in", OutputPath="$.w")), ("Yes", succeeding())
    )
    assert workflows.output(definition, {"in": {"v": 1, "w": [7]}}) == [7]
