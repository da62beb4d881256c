"""The AWS SDK for Python asks what is wrong with definitions."""

import json

from harness.definitions import machine, passing


def test_a_definition_without_findings(sfn):
    definition = json.dumps(machine(("Only", passing())))
    found = sfn.validate_state_machine_definition(definition=definition)
    assert (found["result"], found["diagnostics"], found["truncated"]) == ("OK", [], False)


def test_all_findings_of_a_definition(sfn):
    definition = json.dumps(
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Succeed"}}}
    )
    found = sfn.validate_state_machine_definition(definition=definition)
    assert (found["result"], found["truncated"]) == ("FAIL", False)
    missing, unreachable = found["diagnostics"]
    assert missing == {
        "severity": "ERROR",
        "code": "MISSING_TRANSITION_TARGET",
        "message": "Missing 'Next' target: B",
        "location": "/States/A/Next",
    }
    assert unreachable["location"] == "/States/C"

    first = sfn.validate_state_machine_definition(definition=definition, maxResults=1)
    assert (first["diagnostics"], first["truncated"]) == ([missing], True)


def test_what_only_express_machines_lack(sfn):
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "End": True,
    }
    definition = json.dumps(machine(("Only", task)))
    assert sfn.validate_state_machine_definition(definition=definition)["result"] == "OK"
    found = sfn.validate_state_machine_definition(definition=definition, type="EXPRESS")
    assert found["result"] == "FAIL"
    assert [finding["location"] for finding in found["diagnostics"]] == ["/States/Only/Resource"]
