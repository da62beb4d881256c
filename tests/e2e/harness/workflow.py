"""Creating machines and running executions through boto3."""

import json
import time

from harness import history
from harness.aws import ROLE
from harness.names import unique

OPEN = "RUNNING"


class Workflows:
    """What most tests do: create, start, wait for the end."""

    def __init__(self, sfn):
        self.sfn = sfn

    def create(self, definition: dict | str, name: str | None = None) -> str:
        """The ARN of a new state machine."""
        text = definition if isinstance(definition, str) else json.dumps(definition)
        answer = self.sfn.create_state_machine(
            name=name or unique("machine"), definition=text, roleArn=ROLE
        )
        return answer["stateMachineArn"]

    def activity(self, name: str | None = None) -> str:
        """The ARN of a new activity."""
        return self.sfn.create_activity(name=name or unique("activity"))["activityArn"]

    def start(self, definition, payload=None) -> str:
        """The ARN of a new execution of a new state machine."""
        return self.start_on(self.create(definition), payload)

    def start_on(self, machine_arn: str, payload=None, name: str | None = None) -> str:
        text = json.dumps({} if payload is None else payload)
        answer = self.sfn.start_execution(
            stateMachineArn=machine_arn, input=text, name=name or unique("run")
        )
        return answer["executionArn"]

    def run(self, definition, payload=None, seconds: float = 30) -> dict:
        """What DescribeExecution says of a new execution at its end."""
        return self.end(self.start(definition, payload), seconds)

    def end(self, execution_arn: str, seconds: float = 30) -> dict:
        """What DescribeExecution says once the execution has ended."""
        limit = time.monotonic() + seconds
        while True:
            found = self.sfn.describe_execution(executionArn=execution_arn)
            if found["status"] != OPEN:
                return found
            if time.monotonic() > limit:
                events = history.types(self.history(execution_arn))
                raise AssertionError(f"still open after {seconds:g} s: {events}")
            time.sleep(0.02)

    def output(self, definition, payload=None, seconds: float = 30):
        """The parsed output of a new execution, which must succeed."""
        found = self.run(definition, payload, seconds)
        assert found["status"] == "SUCCEEDED", self.history(found["executionArn"])
        return json.loads(found["output"])

    def history(self, execution_arn: str) -> list[dict]:
        return history.events(self.sfn, execution_arn)

    def take(self, activity_arn: str, worker: str | None = "worker") -> dict:
        """A task of the activity; polls until there is one."""
        name = {"workerName": worker} if worker else {}
        for _ in range(20):
            answer = self.sfn.get_activity_task(activityArn=activity_arn, **name)
            if answer.get("taskToken"):
                return answer
        raise AssertionError(f"no task of {activity_arn}")

    def succeed(self, task: dict, output) -> None:
        self.sfn.send_task_success(taskToken=task["taskToken"], output=json.dumps(output))

    def fail(self, task: dict, **reason) -> None:
        self.sfn.send_task_failure(taskToken=task["taskToken"], **reason)
