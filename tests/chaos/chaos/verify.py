"""The whole run, held against the books when every fault is over."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from chaos.api import Refused
from chaos.books import Books, Execution, digest
from chaos.load import Load


def verify(load: Load) -> None:
    """Adds to the books what was lost, undone or repeated."""
    books = load.books
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda execution: _still(load, execution), books.executions.values()))
    _reports(books)
    if not books.lossy:
        # A store that lost the start of a call lets it be made again.
        _calls(books)
    for kind, machine in load.machines.items():
        listed = _listed(load, kind, machine)
        if kind == "child":
            _children(books, listed)
        else:
            _accepted(books, kind, listed)


def _still(load: Load, execution: Execution) -> None:
    """Closed is closed: the history is what it was when the execution ended."""
    if execution.digest is None:
        return
    try:
        history = load.api.history(execution.arn)
    except Refused as error:
        load.books.lost_acknowledgement("end", f"{execution.arn}: {error}")
        return
    if digest(history) != execution.digest:
        load.books.lost_acknowledgement("end", f"{execution.arn} has another history now")


def _reports(books: Books) -> None:
    """Every acknowledged report is in the history that it ended a task of."""
    ended = [execution for execution in books.executions.values() if execution.digest is not None]
    shown = {proof for execution in ended for proof in execution.proofs}
    numbers = {execution.input["order"] for execution in ended}
    for proof, number in books.proofs.items():
        if proof not in shown and number in numbers:
            books.lost_acknowledgement("report", f"{proof} of order {number}")


def _calls(books: Books) -> None:
    """No call of a function without an event of its own."""
    started: dict[str, int] = defaultdict(int)
    for execution in books.executions.values():
        if execution.digest is not None:
            started[execution.input["order"]] += execution.calls
    for number, calls in books.calls.items():
        if number in started and calls > started[number]:
            books.finding(f"order {number}: {calls} calls, {started[number]} started")


def _listed(load: Load, kind: str, machine: str) -> set[str]:
    """What the list of a machine shows, each execution once."""
    listed, token = [], {}
    while True:
        page = load.api.call("ListExecutions", stateMachineArn=machine, maxResults=1000, **token)
        listed += [item["executionArn"] for item in page["executions"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    if len(listed) != len(set(listed)):
        load.books.finding(f"{kind}: {len(listed) - len(set(listed))} are listed twice")
    return set(listed)


def _accepted(books: Books, kind: str, listed: set[str]) -> None:
    """Every accepted execution is listed, and none that nobody started."""
    accepted = {arn for arn, one in books.executions.items() if one.kind == kind}
    for arn in accepted - listed:
        books.lost_acknowledgement("listing", arn)
    strange = [arn for arn in listed - accepted if ":probe-" not in arn]
    if strange and not books.lossy:
        books.finding(f"{kind}: listed, but nobody was told: {strange[:5]}")


def _children(books: Books, listed: set[str]) -> None:
    """No nested execution is started twice: each that exists is in its parent's history."""
    shown = [arn for one in books.executions.values() for arn in one.children]
    if len(shown) != len(set(shown)):
        books.finding("two parents have one nested execution")
    if not books.lossy and set(shown) != listed:
        books.finding(f"nested executions: {len(shown)} in histories, {len(listed)} listed")
