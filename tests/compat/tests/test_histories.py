from fixtures import comparison, entered, event, exited


def same(expected: list[dict], got: list[dict]) -> bool:
    return comparison().difference({"events": expected}, {"events": got}) is None


def branches(*order: str) -> list[dict]:
    """A Parallel of the Pass states a and b, whose events come in an order such as `a b a b`."""
    events = [event(1, 0, "ExecutionStarted"), entered(2, 0, "Parallel", "p")]
    events.append(event(3, 2, "ParallelStateStarted"))
    last: dict[str, int] = {}
    for name in order:
        number = len(events) + 1
        make = exited if name in last else entered
        events.append(make(number, last.get(name, 3), "Pass", name))
        last[name] = number
    before, number = len(events), len(events)
    events.append(event(number + 1, before, "ParallelStateSucceeded"))
    events.append(exited(number + 2, before, "Parallel", "p"))
    events.append(event(number + 3, number + 2, "ExecutionSucceeded"))
    return events


def test_branches_may_interleave_in_any_order():
    for order in ("abab", "abba", "aabb", "bbaa", "baab"):
        assert same(branches(*"aabb"), branches(*order))


def test_a_branch_has_its_own_order():
    wrong = branches(*"aabb")
    wrong[4]["previousEventId"] = 3
    assert not same(branches(*"aabb"), wrong)


def test_a_branch_may_not_miss_or_change():
    assert not same(branches(*"aabb"), branches(*"aab"))
    assert not same(branches(*"aabb"), branches(*"aacc"))


def test_without_branches_the_order_counts():
    first = [entered(1, 0, "Pass", "a"), entered(2, 0, "Pass", "b")]
    second = [entered(1, 0, "Pass", "b"), entered(2, 0, "Pass", "a")]
    assert not same(first, second)


def test_event_numbers_in_texts_follow_their_events():
    def told(order: str, number: int) -> list[dict]:
        events = branches(*order)
        text = f"An error in 'b' (entered at the event id #{number})."
        place = next(
            i
            for i, e in enumerate(events)
            if e["type"] == "PassStateExited" and e["stateExitedEventDetails"]["name"] == "b"
        )
        events[place]["cause"] = text
        return events

    assert same(told("aabb", 6), told("bbaa", 4))
    assert not same(told("aabb", 6), told("bbaa", 6))


def iterations(*order: int) -> list[dict]:
    """A Map of as many iterations as it takes, whose events come in the given order."""
    events = [event(1, 0, "ExecutionStarted"), entered(2, 0, "Map", "m")]
    events.append(event(3, 2, "MapStateStarted"))
    last: dict[int, int] = {}
    for index in order:
        number = len(events) + 1
        details = {"index": index}
        if index not in last:
            events.append(event(number, 3, "MapIterationStarted", mapIteration=details))
        else:
            events.append(event(number, last[index], "MapIterationSucceeded", mapIteration=details))
        last[index] = number
    before, number = len(events), len(events)
    events.append(event(number + 1, before, "MapStateSucceeded"))
    events.append(exited(number + 2, before, "Map", "m"))
    return events


def test_iterations_may_interleave_and_keep_their_index():
    assert same(iterations(0, 0, 1, 1), iterations(1, 0, 1, 0))
    assert not same(iterations(0, 0, 1, 1), iterations(0, 0, 2, 2))


def test_an_iteration_that_waited_for_another_hangs_on_the_map():
    late = iterations(0, 0, 1, 1)
    late[5]["previousEventId"] = 4
    assert same(late, iterations(0, 0, 1, 1))


def test_sorted_branches_are_a_set_without_ids():
    free = [{**entered(0, 0, "Pass", "a"), "id": [0]}, {**entered(0, 0, "Pass", "b"), "id": [0]}]
    free += [{**exited(0, 0, "Pass", "a"), "id": [0]}, {**exited(0, 0, "Pass", "b"), "id": [0]}]
    whole = branches(*"abab")
    expected = [*whole[:3], *free, *whole[8:]]
    assert same(expected, branches(*"baba"))
    assert not same(expected, branches(*"acac"))


def test_the_first_difference_is_read_in_order():
    wrong = branches(*"aabb")
    wrong[9]["type"] = "ExecutionFailed"
    found = comparison().difference({"events": branches(*"aabb")}, {"events": wrong}, "answer")
    assert found.path == "answer.events[9].type"
