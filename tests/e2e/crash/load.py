"""Two hundred executions with waits, activities, function calls, retries and branches, and their
clients, which take a failed connection or a 5xx as *unknown* and try again, as SDKs do."""

import itertools
import json
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from harness.aws import client, function_arn
from harness.definitions import machine, parallel, passing, task, waiting
from harness.functions import FunctionEndpoint
from harness.workflow import Workflows

COUNT = 200
FUNCTION = "charge"
# A task whose worker or call was lost with a process is tried again by its Retry alone.
LOST = {"ErrorEquals": ["States.Timeout", "Lambda.Unknown"], "IntervalSeconds": 1}
LOST |= {"MaxAttempts": 20, "BackoffRate": 1.0}
FLAKY = {"ErrorEquals": ["Flaky"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 1.0}


def patiently(call, seconds: float = 120):
    """The answer of `call`, made again while its outcome is unknown."""
    limit = time.monotonic() + seconds
    while True:
        try:
            return call()
        except (ConnectionError, HTTPClientError):
            if time.monotonic() > limit:
                raise
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status < 500 or time.monotonic() > limit:
                raise
        time.sleep(random.uniform(0.02, 0.2))


class Load:
    """The executions of one run, and what was acknowledged of them."""

    def __init__(self, endpoint: str, functions: FunctionEndpoint):
        self.sfn = client(endpoint, read_seconds=20)
        self._functions = functions
        self.started: dict[str, int] = {}
        self.reported: dict[str, dict] = {}
        self.calls: list[int] = []
        self.errors: list[Exception] = []
        self._progress = itertools.count(1)
        self.progress = 0
        self._first: dict[tuple, str] = {}
        self._done = threading.Event()

    def prepare(self) -> None:
        workflows = Workflows(self.sfn)
        self.activity = workflows.activity()
        self.machine = workflows.create(definition(self.activity))
        self._functions.functions[FUNCTION] = self._charge

    def run(self, workers: int = 8) -> None:
        """Starts all executions and answers their tasks until each of them has ended."""
        crew = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in crew:
            thread.start()
        try:
            with ThreadPoolExecutor(8) as threads:
                list(threads.map(self._start, range(COUNT)))
            for arn in self.started:
                self._await_end(arn)
        finally:
            self._done.set()
            for thread in crew:
                thread.join(timeout=60)

    def _advance(self) -> None:
        self.progress = next(self._progress)

    def _start(self, number: int) -> None:
        name, text = f"order-{number}", json.dumps({"order": number})
        answer = patiently(
            lambda: self.sfn.start_execution(stateMachineArn=self.machine, name=name, input=text)
        )
        self.started[answer["executionArn"]] = number
        self._advance()

    def _await_end(self, arn: str) -> None:
        limit = time.monotonic() + 150
        while True:
            found = patiently(lambda: self.sfn.describe_execution(executionArn=arn))
            if found["status"] != "RUNNING":
                return
            assert time.monotonic() < limit, f"{arn} does not end: {self.history(arn)[-3:]}"
            time.sleep(0.2)

    def history(self, arn: str) -> list[dict]:
        pages = self.sfn.get_paginator("get_execution_history")
        return patiently(
            lambda: [e for page in pages.paginate(executionArn=arn) for e in page["events"]]
        )

    def _charge(self, payload: dict):
        self.calls.append(payload["order"])
        return {"charged": payload["order"]}

    def _work(self) -> None:
        try:
            while not self._done.is_set():
                given = patiently(lambda: self.sfn.get_activity_task(activityArn=self.activity))
                if given.get("taskToken"):
                    self._report(given["taskToken"], json.loads(given["input"]))
        except Exception as error:
            self.errors.append(error)

    def _report(self, token: str, payload: dict) -> None:
        """Every third order fails once in each of its two tasks."""
        order = payload["order"]
        place = (order, payload["step"]) if "step" in payload else (order, None)
        first = self._first.setdefault(place, token)
        try:
            if order % 3 == 0 and first == token:
                patiently(lambda: self.sfn.send_task_failure(taskToken=token, error="Flaky"))
            else:
                output = {"order": order, "step": 2, "proof": uuid.uuid4().hex}
                text = json.dumps(output)
                patiently(lambda: self.sfn.send_task_success(taskToken=token, output=text))
                self.reported[output["proof"]] = output
            self._advance()
        except ClientError as error:
            # Reported already (the first answer was lost), or given up by its timeout.
            if error.response["Error"]["Code"] not in ("TaskTimedOut", "TaskDoesNotExist"):
                raise


def definition(activity: str) -> dict:
    work = task(activity, TimeoutSeconds=20, Retry=[FLAKY, LOST])
    call = task(function_arn(FUNCTION), TimeoutSeconds=20, Retry=[LOST], ResultPath="$.charge")
    branches = [
        machine(("Pause", waiting(Seconds=1)), ("One", passing())),
        machine(("Two", passing())),
    ]
    return machine(
        ("Rest", waiting(Seconds=1)),
        ("Work", work),
        ("Both", parallel(*branches, OutputPath="$[0]")),
        ("Call", call),
        ("Again", work),
        ("Short", waiting(Seconds=1)),
    )


def kill_points(kills: int) -> list[int]:
    """Progress at which to kill: a seed of a run's own, shown when the run fails."""
    seed = random.randrange(10**9)
    print(f"seed of the kill points: {seed}")
    source = random.Random(seed)
    return sorted(source.sample(range(20, 550), kills))
