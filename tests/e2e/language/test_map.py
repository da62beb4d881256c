"""Map, inline: items, order of results, concurrency, failures."""

from harness.definitions import choice, failing, machine, passing, task, waiting
from harness.history import one

OWN = machine(("P", passing()))


def mapping(processor: dict, **fields) -> dict:
    return {"Type": "Map", "ItemProcessor": processor, **fields}


def test_results_are_in_the_order_of_the_items(workflows):
    slow_first = machine(("W", waiting(SecondsPath="$")))
    assert workflows.output(machine(("M", mapping(slow_first))), [1, 0]) == [1, 0]


def test_items_are_selected(workflows):
    selector = {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "all.$": "$.all"}
    state = mapping(OWN, ItemsPath="$.items", ItemSelector=selector, ResultPath="$.out")
    found = workflows.output(machine(("M", state)), {"items": ["a", "b"], "all": 1})
    assert found["out"] == [{"i": 0, "v": "a", "all": 1}, {"i": 1, "v": "b", "all": 1}]


def test_the_legacy_names(workflows):
    state = {"Type": "Map", "Iterator": OWN, "Parameters": {"v.$": "$$.Map.Item.Value"}}
    assert workflows.output(machine(("M", state)), [1]) == [{"v": 1}]


def test_nested_maps_and_empty_lists(workflows):
    inner = machine(("Inner", mapping(OWN)))
    assert workflows.output(machine(("M", mapping(inner))), [[1, 2], [], [3]]) == [[1, 2], [], [3]]


def test_no_more_iterations_are_open_than_allowed(workflows):
    activity = workflows.activity()
    state = mapping(machine(("T", task(activity))), MaxConcurrency=1)
    arn = workflows.start(machine(("M", state)), [1, 2])
    for expected in (1, 2):
        open_tasks = [e for e in workflows.history(arn) if e["type"] == "ActivityScheduled"]
        assert len(open_tasks) == expected
        workflows.succeed(workflows.take(activity), expected * 10)
    assert workflows.end(arn)["status"] == "SUCCEEDED"


def test_a_failed_iteration_fails_the_state(workflows):
    rule = {"Variable": "$", "NumericEquals": 2, "Next": "Stop"}
    processor = machine(("C", choice(rule, default="P")), ("Stop", failing("E")), ("P", passing()))
    catch = [{"ErrorEquals": ["E"], "Next": "Caught"}]
    state = mapping(processor, Catch=catch, MaxConcurrency=1, End=True)
    found = workflows.run(machine(("M", state), ("Caught", passing(Result="caught"))), [1, 2, 3])
    assert found["output"] == '"caught"'
    history = workflows.history(found["executionArn"])
    assert one(history, "MapIterationFailed")["mapIterationFailedEventDetails"]["index"] == 1
    assert [e for e in history if e["type"] == "MapIterationStarted"][-1]["id"] < one(
        history, "MapStateFailed"
    )["id"]


def test_what_is_no_list_fails_the_state(workflows):
    found = workflows.run(machine(("M", mapping(OWN))), {"a": 1})
    assert found["error"] == "States.Runtime"
    assert 'Reference path "$" must point to array.' in found["cause"]


def test_many_items(workflows):
    items = list(range(2_000))
    assert workflows.output(machine(("M", mapping(OWN))), items) == items
