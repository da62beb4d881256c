"""Calls besides those of the 200 executions: what of them was acknowledged must stand."""

import json
import threading

from crash.load import patiently
from harness.aws import ROLE, client
from harness.definitions import machine, passing, waiting
from harness.names import unique

PARKED = json.dumps(machine(("Park", waiting(Seconds=3600))))


def numbered(number: int) -> str:
    return json.dumps(machine(("Only", passing(Result=number))))


class Clerk:
    """Creates, updates, stops and deletes, one call after the other, until it is told to end."""

    def __init__(self, endpoint: str):
        self._sfn = client(endpoint, read_seconds=20)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._errors: list[Exception] = []
        self._kept: list[str] = []
        self._deleted: list[str] = []
        self._stopped: dict[str, str] = {}
        self._revision = 0

    def __enter__(self):
        self._parked = self._create(PARKED)
        self._updated = self._create(numbered(0))
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join(timeout=150)

    def _create(self, definition: str) -> str:
        name = unique("clerk")
        answer = patiently(
            lambda: self._sfn.create_state_machine(name=name, definition=definition, roleArn=ROLE)
        )
        return answer["stateMachineArn"]

    def _work(self) -> None:
        try:
            while not self._end.is_set():
                self._activities()
                self._stop()
                self._update()
        except Exception as error:
            self._errors.append(error)

    def _activities(self) -> None:
        for names in (self._kept, self._deleted):
            name = unique("clerk")
            made = patiently(lambda: self._sfn.create_activity(name=name))  # noqa: B023
            names.append(made["activityArn"])
        gone = self._deleted[-1]
        patiently(lambda: self._sfn.delete_activity(activityArn=gone))

    def _stop(self) -> None:
        name, cause = unique("clerk"), unique("because")
        arn = patiently(lambda: self._sfn.start_execution(stateMachineArn=self._parked, name=name))[
            "executionArn"
        ]
        patiently(lambda: self._sfn.stop_execution(executionArn=arn, cause=cause))
        self._stopped[arn] = cause

    def _update(self) -> None:
        number = self._revision + 1
        patiently(
            lambda: self._sfn.update_state_machine(
                stateMachineArn=self._updated, definition=numbered(number)
            )
        )
        self._revision = number

    def assert_all_stands(self) -> None:
        assert not self._errors, self._errors
        assert self._revision > 0
        pages = self._sfn.get_paginator("list_activities").paginate()
        listed = {item["activityArn"] for page in pages for item in page["activities"]}
        assert set(self._kept) <= listed
        assert not set(self._deleted) & listed
        for arn, cause in self._stopped.items():
            found = self._sfn.describe_execution(executionArn=arn)
            assert (found["status"], found.get("cause")) == ("ABORTED", cause)
        found = self._sfn.describe_state_machine(stateMachineArn=self._updated)
        assert found["definition"] == numbered(self._revision)
