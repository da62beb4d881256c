"""Limits of an account, and executions whose retention has ended.

These need a suite with small limits: `LIMITS`. Each provoker has an account of its own.
"""

from concurrent.futures import ThreadPoolExecutor

from errors.documented import provokes
from errors.provoke_names_and_arns import REPORTS
from errors.provoke_versions import alias, published, routes
from errors.scene import ONE_PASS, PARKED
from harness.aws import ROLE
from harness.deadline import eventually
from harness.names import unique

LIMITS = {
    "activities": 2,
    "state_machines": 2,
    "open_executions": 2,
    "pollers_per_activity": 1,
    "retention_seconds": 1,
    "versions": 1,
    "aliases": 1,
}
LIMITED = {
    ("CreateActivity", "ActivityLimitExceeded"),
    ("CreateStateMachine", "StateMachineLimitExceeded"),
    ("StartExecution", "ExecutionLimitExceeded"),
    ("GetActivityTask", "ActivityWorkerLimitExceeded"),
    ("PublishStateMachineVersion", "ServiceQuotaExceededException"),
    ("CreateStateMachineAlias", "ServiceQuotaExceededException"),
    *((action, "TaskDoesNotExist") for action in REPORTS),
}


def first_refusal(call):
    """The first answer that is no success; a limit may overshoot by what is in flight."""
    return eventually(lambda: refused(call()), "a refusal")


def refused(answer):
    return answer if answer.status != 200 else None


@provokes("ActivityLimitExceeded", "CreateActivity")
def activities(scene, action):
    for _ in range(LIMITS["activities"]):
        scene.activity()
    return scene.call(action, name=unique())


@provokes("StateMachineLimitExceeded", "CreateStateMachine")
def machines(scene, action):
    for _ in range(LIMITS["state_machines"]):
        scene.machine()
    return scene.call(action, name=unique(), definition=ONE_PASS, roleArn=ROLE)


@provokes("ServiceQuotaExceededException", "PublishStateMachineVersion")
def versions(scene, action):
    arn = scene.machine()
    published(scene, arn)
    scene.wire.ok("UpdateStateMachine", {"stateMachineArn": arn, "definition": PARKED})
    return scene.call(action, stateMachineArn=arn)


@provokes("ServiceQuotaExceededException", "CreateStateMachineAlias")
def aliases(scene, action):
    version = published(scene)
    alias(scene, version)
    return scene.call(action, name="another", routingConfiguration=routes(version))


@provokes("ExecutionLimitExceeded", "StartExecution")
def executions(scene, action):
    arn = scene.machine(PARKED)
    for _ in range(LIMITS["open_executions"]):
        scene.start(arn)
    return first_refusal(lambda: scene.call(action, stateMachineArn=arn))


@provokes("ActivityWorkerLimitExceeded", "GetActivityTask")
def pollers(scene, action):
    """Of two polls at the same time one is too many."""
    arn = scene.activity()
    with ThreadPoolExecutor(2) as threads:

        def both():
            polls = [threads.submit(scene.call, action, activityArn=arn) for _ in range(2)]
            answers = [poll.result() for poll in polls]
            return next((answer for answer in answers if answer.status != 200), None)

        return eventually(both, "a refused poll")


@provokes("TaskDoesNotExist", *REPORTS)
def gone(scene, action):
    execution, token = scene.started_task()
    assert scene.report("SendTaskSuccess", token).status == 200
    first_refusal(lambda: scene.call("DescribeExecution", executionArn=execution))
    return scene.report(action, token)
