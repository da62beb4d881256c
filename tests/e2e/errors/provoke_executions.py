"""Executions and tasks that have been, and data that is no JSON."""

from errors.documented import provokes
from errors.provoke_names_and_arns import REPORTS
from errors.scene import PARKED


@provokes("ExecutionAlreadyExists", "StartExecution")
def other_input(scene, action):
    arn = scene.machine(PARKED)
    scene.start(arn, name="same", input="1")
    return scene.call(action, stateMachineArn=arn, name="same", input="2")


@provokes("InvalidExecutionInput", "StartExecution")
def no_json_input(scene, action):
    return scene.call(action, stateMachineArn=scene.machine(), input="{'a': 1}")


@provokes("InvalidOutput", "SendTaskSuccess")
def no_json_output(scene, action):
    _, token = scene.started_task()
    return scene.report(action, token, output="done")


@provokes("TaskTimedOut", *REPORTS)
def ended_task(scene, action):
    _, token = scene.started_task()
    assert scene.report("SendTaskSuccess", token).status == 200
    return scene.report(action, token)
