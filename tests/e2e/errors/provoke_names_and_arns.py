"""Names and ARNs that are not well-formed, or name nothing."""

from errors.documented import provokes
from errors.scene import ONE_PASS
from harness.aws import ROLE, activity_arn, execution_arn, machine_arn
from harness.names import unique

REPORTS = ("SendTaskFailure", "SendTaskHeartbeat", "SendTaskSuccess")
OF_ACTIVITY = ("DeleteActivity", "DescribeActivity", "GetActivityTask")
OF_MACHINE = (
    "DeleteStateMachine",
    "DescribeStateMachine",
    "ListExecutions",
    "StartExecution",
    "UpdateStateMachine",
)
OF_EXECUTION = (
    "DescribeExecution",
    "DescribeStateMachineForExecution",
    "GetExecutionHistory",
    "StopExecution",
)


@provokes("InvalidName", "CreateActivity")
def activity_name(scene, action):
    return scene.call(action, name="two words")


@provokes("InvalidName", "CreateStateMachine")
def machine_name(scene, action):
    return scene.call(action, name="a/b", definition=ONE_PASS, roleArn=ROLE)


@provokes("InvalidName", "StartExecution")
def execution_name(scene, action):
    return scene.call(action, stateMachineArn=scene.machine(), name="what?")


@provokes("InvalidArn", "CreateStateMachine")
def role(scene, action):
    return scene.call(action, name=unique(), definition=ONE_PASS, roleArn="role")


@provokes("InvalidArn", *OF_ACTIVITY)
def no_activity_arn(scene, action):
    return scene.call(action, activityArn="activity")


@provokes("InvalidArn", *OF_MACHINE)
def no_machine_arn(scene, action):
    return scene.call(action, stateMachineArn="machine")


@provokes("InvalidArn", *OF_EXECUTION)
def no_execution_arn(scene, action):
    return scene.call(action, executionArn="execution")


@provokes("ActivityDoesNotExist", "DescribeActivity", "GetActivityTask")
def unknown_activity(scene, action):
    return scene.call(action, activityArn=activity_arn(unique()))


@provokes(
    "StateMachineDoesNotExist",
    "DescribeStateMachine",
    "ListExecutions",
    "StartExecution",
    "UpdateStateMachine",
)
def unknown_machine(scene, action):
    more = {"roleArn": ROLE} if action == "UpdateStateMachine" else {}
    return scene.call(action, stateMachineArn=machine_arn(unique()), **more)


@provokes("ExecutionDoesNotExist", *OF_EXECUTION)
def unknown_execution(scene, action):
    return scene.call(action, executionArn=execution_arn(unique(), unique()))


@provokes("InvalidToken", "GetExecutionHistory")
def history_page(scene, action):
    execution = scene.start(scene.machine())
    return scene.call(action, executionArn=execution, nextToken="never-given")


@provokes("InvalidToken", "ListExecutions")
def execution_page(scene, action):
    return scene.call(action, stateMachineArn=scene.machine(), nextToken="never-given")


@provokes("InvalidToken", "ListActivities", "ListStateMachines")
def page(scene, action):
    return scene.call(action, nextToken="never-given")


@provokes("InvalidToken", *REPORTS)
def no_task_token(scene, action):
    return scene.report(action, "never-given")
