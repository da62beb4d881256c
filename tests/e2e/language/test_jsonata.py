"""JSONata: expressions in the fields of states, variables in both languages, failures."""

import json

from errors.scene import Scene
from harness.aws import ROLE
from harness.definitions import choice, failing, machine, passing, succeeding, task, waiting
from harness.history import one
from harness.names import unique
from harness.raw import assert_error


def jsonata(*states) -> dict:
    return machine(*states, QueryLanguage="JSONata")


def test_expressions_shape_what_states_take_and_give(workflows):
    activity = workflows.activity()
    work = task(
        activity,
        Arguments={"sum": "{% $sum($states.input.items.price) %}"},
        Assign={"id": "{% $states.result.id %}"},
        Output="{% $states.result.ok %}",
    )
    pick = choice({"Condition": "{% $states.input %}", "Next": "Wait"}, default="Bad")
    definition = jsonata(
        ("Work", {**work, "Next": "Pick"}),
        ("Pick", pick),
        ("Wait", waiting(Seconds="{% 1 - 1 %}")),
        ("Done", succeeding(Output={"id": "{% $id %}", "at": "{% $states.context.State.Name %}"})),
        ("Bad", failing()),
    )
    arn = workflows.start(definition, {"items": [{"price": 1.5}, {"price": 2}]})
    taken = workflows.take(activity)
    assert json.loads(taken["input"]) == {"sum": 3.5}
    workflows.succeed(taken, {"id": 7, "ok": True})
    assert json.loads(workflows.end(arn)["output"]) == {"id": 7, "at": "Done"}


def test_the_languages_share_variables(workflows):
    definition = machine(
        ("One", passing(Assign={"x.$": "$.n"})),
        ("Two", passing(QueryLanguage="JSONata", Assign={"y": "{% $x + 1 %}"})),
        ("Three", passing(Parameters={"x.$": "$x", "y.$": "$y"})),
    )
    assert workflows.output(definition, {"n": 1}) == {"x": 1, "y": 2}


def test_items_of_a_map(workflows):
    state = {
        "Type": "Map",
        "Items": "{% [1..3] %}",
        "ItemSelector": "{% $states.context.Map.Item.Value * $states.input %}",
        "ItemProcessor": machine(("P", passing())),
        "Output": "{% $states.result[$ > 10] %}",
    }
    assert workflows.output(jsonata(("M", state)), 10) == [20, 30]


def test_a_failed_expression(workflows):
    definition = jsonata(("P", passing()), ("Q", passing(Output={"a": ["{% $missing %}"]})))
    found = workflows.run(definition)
    assert found["status"] == "FAILED"
    assert found["error"] == "States.QueryEvaluationError"
    cause = (
        "An error occurred while executing the state 'Q' (entered at the event id #4). "
        "The JSONata expression '$missing' specified for the field 'Output/a[0]' "
        "returned nothing (undefined)."
    )
    assert found["cause"] == cause
    event = one(workflows.history(found["executionArn"]), "EvaluationFailed")
    assert event["previousEventId"] == 3
    assert event["evaluationFailedEventDetails"] == {
        "state": "Q",
        "location": "Output/a[0]",
        "error": "States.QueryEvaluationError",
        "cause": cause,
    }


def test_an_endless_expression_ends(workflows):
    endless = "{% ($f := function($n) { $f($n + 1) }; $f(0)) %}"
    found = workflows.run(jsonata(("P", passing(Output=endless))))
    assert found["error"] == "States.QueryEvaluationError"


def test_expressions_are_checked_at_creation(wire):
    for expression, code in [
        ("{% $x.( %}", "INVALID_JSONATA_EXPRESSION"),
        ("{% name %}", "UNSUPPORTED_JSONATA_EXPRESSION"),
        ("{% $states.result %}", "UNSUPPORTED_JSONATA_EXPRESSION"),
    ]:
        definition = jsonata(("P", passing(Output={"a": expression})))
        body = {"name": unique(), "definition": json.dumps(definition), "roleArn": ROLE}
        answer = wire.call("CreateStateMachine", body)
        assert_error(answer, "InvalidDefinition")
        assert f"{code}: " in answer.json["message"]
        assert "at /States/P/Output/a" in answer.json["message"]
        assert Scene(wire).machine(name=body["name"]).endswith(body["name"])
