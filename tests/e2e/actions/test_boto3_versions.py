"""The AWS SDK for Python drives versions, aliases, tags and configurations of state machines."""

import json

from harness.aws import ROLE
from harness.definitions import machine, passing
from harness.names import unique

GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:g:*"


def create(sfn, **more) -> dict:
    definition = json.dumps(machine(("First", passing())))
    return sfn.create_state_machine(name=unique(), definition=definition, roleArn=ROLE, **more)


def second(sfn, arn: str) -> str:
    definition = json.dumps(machine(("Second", passing())))
    updated = sfn.update_state_machine(stateMachineArn=arn, definition=definition, publish=True)
    return updated["stateMachineVersionArn"]


def first_state(sfn, execution: str) -> str:
    events = sfn.get_execution_history(executionArn=execution)["events"]
    return events[1]["stateEnteredEventDetails"]["name"]


def test_an_execution_is_started_by_a_version(sfn):
    created = create(sfn, publish=True, versionDescription="one")
    arn, version = created["stateMachineArn"], created["stateMachineVersionArn"]
    assert version == f"{arn}:1"
    assert second(sfn, arn) == f"{arn}:2"
    listed = sfn.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]
    assert [item["stateMachineVersionArn"] for item in listed] == [f"{arn}:2", f"{arn}:1"]
    assert sfn.describe_state_machine(stateMachineArn=version)["description"] == "one"

    execution = sfn.start_execution(stateMachineArn=version)["executionArn"]
    unqualified = sfn.start_execution(stateMachineArn=arn)["executionArn"]
    assert first_state(sfn, execution) == "First"
    assert first_state(sfn, unqualified) == "Second"
    described = sfn.describe_execution(executionArn=execution)
    assert described["stateMachineArn"] == arn
    assert described["stateMachineVersionArn"] == version
    assert "stateMachineVersionArn" not in sfn.describe_execution(executionArn=unqualified)
    started = sfn.get_execution_history(executionArn=execution)["events"][0]
    assert started["executionStartedEventDetails"]["stateMachineVersionArn"] == version
    listed = sfn.list_executions(stateMachineArn=version)["executions"]
    assert [item["executionArn"] for item in listed] == [execution]
    assert listed[0]["stateMachineVersionArn"] == version
    assert len(sfn.list_executions(stateMachineArn=arn)["executions"]) == 2

    sfn.delete_state_machine_version(stateMachineVersionArn=version)
    try:
        sfn.start_execution(stateMachineArn=version)
    except sfn.exceptions.StateMachineDoesNotExist as error:
        assert version in str(error)
    else:
        raise AssertionError("a deleted version started an execution")
    assert sfn.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"


def test_an_alias_moves_from_one_version_to_the_next(sfn):
    created = create(sfn, publish=True)
    arn, version = created["stateMachineArn"], created["stateMachineVersionArn"]
    later = second(sfn, arn)

    def routes(to):
        return [{"stateMachineVersionArn": to, "weight": 100}]

    made = sfn.create_state_machine_alias(name="live", routingConfiguration=routes(version))
    alias = made["stateMachineAliasArn"]
    assert alias == f"{arn}:live"
    execution = sfn.start_execution(stateMachineArn=alias)["executionArn"]
    assert first_state(sfn, execution) == "First"
    described = sfn.describe_execution(executionArn=execution)
    assert described["stateMachineVersionArn"] == version
    assert described["stateMachineAliasArn"] == alias

    sfn.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=routes(later))
    execution = sfn.start_execution(stateMachineArn=alias)["executionArn"]
    assert first_state(sfn, execution) == "Second"
    found = sfn.describe_state_machine_alias(stateMachineAliasArn=alias)
    assert (found["name"], found["routingConfiguration"]) == ("live", routes(later))
    listed = sfn.list_state_machine_aliases(stateMachineArn=later)["stateMachineAliases"]
    assert [item["stateMachineAliasArn"] for item in listed] == [alias]
    assert len(sfn.list_executions(stateMachineArn=alias)["executions"]) == 2
    sfn.delete_state_machine_alias(stateMachineAliasArn=alias)
    assert sfn.list_state_machine_aliases(stateMachineArn=arn)["stateMachineAliases"] == []


def test_tags_of_machines_and_activities(sfn):
    tags = [{"key": "b", "value": "1"}]
    machine_arn = create(sfn, tags=tags)["stateMachineArn"]
    activity_arn = sfn.create_activity(name=unique(), tags=tags)["activityArn"]
    for arn in (machine_arn, activity_arn):
        sfn.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": ""}])
        assert sfn.list_tags_for_resource(resourceArn=arn)["tags"] == [
            {"key": "b", "value": "1"},
            {"key": "a", "value": ""},
        ]
        sfn.untag_resource(resourceArn=arn, tagKeys=["b"])
        assert sfn.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "a", "value": ""}]


def test_a_log_is_kept_and_shown(sfn):
    logging = {
        "level": "ERROR",
        "includeExecutionData": True,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}],
    }
    arn = create(sfn, loggingConfiguration=logging, tracingConfiguration={"enabled": True})
    arn = arn["stateMachineArn"]
    execution = sfn.start_execution(stateMachineArn=arn)["executionArn"]
    of_execution = sfn.describe_state_machine_for_execution(executionArn=execution)
    for found in (sfn.describe_state_machine(stateMachineArn=arn), of_execution):
        assert found["loggingConfiguration"] == logging
        assert found["tracingConfiguration"] == {"enabled": True}
        assert found["encryptionConfiguration"] == {"type": "AWS_OWNED_KEY"}


def test_data_is_left_out_on_request(sfn):
    arn = create(sfn)["stateMachineArn"]
    execution = sfn.start_execution(stateMachineArn=arn, input='{"a":1}')["executionArn"]
    found = sfn.describe_state_machine(stateMachineArn=arn, includedData="METADATA_ONLY")
    assert found["definition"] == "{}"
    found = sfn.describe_execution(executionArn=execution, includedData="METADATA_ONLY")
    assert found["inputDetails"] == found["outputDetails"] == {"included": False}
    assert "input" not in found and "output" not in found
    history = sfn.get_execution_history(executionArn=execution, includeExecutionData=False)
    assert [event["id"] for event in history["events"]] == [1, 2, 3, 4]
    assert "input" not in history["events"][0]["executionStartedEventDetails"]
