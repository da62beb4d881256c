"""The recorded cases: read, never written, and only as far as the comparison needs them."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

LONG_RUN = re.compile(r"(.)…\[(\d+) more\]", re.DOTALL)


@dataclass(frozen=True)
class Case:
    """One test case: what a client did and what AWS answered."""

    id: str
    area: str
    features: tuple[str, ...]
    validated: bool
    definitions: list[dict]
    steps: list[dict]
    functions: list[dict]
    placeholders: dict[str, str]
    expected: dict

    def text_of(self, request_definition):
        """The definition that a request carries: a reference into `definitions`, or a text."""
        if not isinstance(request_definition, dict):
            return request_definition
        entry = self.definitions[request_definition["$definition"]]
        if "definition_text" in entry:
            return entry["definition_text"]
        return json.dumps(entry["definition"])

    def parsed_definitions(self) -> list[dict]:
        return [entry["definition"] for entry in self.definitions if "definition" in entry]


def expanded(value):
    """Writes out the runs of one letter that the recordings shorten."""
    if isinstance(value, str):
        return LONG_RUN.sub(lambda run: run[1] * (1 + int(run[2])), value)
    if isinstance(value, list):
        return [expanded(item) for item in value]
    if isinstance(value, dict):
        return {expanded(key): expanded(item) for key, item in value.items()}
    return value


def load(folder: Path) -> list[Case]:
    """All cases of a folder, in the order of its index."""
    index = json.loads((folder / "index.json").read_text())["cases"]
    return [read(folder / entry["file"]) for entry in index]


def read(path: Path) -> Case:
    raw = expanded(json.loads(path.read_text()))
    return Case(
        id=raw["id"],
        area=raw["area"],
        features=tuple(raw["features"]),
        validated=raw["aws_validated"],
        definitions=raw["definitions"],
        steps=raw["steps"],
        functions=raw["lambda"],
        placeholders={key: str(value) for key, value in raw["placeholders"].items()},
        expected=raw["expected"],
    )
