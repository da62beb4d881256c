"""Definitions that say nothing that can run, and machines that are in the way."""

from errors.documented import provokes
from errors.scene import ONE_PASS, PARKED
from harness.aws import ROLE
from harness.names import unique

NO_STATES = '{"StartAt": "Nowhere"}'


@provokes("InvalidDefinition", "CreateStateMachine")
def created_definition(scene, action):
    return scene.call(action, name=unique(), definition=NO_STATES, roleArn=ROLE)


@provokes("InvalidDefinition", "UpdateStateMachine")
def updated_definition(scene, action):
    return scene.call(action, stateMachineArn=scene.machine(), definition=NO_STATES)


@provokes("MissingRequiredParameter", "UpdateStateMachine")
def nothing_to_update(scene, action):
    return scene.call(action, stateMachineArn=scene.machine())


@provokes("StateMachineAlreadyExists", "CreateStateMachine")
def other_definition(scene, action):
    name = unique()
    scene.machine(name=name)
    return scene.call(action, name=name, definition=PARKED, roleArn=ROLE)


@provokes("StateMachineDeleting", "CreateStateMachine")
def created_while_deleting(scene, action):
    name = scene.deleting_machine().rpartition(":")[2]
    return scene.call(action, name=name, definition=ONE_PASS, roleArn=ROLE)


@provokes("StateMachineDeleting", "StartExecution")
def started_while_deleting(scene, action):
    return scene.call(action, stateMachineArn=scene.deleting_machine())


@provokes("StateMachineDeleting", "UpdateStateMachine")
def updated_while_deleting(scene, action):
    return scene.call(action, stateMachineArn=scene.deleting_machine(), definition=ONE_PASS)
