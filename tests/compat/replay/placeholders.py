"""What the placeholders of a recording stand for in this run.

A placeholder is either known (it stands for something that the client named, so for that name as
this run uses it), or one of several names (see "numbered names"), or generated: then its first
occurrence decides and later ones must agree.
"""

import re
from functools import cached_property

from replay.normalisations import ANY_TEXT, GENERATED, TOKEN
from replay.recordings import Case

CONSTANTS = {
    "111111111111": "000000000000",
    "arn:<partition>:": "arn:aws:",
    "<region>": "us-east-1",
}
"""Placeholders whose value is this run's own, whatever the client sent."""
LOCAL_ACCOUNT = re.compile(r"(?<!\d)0{12}(?!\d)")
OTHER_ACCOUNT = re.compile(r"(?<!\d)0{11}2(?!\d)")
"""The second account of the cases that act in two."""
EXECUTION = re.compile(r"arn:aws:states:[^:]*:\d*:(?:execution|express):([^:\"\\]+):([^:\"\\]+)")
FAMILY = re.compile(r"[\d]+")


class Names:
    """Names of the logged run and what this run has in their place.

    The client's own names are kept; the account is the case's own; names that the service
    generated are paired in the order in which executions of a machine were started.
    """

    def __init__(self, case: Case, account: str):
        self.account = account
        self.other_account = "2" + account[1:]
        self._generated: dict[str, str] = {}
        self._waiting: dict[str, list[str]] = {}
        self._chosen = _chosen_names(case)
        self.machines = _requested(case, "CreateStateMachine", "name")
        self.roles = _requested(case, "CreateStateMachine", "roleArn")
        self.roles |= _requested(case, "UpdateStateMachine", "roleArn")
        self.executions: list[str] = []

    def started(self, execution_arn: str, name: str | None) -> None:
        """Remembers an execution of this run; without a name it waits for the first request."""
        parts = execution_arn.split(":")
        self.executions.append(parts[7])
        if name is None and len(parts) > 7:
            self._waiting.setdefault(parts[6], []).append(parts[7])

    def ours(self, value):
        """A request or a part of it, with this run's names."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self.ours(item) for item in value]
        if isinstance(value, dict):
            return {self.ours(key): self.ours(item) for key, item in value.items()}
        return value

    def _text(self, text: str) -> str:
        for machine, name in EXECUTION.findall(text):
            self._pair(machine, name)
        for theirs, ours in self._generated.items():
            text = text.replace(theirs, ours)
        return OTHER_ACCOUNT.sub(self.other_account, LOCAL_ACCOUNT.sub(self.account, text))

    def account_of(self, request: dict) -> str:
        """The account in which a request with this run's names is made: that of its ARNs."""
        arns = (request.get(name) for name in ("stateMachineArn", "executionArn", "roleArn"))
        found = any(f":{self.other_account}:" in arn for arn in arns if isinstance(arn, str))
        return self.other_account if found else self.account

    def _pair(self, machine: str, name: str) -> None:
        waiting = self._waiting.get(machine)
        if waiting and name not in self._generated and name not in self._chosen:
            self._generated[name] = waiting.pop(0)

    def knows(self, value: str) -> bool:
        """Whether a value of the logged run was named by the client or has been paired."""
        return value in self._generated or value in self._chosen


class _Texts:
    """Whether a text occurs in what the client sent."""

    def __init__(self, texts: list[str]):
        self._all = "\n".join(texts)

    def __contains__(self, text: str) -> bool:
        return text in self._all


def _chosen_names(case: Case) -> _Texts:
    """What the client sent, without the ARNs and tokens that it had from answers."""
    sent = [
        {k: v for k, v in step["request"].items() if k not in ANSWERED}
        for step in case.steps
        if "request" in step
    ]
    return _Texts([text for item in [sent, case.definitions] for text in _leaves(item)])


ANSWERED = frozenset({"executionArn", "nextToken", "taskToken", "mapRunArn"})


def _leaves(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)


def _requested(case: Case, operation: str, member: str) -> set[str]:
    requests = (step["request"] for step in case.steps if step.get("operation") == operation)
    return {request[member] for request in requests if isinstance(request.get(member), str)}


class Placeholders:
    """Decides whether a recorded text and a text of this run are the same."""

    def __init__(self, case: Case, names: Names):
        self._recorded = CONSTANTS | case.placeholders
        self._names = names
        self._bound: dict[str, str] = {}

    @cached_property
    def _token(self) -> re.Pattern:
        literal = sorted(self._recorded, key=len, reverse=True)
        return re.compile("|".join([re.escape(text) for text in literal] + [TOKEN.pattern]))

    def sent(self, text: str) -> bool:
        """Whether the client sent this very text."""
        return self._names.knows(text)

    def new_answer(self) -> None:
        """Numbered names may stand for other values in the next compared answer."""
        kept = {k: v for k, v in self._bound.items() if not self._alternatives(k)}
        self._bound = kept

    def marked(self) -> dict[str, str]:
        return dict(self._bound)

    def back_to(self, mark: dict[str, str]) -> None:
        self._bound = dict(mark)

    def same(self, expected: str, got: str) -> bool:
        """Compares two texts and keeps what the placeholders in the first turned out to be."""
        if expected == got and not self._token.search(expected):
            return True
        if expected == ANY_TEXT:
            return bool(got)
        groups: dict[str, str] = {}
        pattern = self._pattern(expected, groups)
        match = re.fullmatch(pattern, got, re.DOTALL)
        if match is None:
            return expected == got
        self._bound.update({token: match[group] for token, group in groups.items()})
        return True

    def _pattern(self, expected: str, groups: dict[str, str]) -> str:
        parts, end = [], 0
        for found in self._token.finditer(expected):
            parts.append(re.escape(expected[end : found.start()]))
            parts.append(self._piece(found[0], groups))
            end = found.end()
        parts.append(re.escape(expected[end:]))
        return "".join(parts)

    def _piece(self, token: str, groups: dict[str, str]) -> str:
        if token in groups:
            return f"(?P={groups[token]})"
        if token in self._bound:
            return re.escape(self._bound[token])
        if token == "<partition>":
            return "aws"
        if token == ANY_TEXT:
            return ".+"
        alternatives = self._alternatives(token)
        value = self._recorded.get(token)
        if value is not None and not alternatives and self._known(token, value):
            return f"(?:{re.escape(self._names.ours(value))}|{re.escape(token)})"
        groups[token] = f"g{len(groups)}"
        if alternatives:
            return f"(?P<{groups[token]}>{'|'.join(map(re.escape, sorted(alternatives)))})"
        kind = FAMILY.split(token.strip("<>"))[0].strip("_:-")
        return f"(?P<{groups[token]}>{GENERATED.get(kind, '.+?')})"

    def _known(self, token: str, value: str) -> bool:
        return token in CONSTANTS or self._names.knows(value)

    def _alternatives(self, token: str) -> set[str]:
        """The names that a placeholder numbers, where there are more than placeholders."""
        if token.startswith("<ArnPart"):
            return self._more(self._names.machines, "<ArnPart")
        if token.startswith("<ExecArnPart"):
            return self._more(set(self._names.executions), "<ExecArnPart")
        if token.endswith("role_arn") and not token.startswith("<"):
            return self._more({self._names.ours(role) for role in self._names.roles}, "role_arn")
        return set()

    def _more(self, names: set[str], family: str) -> set[str]:
        return names if len(names) > sum(family in key for key in self._recorded) else set()
