"""What a provoker may use: resources made through the wire."""

import json

from harness.aws import ROLE
from harness.definitions import machine, passing, task, waiting
from harness.names import unique
from harness.raw import Answer, Wire

ONE_PASS = json.dumps(machine(("Only", passing())))
PARKED = json.dumps(machine(("Park", waiting(Seconds=3600))))


class Scene:
    """Makes what an error needs before it can come."""

    def __init__(self, wire: Wire):
        self.wire = wire

    def call(self, action: str, **body) -> Answer:
        return self.wire.call(action, body)

    def machine(self, definition: str = ONE_PASS, name: str | None = None) -> str:
        body = {"name": name or unique(), "definition": definition, "roleArn": ROLE}
        return self.wire.ok("CreateStateMachine", body)["stateMachineArn"]

    def deleting_machine(self) -> str:
        """A machine that is being deleted, and stays so: its execution never moves on."""
        arn = self.machine(PARKED)
        self.start(arn)
        self.wire.ok("DeleteStateMachine", {"stateMachineArn": arn})
        found = self.wire.ok("DescribeStateMachine", {"stateMachineArn": arn})
        assert found["status"] == "DELETING"
        return arn

    def start(self, machine_arn: str, **more) -> str:
        body = {"stateMachineArn": machine_arn, **more}
        return self.wire.ok("StartExecution", body)["executionArn"]

    def activity(self) -> str:
        return self.wire.ok("CreateActivity", {"name": unique()})["activityArn"]

    def started_task(self) -> tuple[str, str]:
        """The execution and the token of a task that a worker has taken."""
        activity = self.activity()
        definition = json.dumps(machine(("Work", task(activity))))
        execution = self.start(self.machine(definition))
        answer = {}
        while "taskToken" not in answer:
            answer = self.wire.ok("GetActivityTask", {"activityArn": activity})
        return execution, answer["taskToken"]

    def report(self, action: str, token: str, output: str = "{}") -> Answer:
        """Calls one of the SendTask* actions."""
        more = {"output": output} if action == "SendTaskSuccess" else {}
        return self.call(action, taskToken=token, **more)
