"""Member by member: the first place where an answer is not what was recorded."""

import datetime
import json
import re
from dataclasses import dataclass

from replay.normalisations import (
    ANSWER_TO_START,
    HEADERS_AS_LISTS,
    MEMBERS_ADDED_SINCE,
    PAYLOAD_MEMBERS_ADDED_SINCE,
    RANDOM_NUMBER,
    STARTS,
    TIME_REFERENCES,
    TIMESTAMPS,
    VOLATILE,
)
from replay.placeholders import Placeholders

ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")

HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"

MILLISECONDS = re.compile(r"1\d{12}")

LENGTH = re.compile(r'("Content-Length": \[?")\d+(?=")')

LIKE_A_TIME = re.compile(r"\d+-\d+-\d+")


class Absent:
    """Stands where one side has no member."""

    def __repr__(self) -> str:
        return "(absent)"


ABSENT = Absent()


@dataclass
class Difference:
    """Where an answer left the recording."""

    path: str
    expected: object
    got: object

    def __str__(self) -> str:
        return f"{self.path}: expected {shown(self.expected)}, got {shown(self.got)}"


def shown(value, longest: int = 300) -> str:
    """A value on one line, cut where it is long."""
    if isinstance(value, Absent):
        return repr(value)
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


class Comparison:
    """Compares one answer; `lists` compares lists that it knows better, such as histories."""

    def __init__(self, placeholders: Placeholders, lists=None):
        self.placeholders = placeholders
        self._lists = lists

    def difference(self, expected, got, path: str = "", payload: str = "") -> Difference | None:
        """The first difference; `payload` names the JSON text that `path` is inside of, if any."""
        if isinstance(expected, dict):
            return self._objects(expected, got, path, payload)
        if isinstance(expected, list):
            return self._arrays(expected, got, path, payload)
        equal = self._leaf(expected, got, path)
        return None if equal else Difference(path, expected, got)

    def _objects(self, expected: dict, got, path: str, payload: str) -> Difference | None:
        if isinstance(got, str) and not payload:
            got, payload = _parsed(got, dict), path or "/"
        if not isinstance(got, dict):
            return Difference(path, expected, got)
        if expected.keys() >= ANSWER_TO_START:
            expected, got = _without_length(expected), _without_length(got)
        left = dict(got)
        for key, value in expected.items():
            if key == "HTTPHeaders":
                left.pop(key, None)
                continue
            name = self._name(key, left)
            if name is None:
                return Difference(f"{path}.{key}", value, ABSENT)
            found = self.difference(value, left.pop(name), f"{path}.{key}", payload)
            if found:
                return found
        for key, value in left.items():
            if not _added_since(path, key, payload):
                return Difference(f"{path}.{key}", ABSENT, value)
        return None

    def _name(self, key: str, left: dict) -> str | None:
        if key in left:
            return key
        return next((name for name in left if self.placeholders.same(key, name)), None)

    def _arrays(self, expected: list, got, path: str, payload: str) -> Difference | None:
        if isinstance(got, str) and not payload:
            got, payload = _parsed(got, list), path or "/"
        if not isinstance(got, list):
            return Difference(path, expected, got)
        if self._lists and not payload and self._lists.knows(expected):
            return self._lists.difference(self, expected, got, path)
        return self.in_order(expected, got, path, payload)

    def in_order(self, expected: list, got: list, path: str, payload: str = ""):
        """Compares item by item."""
        for place, item in enumerate(expected):
            if place >= len(got):
                return Difference(f"{path}[{place}]", item, ABSENT)
            found = self.difference(item, got[place], f"{path}[{place}]", payload)
            if found:
                return found
        if len(got) > len(expected):
            return Difference(f"{path}[{len(expected)}]", ABSENT, got[len(expected)])
        return None

    def _leaf(self, expected, got, path: str) -> bool:
        if not isinstance(expected, str):
            return type(expected) is type(got) and expected == got
        parent, _, member = path.rpartition(".")
        if expected == "timestamp" and member in TIME_REFERENCES and isinstance(got, str):
            return self.placeholders.sent(got)
        if parent.endswith(HEADERS_AS_LISTS) and isinstance(got, list) and len(got) == 1:
            return expected in TIMESTAMPS | VOLATILE and self._text(expected, got[0])
        if member in STARTS and expected in TIMESTAMPS and type(got) is int:
            return MILLISECONDS.fullmatch(str(got)) is not None
        return self._text(expected, got)

    def _text(self, expected: str, got) -> bool:
        if _quoted(expected) in TIMESTAMPS and isinstance(got, str):
            return self._time(_quoted(got))
        if expected in TIMESTAMPS and self._time(got):
            return True
        if expected == RANDOM_NUMBER and isinstance(got, int | float):
            return not isinstance(got, bool)
        if not isinstance(got, str):
            return False
        if expected in VOLATILE and got:
            return True
        return self.placeholders.same(expected, got)

    def _time(self, got) -> bool:
        """Whether `got` may stand where the recording has a word for a time."""
        if is_time(got):
            return True
        return isinstance(got, str) and bool(LIKE_A_TIME.match(got)) and self.placeholders.sent(got)


def _without_length(answer: dict) -> dict:
    """The answer to a start with no number as its Content-Length; one that is no number stays."""
    text = json.dumps(answer, ensure_ascii=False)
    return json.loads(LENGTH.sub(r"\1", text))


def _added_since(path: str, key: str, payload: str) -> bool:
    """Whether AWS added a member that an old recording lacks."""
    if not payload:
        return key in MEMBERS_ADDED_SINCE
    return (path.rpartition(".")[2], key) in PAYLOAD_MEMBERS_ADDED_SINCE


def is_time(value) -> bool:
    """A time as an SDK gives it, or as a text of ISO 8601 or of an HTTP header."""
    if not isinstance(value, str):
        return isinstance(value, datetime.datetime)
    return ISO.fullmatch(value) is not None or _is_http_date(value)


def _is_http_date(text: str) -> bool:
    try:
        return bool(datetime.datetime.strptime(text, HTTP_DATE))
    except ValueError:
        return False


def _quoted(text: str) -> str | None:
    """The text inside a JSON text that holds a text alone."""
    return _parsed(text, str) if text.startswith('"') else None


def _parsed(text: str, kind: type):
    """What a JSON text holds, if it is of this kind; else the text itself."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, kind) else text
