"""Histories: in order, as sorted branches, or as the graph that previousEventId draws."""

import re
from collections import defaultdict

from replay.compare import ABSENT, Comparison, Difference
from replay.normalisations import EVENT_ID

SCOPE = re.compile(r"(Parallel|Map)State")
ENDS = ("Succeeded", "Aborted", "Exited", "Failed")
SORTED_ID = [0]


class Histories:
    """Compares lists of history events."""

    def knows(self, events: list) -> bool:
        return bool(events) and isinstance(events[0], dict) and "previousEventId" in events[0]

    def difference(self, comparison: Comparison, expected: list, got: list, path: str):
        """None where the histories are equal; else the first difference read in order."""
        mark = comparison.placeholders.marked()
        if any(event["id"] == SORTED_ID for event in expected):
            return _sorted_difference(comparison, expected, sorted_branches(got), path)
        found = comparison.in_order(expected, got, path)
        if found and has_branches(expected) and len(expected) == len(got):
            comparison.placeholders.back_to(mark)
            if Graph(comparison, expected, got).equal():
                return None
            comparison.placeholders.back_to(mark)
        return found


def has_branches(events: list[dict]) -> bool:
    return any(SCOPE.match(event["type"]) for event in events)


def sorted_branches(events: list[dict]) -> list[dict]:
    """Does to a history what the recording did where it sorted branches.

    Events after the start of a Parallel state lose their ids; each end of a Parallel state puts
    the events since the last start in place of all that stands between, earlier ends included.
    """
    events = [dict(event) for event in events]
    start, branch, inside, place = None, [], False, 0
    while place < len(events):
        event = events[place]
        state, _, change = event["type"].partition("State")
        if state == "Parallel" and change == "Started":
            start, branch, inside = place + 1, [], True
        elif state == "Parallel" and change in ENDS and start is not None:
            events[start:place] = branch
            inside = False
        elif inside:
            event.update(id=SORTED_ID, previousEventId=0)
            branch.append(event)
        place += 1
    return events


def _sorted_difference(comparison: Comparison, expected: list, got: list, path: str):
    """In order, except that neighbours without an id may come in any order."""
    got = list(got)
    for place, event in enumerate(expected):
        here = f"{path}[{place}]"
        if place >= len(got):
            return Difference(here, event, ABSENT)
        run = _run(got, place) if event["id"] == SORTED_ID else place + 1
        first = None
        for other in range(place, run):
            mark = comparison.placeholders.marked()
            found = comparison.difference(event, got[other], here)
            if found is None:
                got[place], got[other] = got[other], got[place]
                break
            comparison.placeholders.back_to(mark)
            first = first or found
        else:
            return first or Difference(here, event, got[place])
    if len(got) > len(expected):
        return Difference(f"{path}[{len(expected)}]", ABSENT, got[len(expected)])
    return None


def _run(events: list[dict], place: int) -> int:
    """Where the run of events without an id ends that begins at `place`."""
    while place < len(events) and events[place]["id"] == SORTED_ID:
        place += 1
    return place


class Graph:
    """Two histories as trees: each event hangs on the event that led to it.

    The end of a Parallel or Map state hangs on the state's start, and so does each iteration: any
    of the branches may have been the one that ended last.
    """

    def __init__(self, comparison: Comparison, expected: list[dict], got: list[dict]):
        self._comparison = comparison
        self._expected, self._got = children(expected), children(got)
        self._pairs: dict[int, int] = {}

    def equal(self) -> bool:
        return self._same_children(0, 0)

    def _same_children(self, expected_id: int, got_id: int) -> bool:
        left = list(self._got[got_id])
        for event in self._expected[expected_id]:
            other = next((o for o in left if self._same(event, o)), None)
            if other is None:
                return False
            left.remove(other)
        return not left

    def _same(self, event: dict, other: dict) -> bool:
        mark = self._comparison.placeholders.marked()
        pairs = dict(self._pairs)
        self._pairs[event["id"]] = other["id"]
        same = self._comparison.difference(self._told(event), _without_ids(other)) is None
        if same and self._same_children(event["id"], other["id"]):
            return True
        self._comparison.placeholders.back_to(mark)
        self._pairs = pairs
        return False

    def _told(self, event: dict) -> dict:
        """The event with the numbers of events in its texts as the other history has them."""
        return _renumbered(_without_ids(event), self._pairs)


def _without_ids(event: dict) -> dict:
    return {name: value for name, value in event.items() if name not in ("id", "previousEventId")}


def _renumbered(value, pairs: dict[int, int]):
    if isinstance(value, str):
        return EVENT_ID.sub(lambda n: str(pairs.get(int(n[0]), n[0])), value)
    if isinstance(value, list):
        return [_renumbered(item, pairs) for item in value]
    if isinstance(value, dict):
        return {name: _renumbered(item, pairs) for name, item in value.items()}
    return value


def children(events: list[dict]) -> dict[int, list[dict]]:
    """The events that hang on each event."""
    by_id = {event["id"]: event for event in events}
    found = defaultdict(list)
    for event in events:
        found[_anchor(event, by_id)].append(event)
    return found


def _anchor(event: dict, by_id: dict[int, dict]) -> int:
    kind = event["type"]
    if kind in ("ParallelStateExited", "MapStateExited"):
        return _entered(event, by_id)
    if kind in ("ParallelStateSucceeded", "MapStateSucceeded"):
        return _start(event, kind.replace("Succeeded", "Started"), by_id)
    if kind == "MapIterationStarted":
        return _start(event, "MapStateStarted", by_id)
    return event["previousEventId"]


def _entered(event: dict, by_id: dict[int, dict]) -> int:
    """The entry of the state that an event leaves."""
    name, wanted = _name(event), event["type"].replace("Exited", "Entered")
    for before in _ancestors(event, by_id):
        if before["type"] == wanted and _name(before) == name:
            return before["id"]
    return event["previousEventId"]


def _start(event: dict, wanted: str, by_id: dict[int, dict]) -> int:
    """The start of the scope that an event ends or is a branch of, nested scopes left out."""
    for before in _ancestors(event, by_id):
        if before["type"] == wanted:
            return before["id"]
    return event["previousEventId"]


def _ancestors(event: dict, by_id: dict[int, dict]):
    """The events that led to an event; over a scope that was left in one step to its entry."""
    before = by_id.get(event["previousEventId"])
    while before is not None:
        yield before
        if before["type"] in ("ParallelStateExited", "MapStateExited"):
            entered = by_id.get(_entered(before, by_id))
            before = by_id.get(entered["previousEventId"]) if entered else None
        else:
            before = by_id.get(before["previousEventId"])


def _name(event: dict) -> str | None:
    details = event.get("stateEnteredEventDetails") or event.get("stateExitedEventDetails") or {}
    return details.get("name")
