"""The load: executions of every kind are started, answered, and held against the rules when they
end. Each thread carries one execution at a time from its start to its check."""

import json
import random
import threading
import time
import uuid

from chaos import machines
from chaos.api import Api, Refused, Unreachable
from chaos.books import Books, Execution, digest
from chaos.rules import assert_history, children, lateness, proofs
from harness.aws import ROLE, execution_arn
from harness.examples import ORDER
from harness.history import types
from harness.names import unique

# Of a hundred executions, how many are of which kind.
SHARES = {"quick": 45, "order": 38, "nested": 7, "late": 5, "parked": 5}
STUCK_SECONDS = 180


class Load:
    """Keeps a number of executions open until it is told to finish."""

    def __init__(self, api: Api, books: Books, functions):
        self.api, self.books = api, books
        self._functions = functions
        self.activities: dict[str, str] = {}
        self.machines: dict[str, str] = {}
        self.lateness: list[float] = []
        self._finish = threading.Event()
        self._end = threading.Event()
        self._threads: list[threading.Thread] = []
        self._crew: list[threading.Thread] = []
        self._first: dict[tuple, str] = {}

    def prepare(self) -> None:
        for name in ("work", "charge", "ship", "nobody"):
            made = self.api.call("CreateActivity", name=unique(name))
            self.activities[name] = made["activityArn"]
        definitions = {
            "quick": machines.quick(),
            "order": machines.order(self.activities),
            "late": machines.late(self.activities["nobody"]),
            "parked": machines.parked(),
            "nested": machines.nested(self._create("child", machines.child())),
        }
        for kind, definition in definitions.items():
            self._create(kind, definition)
        self._functions.functions[machines.FUNCTION] = self._charge

    def _create(self, kind: str, definition: dict) -> str:
        text = json.dumps(definition)
        made = self.api.call("CreateStateMachine", name=unique(kind), definition=text, roleArn=ROLE)
        self.machines[kind] = made["stateMachineArn"]
        return self.machines[kind]

    def start(self, open_executions: int, workers: int) -> None:
        for count, work, kept in (
            (open_executions, self._carry, self._threads),
            (workers, self._work, self._crew),
            (1, self._take, self._crew),
        ):
            kept += [threading.Thread(target=self._guard, args=(work,)) for _ in range(count)]
        for thread in self._threads + self._crew:
            thread.daemon = True
            thread.start()

    def finish(self) -> None:
        """No new executions; returns when all open ones have ended or are stuck."""
        self._finish.set()
        for thread in self._threads:
            thread.join(STUCK_SECONDS + 60)
        self._end.set()
        for thread in self._crew:
            thread.join(60)

    def _guard(self, work) -> None:
        try:
            work()
        except Exception as error:
            self.books.finding(f"the load's own thread ended: {error!r}")

    def _carry(self) -> None:
        kinds, shares = list(SHARES), list(SHARES.values())
        while not self._finish.is_set():
            self.carry(random.choices(kinds, shares)[0])

    def carry(self, kind: str) -> None:
        """One execution, from its start to the check of its history."""
        number = uuid.uuid4().hex[:12]
        given = {**ORDER, "id": number, "order": number, "items": [*ORDER["items"] * 3]}
        execution = self._start(kind, number, given)
        if execution is None:
            return
        if kind == "parked":
            self._stop(execution)
        if self._await_end(execution):
            self._check(execution)

    def _start(self, kind: str, number: str, given: dict) -> Execution | None:
        name, machine = f"{kind}-{number}", self.machines[kind]
        try:
            self.api.call(
                "StartExecution", stateMachineArn=machine, name=name, input=json.dumps(given)
            )
        except (Refused, Unreachable) as error:
            # An answer was lost, and the execution had ended when the call was made again.
            if not (isinstance(error, Refused) and error.code == "ExecutionAlreadyExists"):
                self._lost_or_finding("machine", f"StartExecution of {kind}: {error}", error)
                return None
        execution = Execution(execution_arn(machine.rpartition(":")[2], name), kind, given)
        self.books.accepted(execution)
        return execution

    def _lost_or_finding(self, what: str, text: str, error: Exception) -> None:
        gone = isinstance(error, Refused) and error.code.endswith("DoesNotExist")
        if gone:
            self.books.lost_acknowledgement(what, text)
        else:
            self.books.finding(text)

    def _stop(self, execution: Execution) -> None:
        cause = unique("because")
        try:
            self.api.call("StopExecution", executionArn=execution.arn, cause=cause)
            execution.stopped = cause
        except (Refused, Unreachable) as error:
            self._lost_or_finding("start", f"StopExecution of {execution.arn}: {error}", error)

    def _await_end(self, execution: Execution) -> bool:
        limit = time.monotonic() + STUCK_SECONDS
        pause = 0.05 if execution.kind in ("quick", "parked") else 1.0
        while True:
            try:
                found = self.api.call("DescribeExecution", executionArn=execution.arn)
            except (Refused, Unreachable) as error:
                self._lost_or_finding("start", f"{execution.arn}: {error}", error)
                return False
            if found["status"] != "RUNNING":
                return self._check_end(execution, found)
            if execution.kind == "parked" and self.books.lossy and execution.stopped:
                # The stop was acknowledged and lost: counted, and made again.
                self.books.lost_acknowledgement("stop", execution.arn)
                self._stop(execution)
            if time.monotonic() > limit:
                self.books.finding(f"stuck: {self._told(execution)}")
                return False
            time.sleep(pause)
            pause = min(pause * 1.5, 1.0)

    def _check_end(self, execution: Execution, found: dict) -> bool:
        expected = "ABORTED" if execution.kind == "parked" else "SUCCEEDED"
        wrong = []
        if found["status"] != expected:
            wrong.append(found["status"])
        if json.loads(found["input"]) != execution.input:
            wrong.append("another input")
        if execution.stopped and found.get("cause") != execution.stopped:
            wrong.append(f"cause {found.get('cause')}, told {execution.stopped}")
        if wrong:
            self.books.finding(f"ended wrongly: {wrong}: {self._told(execution)}")
        return not wrong

    def _told(self, execution: Execution) -> str:
        """An execution for a finding: the types of its events, and the last of them whole."""
        history = self.api.history(execution.arn)
        return f"{execution.arn}: {' '.join(types(history))}: {json.dumps(history[-1])[:600]}"

    def _check(self, execution: Execution) -> None:
        history = self.api.history(execution.arn)
        try:
            assert_history(execution.kind, history)
        except AssertionError as error:
            self.books.finding(f"{str(error)[:600]}: {self._told(execution)}")
        execution.digest = digest(history)
        execution.proofs = proofs(history)
        execution.children = children(history)
        execution.calls = sum(event["type"] == "LambdaFunctionStarted" for event in history)
        self.lateness += lateness(history)
        with self.books.lock:
            self.books.ended[execution.kind] += 1

    def _charge(self, payload: dict) -> dict:
        self.books.called(payload["order"])
        return {"charged": payload["order"]}

    def _work(self) -> None:
        while not self._end.is_set():
            try:
                given = self.api.call(
                    "GetActivityTask", patience=600, activityArn=self.activities["work"]
                )
            except Refused as error:
                self._lost_or_finding("activity", f"GetActivityTask: {error}", error)
                return
            if given.get("taskToken"):
                self._report(given["taskToken"], json.loads(given["input"]))

    def _take(self) -> None:
        """The worker that takes tasks and is never heard of again."""
        while not self._end.is_set():
            self.api.call("GetActivityTask", patience=600, activityArn=self.activities["nobody"])

    def _report(self, token: str, payload: dict) -> None:
        """Every third task fails at its first attempt; so a Retry is always at work."""
        number = payload["order"]
        place = (number, "work" in payload)
        first = self._first.setdefault(place, token)
        try:
            if int(number, 16) % 3 == 0 and first == token:
                self.api.call("SendTaskFailure", taskToken=token, error="Flaky")
                return
            proof = uuid.uuid4().hex
            self.api.call("SendTaskSuccess", taskToken=token, output=json.dumps({"proof": proof}))
            self.books.reported(proof, number)
        except (Refused, Unreachable) as error:
            # Reported already (the first answer was lost), or given up by its timeout.
            if isinstance(error, Refused) and error.code in ("TaskTimedOut", "TaskDoesNotExist"):
                return
            self.books.finding(f"SendTask* for {number}: {error}")
