"""The cases of `tests/language/cases`, and a run of one through the API."""

import json
import re
import time
from pathlib import Path

from harness import history
from harness.aws import ROLE
from harness.deadline import eventually
from harness.functions import FunctionError

ROOT = Path(__file__).resolve().parents[2] / "language/cases"

# The normalisations of `tests/language/src/normalise.rs`, by the same names.
CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DATE = re.compile(r'("St(?:art|op)Date":)[0-9][0-9.E+]*')
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TOKEN = re.compile(r'("token":")[^"]+"')
HTTP = re.compile(r'("Sdk(?:Http|Response)Metadata":)\{(?:[^{}]|\{[^{}]*\})*\}')


class Number(str):
    """The text of a number."""


def text_of(value) -> str:
    """The JSON text of a value of a case, its numbers as they were written."""
    if isinstance(value, Number):
        return value
    if isinstance(value, dict):
        members = (f"{text_of(name)}:{text_of(member)}" for name, member in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text_of, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def read(path: Path) -> dict:
    case = json.loads(path.read_text(), parse_int=Number, parse_float=Number)
    plain = json.loads(path.read_text())
    texts = {"definition": text_of(case["definition"])}
    texts["input"] = case.get("inputText") or text_of(case.get("input", {}))
    return {**plain, **texts}


CASES = {
    str(path.relative_to(ROOT).with_suffix("")): read(path) for path in sorted(ROOT.rglob("*.json"))
}
EXECUTED = {name: case for name, case in CASES.items() if "findings" not in case}


def normalised(value):
    """A part of a history without what no case can fix."""
    if isinstance(value, str):
        value = DATE.sub(r"\1<time>", CLOCK.sub("<time>", value))
        value = UUID.sub("<uuid>", value)
        return HTTP.sub(r"\1{}", TOKEN.sub(r'\1<token>"', value))
    if isinstance(value, list):
        return [normalised(item) for item in value]
    if isinstance(value, dict):
        return {k: normalised(v) for k, v in value.items() if k != "timestamp"}
    return value


def run_case(sfn, functions, name: str, case: dict) -> tuple[dict, list[dict]]:
    """Its ending and its history, normalised."""
    machine = name.replace("/", "-")
    for activity in set(re.findall(r":activity:([^\"]+)", case["definition"])):
        sfn.create_activity(name=activity)
    for other, definition in case.get("machines", {}).items():
        text = json.dumps(definition)
        sfn.create_state_machine(name=other, definition=text, roleArn=ROLE)
    outcomes = case.get("outcomes", [])
    tokens = script_functions(functions, case["definition"], outcomes)
    created = sfn.create_state_machine(name=machine, definition=case["definition"], roleArn=ROLE)
    arn = sfn.start_execution(
        stateMachineArn=created["stateMachineArn"], name="run", input=case["input"]
    )["executionArn"]
    for outcome in outcomes:
        if outcome.get("byToken"):
            redeem(sfn, arn, tokens, outcome)
        elif f':activity:{outcome["worker"]}"' in case["definition"]:
            work(sfn, created["stateMachineArn"], outcome)
    ended = end(sfn, arn)
    members = ("status", "output", "error", "cause")
    ending = {member: ended[member] for member in members if member in ended}
    return normalised(ending), normalised(history.events(sfn, arn))


def script_functions(functions, definition: str, outcomes: list[dict]) -> dict[str, str]:
    """Lets the functions of a case do, call by call, what its outcomes say.

    The tokens that they are called with are put into the answer.
    """
    tokens = {}
    calls = [outcome for outcome in outcomes if "byToken" not in outcome]
    for function in set(re.findall(r":function:([^\"]+)", definition)):
        script = [outcome for outcome in calls if outcome["worker"] == function]

        def call(payload, script=script, function=function):
            if isinstance(payload, dict) and "token" in payload:
                tokens[function] = payload["token"]
            outcome = script.pop(0)
            if "fail" in outcome:
                cause = json.loads(outcome["fail"]["cause"])
                raise FunctionError(cause["errorType"], cause["errorMessage"])
            return outcome["succeed"]

        functions.functions[function] = call
    return tokens


def work(sfn, machine_arn: str, outcome: dict) -> None:
    """Takes the next task of an activity and does what the outcome says."""
    activity = machine_arn.replace(":stateMachine:", ":activity:")
    activity = activity.rpartition(":")[0] + ":" + outcome["worker"]
    limit = time.monotonic() + 60
    token = None
    while not token:
        assert time.monotonic() < limit, f"no task of {activity}"
        answer = sfn.get_activity_task(activityArn=activity, workerName="worker")
        token = answer.get("taskToken")
    say(sfn, token, outcome)


def redeem(sfn, arn: str, tokens: dict[str, str], outcome: dict) -> None:
    """Ends a task by its token, once its call is over."""

    def submitted():
        return "TaskSubmitted" in history.types(history.events(sfn, arn))

    eventually(submitted, f"{arn} has submitted its task", seconds=60)
    say(sfn, tokens[outcome["worker"]], outcome)


def say(sfn, token: str, outcome: dict) -> None:
    if "fail" in outcome:
        sfn.send_task_failure(taskToken=token, **outcome["fail"])
    elif "succeed" in outcome:
        sfn.send_task_success(taskToken=token, output=json.dumps(outcome["succeed"]))
    elif "succeedText" in outcome:
        sfn.send_task_success(taskToken=token, output=outcome["succeedText"])


def end(sfn, arn: str) -> dict:
    limit = time.monotonic() + 60
    while True:
        found = sfn.describe_execution(executionArn=arn)
        if found["status"] != "RUNNING":
            return found
        assert time.monotonic() < limit, f"{arn} is still open"
        time.sleep(0.05)
