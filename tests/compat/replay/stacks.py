"""State machines that a case makes by a CloudFormation template: made by CreateStateMachine."""

import json

import yaml

KIND = "AWS::StepFunctions::StateMachine"


def machines_of(template: str) -> list[dict]:
    """The requests that make the machines of a template; none where it holds other resources."""
    try:
        resources = yaml.safe_load(template)["Resources"].values()
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        return []
    if any(resource["Type"] != KIND for resource in resources):
        return []
    return [_request(resource["Properties"]) for resource in resources]


def _request(properties: dict) -> dict:
    text = properties.get("DefinitionString")
    return {
        "name": properties["StateMachineName"],
        "definition": json.dumps(properties["Definition"]) if text is None else text,
        "roleArn": properties["RoleArn"],
    }
