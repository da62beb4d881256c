"""Reading histories, and the rules that every history keeps."""


def events(sfn, execution_arn: str) -> list[dict]:
    """The whole history, page by page, ids ascending."""
    pages = sfn.get_paginator("get_execution_history").paginate(executionArn=execution_arn)
    return [event for page in pages for event in page["events"]]


def shape(history: list[dict]) -> list[tuple[str, int]]:
    """Types and predecessors; the ids are 1, 2, 3, … and so need not be told."""
    assert_well_formed(history)
    return [(event["type"], event["previousEventId"]) for event in history]


def types(history: list[dict]) -> list[str]:
    return [event["type"] for event in history]


def details(event: dict) -> dict | None:
    """The details member of an event, of which there is at most one."""
    found = [value for name, value in event.items() if name.endswith("EventDetails")]
    assert len(found) <= 1, event
    return found[0] if found else None


def of_type(history: list[dict], kind: str) -> list[dict]:
    return [event for event in history if event["type"] == kind]


def one(history: list[dict], kind: str) -> dict:
    found = of_type(history, kind)
    assert len(found) == 1, f"{len(found)} events {kind} in {types(history)}"
    return found[0]


def assert_well_formed(history: list[dict]) -> None:
    """Ids are dense, predecessors are earlier, times never step back."""
    assert [event["id"] for event in history] == list(range(1, len(history) + 1))
    for before, event in zip([None, *history], history, strict=False):
        assert 0 <= event["previousEventId"] < event["id"], event
        assert before is None or before["timestamp"] <= event["timestamp"], event
