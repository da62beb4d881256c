"""An activity worker: a loop of GetActivityTask and SendTask*, in threads."""

import json
import threading

from botocore.exceptions import ClientError


class Worker:
    """Answers the tasks of one activity by `work`, which gives an output or raises `Failure`."""

    def __init__(self, sfn, activity_arn: str, work, threads: int = 1):
        self._sfn, self._arn, self._work = sfn, activity_arn, work
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, args=(n,), daemon=True) for n in range(threads)
        ]
        self.errors: list[Exception] = []

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=90)
        assert not self.errors, self.errors

    def _loop(self, number: int) -> None:
        try:
            while not self._stop.is_set():
                task = self._sfn.get_activity_task(
                    activityArn=self._arn, workerName=f"worker-{number}"
                )
                if task.get("taskToken"):
                    self._do(task)
        except ClientError as error:
            # The activity was deleted under the worker: the documented way to end it.
            if error.response["Error"]["Code"] != "ActivityDoesNotExist":
                self.errors.append(error)
        except Exception as error:
            self.errors.append(error)

    def _do(self, task: dict) -> None:
        try:
            output = self._work(json.loads(task["input"]))
        except Failure as failure:
            self._sfn.send_task_failure(taskToken=task["taskToken"], **failure.reason)
        else:
            self._sfn.send_task_success(taskToken=task["taskToken"], output=json.dumps(output))


class Failure(Exception):
    """What the work of a task raises to report SendTaskFailure."""

    def __init__(self, **reason):
        super().__init__(reason)
        self.reason = reason
