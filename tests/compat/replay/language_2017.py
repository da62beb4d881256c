"""Cases that ask for nothing that the API reference and the language of 2017 do not have."""

from replay.recordings import Case

ACTIONS = {
    "CreateActivity": {"name"},
    "CreateStateMachine": {"name", "definition", "roleArn", "type"},
    "DeleteActivity": {"activityArn"},
    "DeleteStateMachine": {"stateMachineArn"},
    "DescribeActivity": {"activityArn"},
    "DescribeExecution": {"executionArn"},
    "DescribeStateMachine": {"stateMachineArn"},
    "DescribeStateMachineForExecution": {"executionArn"},
    "GetActivityTask": {"activityArn", "workerName"},
    "GetExecutionHistory": {"executionArn", "maxResults", "nextToken", "reverseOrder"},
    "ListActivities": {"maxResults", "nextToken"},
    "ListExecutions": {"stateMachineArn", "maxResults", "nextToken", "statusFilter"},
    "ListStateMachines": {"maxResults", "nextToken"},
    "SendTaskFailure": {"taskToken", "error", "cause"},
    "SendTaskHeartbeat": {"taskToken"},
    "SendTaskSuccess": {"taskToken", "output"},
    "StartExecution": {"stateMachineArn", "input", "name"},
    "StopExecution": {"executionArn", "error", "cause"},
    "UpdateStateMachine": {"stateMachineArn", "definition", "roleArn"},
}

SERVICES = {("lambda", "CreateFunction")}
"""Steps of other services that a client of 2017 needs to prepare a task."""

MACHINE = {"Comment", "StartAt", "Version", "TimeoutSeconds", "States"}
BRANCH = {"Comment", "StartAt", "States"}
ANY_STATE = {"Type", "Comment"}
PATHS = {"InputPath", "OutputPath"}
LEADS = {"Next", "End"}
FAILS = {"ResultPath", "Retry", "Catch"}
STATES = {
    "Pass": PATHS | LEADS | {"Result", "ResultPath"},
    "Task": PATHS | LEADS | FAILS | {"Resource", "TimeoutSeconds", "HeartbeatSeconds"},
    "Choice": PATHS | {"Choices", "Default"},
    "Wait": PATHS | LEADS | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
    "Succeed": PATHS,
    "Fail": {"Error", "Cause"},
    "Parallel": PATHS | LEADS | FAILS | {"Branches"},
}
RETRIER = {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate"}
CATCHER = {"ErrorEquals", "Next", "ResultPath"}
COMPARISONS = {
    kind + operator
    for kind in ("String", "Numeric", "Timestamp")
    for operator in ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
} | {"BooleanEquals"}


def of_2017(case: Case) -> bool:
    """Whether a case asks for nothing newer; one without a step asks for nothing that shows."""
    steps, machines = case.steps, case.parsed_definitions()
    return bool(steps) and all(map(_step, steps)) and all(map(_machine, machines))


def _step(step: dict) -> bool:
    if "compare" in step:
        return True
    if "service" in step:
        return (step["service"], step["operation"]) in SERVICES
    members = ACTIONS.get(step["operation"])
    request = step["request"]
    return (
        members is not None
        and request.keys() <= members
        and request.get("type", "STANDARD") == "STANDARD"
        and _unqualified(request.get("stateMachineArn", ""))
    )


def _unqualified(arn) -> bool:
    """No version or alias behind the name of the machine."""
    return not isinstance(arn, str) or arn.count(":") <= 6


def _machine(definition: dict) -> bool:
    return definition.keys() <= MACHINE and _states(definition)


def _states(scope: dict) -> bool:
    states = scope.get("States", {})
    return isinstance(states, dict) and all(map(_state, states.values()))


def _state(state) -> bool:
    if not isinstance(state, dict):
        return False
    fields = STATES.get(state.get("Type"))
    return (
        fields is not None
        and state.keys() <= fields | ANY_STATE
        and all(_path(state[name]) for name in PATHS | {"ResultPath"} if name in state)
        and _resource(state)
        and all(retrier.keys() <= RETRIER for retrier in state.get("Retry", []))
        and all(catcher.keys() <= CATCHER for catcher in state.get("Catch", []))
        and all(_rule(rule, {"Next"}) for rule in state.get("Choices", []))
        and all(b.keys() <= BRANCH and _states(b) for b in state.get("Branches", []))
    )


def _path(path) -> bool:
    """Neither the context object nor an intrinsic function."""
    return not isinstance(path, str) or not path.startswith(("$$", "States."))


def _resource(state: dict) -> bool:
    resource = state.get("Resource")
    return not isinstance(resource, str) or ":function:" in resource or ":activity:" in resource


def _rule(rule: dict, also: set) -> bool:
    for combined in ("And", "Or"):
        if combined in rule:
            return rule.keys() <= also | {combined} and all(_rule(r, set()) for r in rule[combined])
    if "Not" in rule:
        return rule.keys() <= also | {"Not"} and _rule(rule["Not"], set())
    return rule.keys() <= also | {"Variable"} | COMPARISONS
