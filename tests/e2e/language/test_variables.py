"""Variables: who assigns them, who sees them, and how histories show them."""

from harness.definitions import choice, failing, machine, parallel, passing, succeeding
from harness.history import one


def test_a_later_state_reads_what_an_earlier_one_assigned(workflows):
    first = passing(Assign={"x.$": "$.a", "list": [1, 2]})
    second = passing(Parameters={"x.$": "$x.b", "second.$": "$list[1]"})
    definition = machine(("First", first), ("Second", second))
    assert workflows.output(definition, {"a": {"b": "c"}}) == {"x": "c", "second": 2}


def test_histories_show_assigned_variables_as_texts(workflows):
    found = workflows.run(machine(("P", passing(Assign={"n": 4.0, "t": "x"}))))
    exited = one(workflows.history(found["executionArn"]), "PassStateExited")
    details = exited["stateExitedEventDetails"]
    assert details["assignedVariables"] == {"n": "4.0", "t": '"x"'}
    assert details["assignedVariablesDetails"] == {"truncated": False}


def test_a_rule_assigns_in_place_of_its_state(workflows):
    rule = {"Variable": "$", "IsNumeric": True, "Next": "End", "Assign": {"kind": "number"}}
    state = choice(rule, default="End", Assign={"kind": "other"})
    definition = machine(("C", state), ("End", passing(Parameters={"kind.$": "$kind"})))
    assert workflows.output(definition, 1) == {"kind": "number"}
    assert workflows.output(definition, "1") == {"kind": "other"}


def test_a_catcher_assigns_from_the_error(workflows):
    catch = [{"ErrorEquals": ["E"], "Next": "End", "Assign": {"why.$": "$.Cause"}}]
    state = parallel(machine(("Stop", failing("E", "because"))), Catch=catch, End=True)
    definition = machine(("B", state), ("End", passing(Parameters={"why.$": "$why"})))
    assert workflows.output(definition) == {"why": "because"}


def test_branches_keep_their_variables(workflows):
    sets = machine(("Sets", passing(Assign={"inner.$": "$outer"})), ("S", succeeding()))
    reads = machine(("Reads", passing(Parameters={"o.$": "$outer"})))
    definition = machine(
        ("Outer", passing(Assign={"outer": 7})),
        ("Both", parallel(sets, reads, OutputPath="$[1]")),
        ("After", choice({"Variable": "$inner", "IsPresent": True, "Next": "Leak"}, default="End")),
        ("Leak", failing()),
        ("End", succeeding()),
    )
    assert workflows.output(definition) == {"o": 7}
