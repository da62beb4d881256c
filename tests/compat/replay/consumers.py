"""Helper machines of the recordings that only consume an activity, played by the runner.

Such a machine calls GetActivityTask and then SendTask* by integrations of the AWS SDK. It is not
what the case is about; here a thread makes the same calls through the gateway.
"""

import threading
import time

SDK = "arn:aws:states:::aws-sdk:sfn:"
TAKE = SDK + "getActivityTask"
CALLS = {
    SDK + "sendTaskSuccess": "SendTaskSuccess",
    SDK + "sendTaskFailure": "SendTaskFailure",
    SDK + "sendTaskHeartbeat": "SendTaskHeartbeat",
}
PATIENCE_SECONDS = 60


def is_consumer(definition) -> bool:
    """Whether a machine begins by taking a task of an activity."""
    if not isinstance(definition, dict):
        return False
    first = definition.get("States", {}).get(definition.get("StartAt"), {})
    return first.get("Resource") == TAKE


class Consumer:
    """One run of a consuming machine; `call(operation, request)` makes a call of the case."""

    def __init__(self, definition: dict, payload: dict, call):
        self._states = definition["States"]
        self._first = self._states[definition["StartAt"]]
        self._payload, self._call = payload, call
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            answer = self._call("GetActivityTask", self._request(self._first))
            if answer.error is not None:
                return
            if answer.response.get("taskToken"):
                return self._go_on(answer.response)

    def _go_on(self, task: dict) -> None:
        """Makes the calls of the states that follow a task's arrival, in their order."""
        members = {_upper(name): value for name, value in task.items()}
        self._payload[self._first["ResultPath"].removeprefix("$.")] = members
        state = self._arrived()
        while state is not None:
            if state.get("Resource") in CALLS:
                self._call(CALLS[state["Resource"]], self._request(state))
            state = self._states.get(state.get("Next"))

    def _arrived(self) -> dict | None:
        choice = self._states.get(self._first["Next"], {})
        rules = choice.get("Choices", [])
        return self._states.get(rules[0]["Next"]) if rules else None

    def _request(self, state: dict) -> dict:
        return {_lower(name): value for name, value in map(self._member, *_items(state))}

    def _member(self, name: str, value) -> tuple[str, object]:
        if not name.endswith(".$"):
            return name, value
        found = self._payload
        for part in value.removeprefix("$.").split("."):
            found = found[part]
        return name.removesuffix(".$"), found


def _items(state: dict):
    parameters = state.get("Parameters", {})
    return list(parameters.keys()), list(parameters.values())


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def _upper(name: str) -> str:
    return name[0].upper() + name[1:]
