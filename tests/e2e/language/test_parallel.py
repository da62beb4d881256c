"""Parallel: order of results, copies of the input, and what a failure does."""

from harness.definitions import failing, machine, parallel, passing, succeeding, task, waiting
from harness.history import one


def test_results_are_in_the_order_of_the_branches(workflows):
    slow = machine(("W", waiting(Seconds=1)), ("A", passing(Result="slow")))
    fast = machine(("B", passing(Result="fast")))
    assert workflows.output(machine(("Both", parallel(slow, fast)))) == ["slow", "fast"]


def test_each_branch_has_the_input_for_itself(workflows):
    branches = [machine((f"P{n}", passing(Result=n, ResultPath="$.n"))) for n in range(3)]
    output = workflows.output(machine(("All", parallel(*branches))), {"n": "given"})
    assert output == [{"n": 0}, {"n": 1}, {"n": 2}]


def test_paths_of_the_state(workflows):
    branch = machine(("P", passing()))
    state = parallel(branch, InputPath="$.in", ResultPath="$.out", OutputPath="$.out")
    assert workflows.output(machine(("One", state)), {"in": 5}) == [5]


def test_succeed_ends_its_branch_only(workflows):
    ends = machine(("Done", succeeding(OutputPath="$.a")))
    goes = machine(("W", waiting(Seconds=1)), ("P", passing(OutputPath="$.b")))
    assert workflows.output(machine(("Both", parallel(ends, goes))), {"a": 1, "b": 2}) == [1, 2]


def test_branches_wait_at_the_same_time(workflows):
    branches = [machine((f"W{n}", waiting(Seconds=2))) for n in range(8)]
    found = workflows.run(machine(("All", parallel(*branches))))
    history = workflows.history(found["executionArn"])
    first, last = one(history, "ParallelStateStarted"), one(history, "ParallelStateSucceeded")
    assert (last["timestamp"] - first["timestamp"]).total_seconds() < 2 * 8


def test_a_failure_deep_inside_is_caught_outside(workflows):
    inner = parallel(machine(("Stop", failing("Deep", "down"))))
    catch = [{"ErrorEquals": ["Deep"], "Next": "Caught", "ResultPath": "$.why"}]
    outer = parallel(machine(("Inner", inner)), Catch=catch, End=True)
    output = workflows.output(machine(("Outer", outer), ("Caught", passing())), {"a": 1})
    assert output == {"a": 1, "why": {"Error": "Deep", "Cause": "down"}}


def test_a_task_that_was_cut_off_takes_no_result(workflows, sfn):
    """The winner's failure ends the state, the late worker is told."""
    cut, fails = workflows.activity(), workflows.activity()
    both = parallel(machine(("Cut", task(cut))), machine(("Fails", task(fails))))
    arn = workflows.start(machine(("Both", both)))
    late, failing_task = workflows.take(cut), workflows.take(fails)
    workflows.fail(failing_task, error="E")
    try:
        workflows.succeed(late, 1)
    except sfn.exceptions.TaskTimedOut:
        pass
    else:
        raise AssertionError("a task that was cut off was completed")
    assert workflows.end(arn)["error"] == "E"


def test_many_branches(workflows):
    branches = [machine((f"P{n}", passing(Result=n))) for n in range(300)]
    assert workflows.output(machine(("All", parallel(*branches)))) == list(range(300))
