"""Small cases and histories for the tests of the comparison."""

from replay.compare import Comparison
from replay.histories import Histories
from replay.placeholders import Names, Placeholders
from replay.recordings import Case

ACCOUNT = "100000000007"


def case(steps=(), definitions=(), placeholders=None, expected=None, functions=()) -> Case:
    return Case(
        id="fixture",
        area="fixtures",
        features=(),
        validated=True,
        definitions=[{"definition": definition} for definition in definitions],
        steps=list(steps),
        functions=list(functions),
        placeholders={"111111111111": "000000000000", **(placeholders or {})},
        expected=expected or {},
    )


def create(name: str, role: str = "arn:aws:iam::000000000000:role/r") -> dict:
    request = {"name": name, "definition": {"$definition": 0}, "roleArn": role}
    return {"operation": "CreateStateMachine", "request": request}


def history_of(machine: str, name: str) -> dict:
    arn = f"arn:aws:states:us-east-1:000000000000:execution:{machine}:{name}"
    return {"operation": "GetExecutionHistory", "request": {"executionArn": arn}}


def comparison(of: Case | None = None, names: Names | None = None) -> Comparison:
    of = of or case()
    return Comparison(Placeholders(of, names or Names(of, ACCOUNT)), Histories())


def event(number: int, previous: int, kind: str, **details) -> dict:
    return {"id": number, "previousEventId": previous, "type": kind, **details}


def entered(number: int, previous: int, kind: str, name: str) -> dict:
    return event(number, previous, f"{kind}StateEntered", stateEnteredEventDetails={"name": name})


def exited(number: int, previous: int, kind: str, name: str) -> dict:
    return event(number, previous, f"{kind}StateExited", stateExitedEventDetails={"name": name})
