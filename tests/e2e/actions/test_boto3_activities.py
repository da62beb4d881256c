"""The AWS SDK for Python drives the actions of activities and their tasks."""

import datetime
import json

from harness.aws import activity_arn
from harness.definitions import machine, task
from harness.history import of_type, one
from harness.names import unique


def test_create_describe_list_and_delete_an_activity(sfn):
    name = unique("activity")
    created = sfn.create_activity(name=name)
    assert created["activityArn"] == activity_arn(name)
    assert isinstance(created["creationDate"], datetime.datetime)

    described = sfn.describe_activity(activityArn=created["activityArn"])
    assert described["activityArn"] == created["activityArn"]
    assert described["name"] == name
    assert described["creationDate"] == created["creationDate"]

    pages = sfn.get_paginator("list_activities").paginate()
    listed = [item for page in pages for item in page["activities"]]
    mine = [item for item in listed if item["name"] == name]
    assert mine == [{key: described[key] for key in ("activityArn", "name", "creationDate")}]

    assert answer_members(sfn.delete_activity(activityArn=created["activityArn"])) == set()
    pages = sfn.get_paginator("list_activities").paginate()
    assert name not in [item["name"] for page in pages for item in page["activities"]]


def test_creating_an_activity_again_answers_the_first(sfn):
    name = unique("activity")
    first = sfn.create_activity(name=name)
    second = sfn.create_activity(name=name)
    assert second["activityArn"] == first["activityArn"]
    assert second["creationDate"] == first["creationDate"]


def test_a_task_is_polled_kept_alive_and_ended(workflows, sfn):
    activity = workflows.activity()
    arn = workflows.start(machine(("Work", task(activity, HeartbeatSeconds=60))), {"order": 7})
    given = sfn.get_activity_task(activityArn=activity, workerName="boto3")
    assert json.loads(given["input"]) == {"order": 7}
    assert 1 <= len(given["taskToken"]) <= 2048

    heartbeat = sfn.send_task_heartbeat(taskToken=given["taskToken"])
    assert answer_members(heartbeat) == set()
    success = sfn.send_task_success(taskToken=given["taskToken"], output='{"done": true}')
    assert answer_members(success) == set()

    ended = workflows.end(arn)
    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", {"done": True})
    history = workflows.history(arn)
    assert one(history, "ActivityStarted")["activityStartedEventDetails"]["workerName"] == "boto3"
    assert not of_type(history, "ActivityTimedOut")


def test_a_task_is_failed(workflows, sfn):
    activity = workflows.activity()
    arn = workflows.start(machine(("Work", task(activity))))
    given = workflows.take(activity)
    failure = sfn.send_task_failure(
        taskToken=given["taskToken"], error="Card.Declined", cause="no funds"
    )
    assert answer_members(failure) == set()
    ended = workflows.end(arn)
    assert ended["status"] == "FAILED"
    assert (ended["error"], ended["cause"]) == ("Card.Declined", "no funds")


def answer_members(answer: dict) -> set:
    return set(answer) - {"ResponseMetadata"}
