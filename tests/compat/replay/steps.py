"""Replays the steps of one case and compares each recorded answer."""

import json
import time
from dataclasses import dataclass, field

from replay.client import Answer, Clients
from replay.compare import ABSENT, Comparison, Difference
from replay.consumers import Consumer, is_consumer
from replay.histories import Histories
from replay.placeholders import Names, Placeholders
from replay.recordings import Case
from replay.stacks import machines_of

CLOSED = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")
EXECUTION_SECONDS = 40
"""How long an execution may take that the recording saw end."""
GLANCE_SECONDS = 3
"""How long to wait for the end of an execution whose history is not compared next."""
LISTING_SECONDS = 10
"""How long a list or description that was polled may take to be as recorded."""


@dataclass
class Result:
    """How a case went: equal where `difference` is None."""

    case: Case
    difference: Difference | None
    outside: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def equal(self) -> bool:
        return self.difference is None


@dataclass
class Run:
    """The state of one case while it is replayed."""

    case: Case
    clients: Clients
    account: str
    names: Names
    placeholders: Placeholders
    last: Answer | None = None
    last_step: dict = field(default_factory=dict)
    pages: list[dict] = field(default_factory=list)
    token: dict[str, str | None] = field(default_factory=dict)
    ended: dict[str, dict] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    consumers: dict[str, dict] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    refused: bool = False

    def left_over(self) -> list[str]:
        """Recorded answers that no step compares."""
        compared = {step["compare"] for step in self.case.steps if "compare" in step}
        return [key for key in self.case.expected if key not in compared]

    def comparison(self) -> Comparison:
        return Comparison(self.placeholders, Histories())


def replay(case: Case, clients: Clients, endpoint, account: str) -> Result:
    """Runs a case to its end or to its first difference."""
    names = Names(case, account)
    endpoint.add(case, names)
    run = Run(case, clients, account, names, Placeholders(case, names))
    begun = time.monotonic()
    difference = None
    for place, step in enumerate(case.steps):
        if run.refused and "compare" not in step:
            continue
        difference = _step(run, step, case.steps[place + 1 :])
        if difference:
            break
    else:
        difference = _left_over(run)
    outside = tuple(dict.fromkeys(run.outside))
    return Result(case, difference, outside, time.monotonic() - begun)


def _step(run: Run, step: dict, following: list[dict]) -> Difference | None:
    if "compare" in step:
        return _compare(run, step["compare"], following)
    if "service" in step:
        return _of_another_service(run, step)
    compared = bool(following) and "compare" in following[0]
    request = _request(run, step)
    if request is None:
        return None
    run.last_step = step
    if _played(run, step, request):
        return None
    run.last = _called(run, step, request, following)
    _note(run, step, request)
    if run.last.error is not None and not compared and not step.get("error_response"):
        run.refused = is_error(_next_compared(run, following))
        if not run.refused:
            return Difference(step["operation"], "an answer", run.last.against({"Error": {}}))
    return None


def _next_compared(run: Run, following: list[dict]):
    """What is compared next; an error there may be of a call that the logged run got through."""
    keys = [step["compare"] for step in following if "compare" in step] + run.left_over()
    return run.case.expected.get(keys[0], {}) if keys else {}


def _left_over(run: Run) -> Difference | None:
    """Compares what AWS answered where the logged run did not get as far."""
    for key in run.left_over():
        expected = run.case.expected[key]
        if Histories().knows(expected.get("events", [])) and run.inputs:
            request = {"executionArn": list(run.inputs)[-1]}
            run.last = _history(run, request, expected, patient=True)
        elif not is_error(expected):
            return Difference(key, expected, ABSENT)
        difference = _compare(run, key, [])
        if difference:
            return difference
    return None


def _request(run: Run, step: dict) -> dict | None:
    """The request with this run's names; None where a page is asked for that does not exist."""
    request = dict(step["request"])
    if "definition" in request:
        request["definition"] = run.case.text_of(request["definition"])
    if request.get("nextToken") and not step.get("error_response"):
        # A page that the logged run went on to: here the page after the last one we had.
        request["nextToken"] = run.token.get(step["operation"])
        if request["nextToken"] is None:
            return None
    return run.names.ours(request)


def _played(run: Run, step: dict, request: dict) -> bool:
    """Whether the step concerns a helper machine that the runner plays itself."""
    if step["operation"] == "CreateStateMachine":
        definition = _json(request.get("definition", ""))
        if is_consumer(definition):
            run.consumers[request["name"]] = definition
            return True
    if step["operation"] == "StartExecution":
        name = str(request.get("stateMachineArn", "")).rpartition(":")[2]
        if name in run.consumers:
            payload = _json(request.get("input", "{}"))
            Consumer(run.consumers[name], payload, lambda o, r: _call(run, o, r))
            return True
    return False


def _json(text: str):
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None


def _call(run: Run, operation: str, request: dict) -> Answer:
    return run.clients.call(run.names.account_of(request), operation, request)


def _called(run: Run, step: dict, request: dict, following: list[dict]) -> Answer:
    """Calls once, or until what the client waited for is there."""
    key = following[0].get("compare") if following else None
    expected = run.case.expected.get(key) if key else None
    if step["operation"] == "GetExecutionHistory":
        return _history(run, request, expected, patient=key is not None)
    answer = _call(run, step["operation"], request)
    if "times" not in step or not isinstance(expected, dict | list):
        return answer
    end = time.monotonic() + LISTING_SECONDS
    while time.monotonic() < end and not _would_equal(run, expected, answer):
        time.sleep(0.1)
        answer = _call(run, step["operation"], request)
    return answer


def _would_equal(run: Run, expected, answer: Answer) -> bool:
    mark = run.placeholders.marked()
    got = answer.against(expected)
    if isinstance(expected, list) and isinstance(got, dict):
        got = got.get("stateMachines", got)
    equal = run.comparison().difference(expected, got) is None
    run.placeholders.back_to(mark)
    return equal


def _history(run: Run, request: dict, expected, patient: bool) -> Answer:
    """The history once the execution has ended, or has as many events as were recorded."""
    seconds = EXECUTION_SECONDS if patient else GLANCE_SECONDS
    count = _recorded_count(expected)
    end = time.monotonic() + seconds
    pause = 0.03
    while True:
        answer = _call(run, "GetExecutionHistory", request)
        if answer.error is not None or time.monotonic() > end:
            return answer
        events = answer.response["events"]
        if any(event["type"] in CLOSED for event in events) or (count and len(events) >= count):
            return answer
        time.sleep(pause)
        pause = min(pause * 1.5, 0.3)


def _recorded_count(expected) -> int | None:
    """How many events to wait for where the recording ends before the execution does."""
    events = expected.get("events") if isinstance(expected, dict) else None
    if not events or any(event["type"] in CLOSED for event in events):
        return None
    return len(events)


def _note(run: Run, step: dict, request: dict) -> None:
    """Keeps what later steps refer to."""
    answer = run.last.response
    if answer is None:
        return
    operation = step["operation"]
    if operation == "StartExecution":
        run.names.started(answer["executionArn"], request.get("name"))
        run.inputs[answer["executionArn"]] = request.get("input", "{}")
    elif operation == "GetExecutionHistory" and request.get("executionArn") in run.inputs:
        arn = request["executionArn"]
        run.ended[arn] = _ended(run.inputs[arn], answer["events"])
    elif operation.startswith("List"):
        run.token[operation] = answer.get("nextToken")
        if operation == "ListStateMachines":
            if "nextToken" not in request:
                run.pages = []
            run.pages += answer["stateMachines"]


def _ended(text: str, events: list[dict]) -> dict:
    """An execution as the cases of the choice operators tell it."""
    last = max(events, key=lambda event: event["id"])
    return {"input": text, "output": last.get("executionSucceededEventDetails", {}).get("output")}


def _compare(run: Run, key: str, following: list[dict]) -> Difference | None:
    run.placeholders.new_answer()
    run.refused = False
    if key not in run.case.expected:
        return Difference(key, "a recorded answer", ABSENT)
    expected = run.case.expected[key]
    if "service" in run.last_step:
        service = run.last_step["service"]
        return Difference(key, expected, f"(an answer of {service}, which does not run here)")
    if run.last is not None and run.last.error is not None and not is_error(expected):
        return Difference(key, "an answer", run.last.against({"Error": {}}))
    got = _got(run, key, expected, following)
    return run.comparison().difference(expected, got, key)


def is_error(expected) -> bool:
    """Whether the recording has an error here."""
    members = ("Error", "exception_typename")
    return isinstance(expected, str) or any(name in expected for name in members)


def _got(run: Run, key: str, expected, following: list[dict]):
    """What the client had in hand where it compared."""
    if run.last is None:
        return ABSENT
    answer = run.last.against(expected)
    if not isinstance(expected, list) or not isinstance(answer, dict):
        return answer
    if run.last_step["operation"] == "ListStateMachines":
        more = bool(following) and "compare" in following[0]
        count = len(expected) if more else len(run.pages)
        taken, run.pages = run.pages[:count], run.pages[count:]
        return taken
    if run.last_step["operation"] == "GetExecutionHistory" and key == "cases":
        return list(run.ended.values())
    return answer


def _of_another_service(run: Run, step: dict) -> Difference | None:
    """Lambda functions are served, machines of templates made; the rest does not run here."""
    run.last_step = step
    if (step["service"], step["operation"]) == ("lambda", "CreateFunction"):
        return None
    requests = []
    if (step["service"], step["operation"]) == ("cloudformation", "CreateStack"):
        requests = machines_of(step["request"].get("TemplateBody", ""))
    if not requests:
        run.outside.append(f"{step['service']}:{step['operation']}")
    for request in requests:
        run.last = _call(run, "CreateStateMachine", run.names.ours(request))
        if run.last.error is not None:
            return Difference("CreateStack", "an answer", run.last.against({"Error": {}}))
    return None
