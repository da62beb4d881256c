"""Versions, aliases, tags and configurations of state machines that don't fit."""

from errors.documented import provokes
from errors.scene import ONE_PASS, PARKED
from harness.aws import ROLE, machine_arn
from harness.names import unique

OF_ALIAS = (
    "DeleteStateMachineAlias",
    "DescribeStateMachineAlias",
    "UpdateStateMachineAlias",
)
OF_TAGS = ("ListTagsForResource", "TagResource", "UntagResource")
TAGGING = {"TagResource": {"tags": []}, "UntagResource": {"tagKeys": []}}


def published(scene, machine: str | None = None) -> str:
    body = {"stateMachineArn": machine or scene.machine()}
    return scene.wire.ok("PublishStateMachineVersion", body)["stateMachineVersionArn"]


def routes(version: str) -> list:
    return [{"stateMachineVersionArn": version, "weight": 100}]


def alias(scene, version: str) -> str:
    body = {"name": "live", "routingConfiguration": routes(version)}
    return scene.wire.ok("CreateStateMachineAlias", body)["stateMachineAliasArn"]


def deleting(scene) -> tuple[str, str, str]:
    """A machine that stays in deletion, with a version and an alias."""
    machine = scene.machine(PARKED)
    version = published(scene, machine)
    made = alias(scene, version)
    scene.start(machine)
    scene.wire.ok("DeleteStateMachine", {"stateMachineArn": machine})
    return machine, version, made


@provokes("InvalidLoggingConfiguration", "CreateStateMachine")
def nowhere_to_log(scene, action):
    body = {"name": unique(), "definition": ONE_PASS, "roleArn": ROLE}
    return scene.call(action, **body, loggingConfiguration={"level": "ALL", "destinations": []})


@provokes("InvalidEncryptionConfiguration", "CreateStateMachine")
def own_key(scene, action):
    body = {"name": unique(), "definition": ONE_PASS, "roleArn": ROLE}
    key = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k"}
    return scene.call(action, **body, encryptionConfiguration=key)


@provokes("StateMachineTypeNotSupported", "CreateStateMachine")
def express(scene, action):
    return scene.call(action, name=unique(), definition=ONE_PASS, roleArn=ROLE, type="EXPRESS")


@provokes("StateMachineTypeNotSupported", "StartSyncExecution")
def standard(scene, action):
    return scene.call(action, stateMachineArn=scene.machine())


@provokes("TooManyTags", "CreateStateMachine")
def created_tags(scene, action):
    tags = [{"key": f"k{number}", "value": ""} for number in range(51)]
    return scene.call(action, name=unique(), definition=ONE_PASS, roleArn=ROLE, tags=tags)


@provokes("TooManyTags", "TagResource")
def given_tags(scene, action):
    tags = [{"key": f"k{number}", "value": ""} for number in range(51)]
    return scene.call(action, resourceArn=scene.machine(), tags=tags)


@provokes("InvalidArn", *OF_TAGS)
def no_resource_arn(scene, action):
    return scene.call(action, resourceArn="resource", **TAGGING.get(action, {}))


@provokes("ResourceNotFound", *OF_TAGS)
def no_resource(scene, action):
    return scene.call(action, resourceArn=machine_arn(unique()), **TAGGING.get(action, {}))


@provokes("InvalidArn", *OF_ALIAS)
def no_alias_arn(scene, action):
    return scene.call(action, stateMachineAliasArn="alias", description="d")


@provokes("ResourceNotFound", "DescribeStateMachineAlias", "UpdateStateMachineAlias")
def no_alias(scene, action):
    arn = f"{machine_arn(unique())}:live"
    return scene.call(action, stateMachineAliasArn=arn, description="d")


@provokes("InvalidArn", "CreateStateMachineAlias")
def no_route(scene, action):
    return scene.call(action, name="live", routingConfiguration=routes("version"))


@provokes("InvalidName", "CreateStateMachineAlias")
def only_digits(scene, action):
    return scene.call(action, name="12", routingConfiguration=routes(published(scene)))


@provokes("ResourceNotFound", "CreateStateMachineAlias")
def no_version(scene, action):
    return scene.call(action, name="live", routingConfiguration=routes(f"{scene.machine()}:7"))


@provokes("ConflictException", "CreateStateMachineAlias")
def other_alias(scene, action):
    version = published(scene)
    alias(scene, version)
    body = {"description": "other", "routingConfiguration": routes(version)}
    return scene.call(action, name="live", **body)


@provokes("StateMachineDeleting", "CreateStateMachineAlias")
def alias_while_deleting(scene, action):
    _, version, _ = deleting(scene)
    return scene.call(action, name="late", routingConfiguration=routes(version))


@provokes("StateMachineDeleting", "UpdateStateMachineAlias")
def routed_while_deleting(scene, action):
    _, _, made = deleting(scene)
    return scene.call(action, stateMachineAliasArn=made, description="late")


@provokes("StateMachineDeleting", "ListStateMachineAliases", "PublishStateMachineVersion")
def versions_while_deleting(scene, action):
    return scene.call(action, stateMachineArn=deleting(scene)[0])


@provokes("StateMachineDoesNotExist", "ListStateMachineAliases", "PublishStateMachineVersion",
          "StartSyncExecution")
def no_machine_of_versions(scene, action):
    return scene.call(action, stateMachineArn=machine_arn(unique()))


@provokes("InvalidArn", "ListStateMachineAliases", "ListStateMachineVersions",
          "PublishStateMachineVersion", "StartSyncExecution")
def no_machine_arn_of_versions(scene, action):
    return scene.call(action, stateMachineArn="machine")


@provokes("InvalidToken", "ListStateMachineAliases", "ListStateMachineVersions")
def page_of_versions(scene, action):
    return scene.call(action, stateMachineArn=scene.machine(), nextToken="never-given")


@provokes("ConflictException", "PublishStateMachineVersion")
def other_revision(scene, action):
    return scene.call(action, stateMachineArn=scene.machine(), revisionId="another")


@provokes("ConflictException", "DeleteStateMachineVersion")
def version_in_use(scene, action):
    version = published(scene)
    alias(scene, version)
    return scene.call(action, stateMachineVersionArn=version)


@provokes("InvalidArn", "DeleteStateMachineVersion")
def no_version_arn(scene, action):
    return scene.call(action, stateMachineVersionArn=scene.machine())


@provokes("ValidationException", "ValidateStateMachineDefinition")
def nothing_to_validate(scene, action):
    return scene.call(action, definition="")
