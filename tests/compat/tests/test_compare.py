import datetime

import pytest
from fixtures import comparison
from replay.compare import ABSENT

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ({"a": [1, "x", None, True]}, {"a": [1, "x", None, True]}),
        ({"input": {"b": 1, "a": "x"}}, {"input": '{"a": "x","b":1}'}),
        ({"timestamp": "timestamp"}, {"timestamp": NOW}),
        ({"Date": "date"}, {"Date": "2026-01-02T03:04:05.678Z"}),
        ({"RequestId": "RequestId"}, {"RequestId": "8f1d"}),
        ({"Date": "date"}, {"Date": "Tue, 24 Nov 2026 22:42:07 GMT"}),
        (
            {"SdkHttpMetadata": {"AllHttpHeaders": {"Date": "date", "x-amzn-Id": "RequestId"}}},
            {
                "SdkHttpMetadata": {
                    "AllHttpHeaders": {
                        "Date": ["Tue, 24 Nov 2026 22:42:07 GMT"],
                        "x-amzn-Id": ["8f1d"],
                    }
                }
            },
        ),
        ({"startAt": '"date"'}, {"startAt": '"2024-11-06T09:42:03Z"'}),
        ({"output": [{"b": 1, "a": [2]}]}, {"output": '[{"a":[2], "b":1}]'}),
        (
            {"HTTPHeaders": {}, "HTTPStatusCode": 200},
            {"HTTPHeaders": {"a": 1}, "HTTPStatusCode": 200},
        ),
        ({"name": "n"}, {"name": "n", "redriveCount": 0}),
        ({"output": {"StartDate": "start-date"}}, {"output": '{"StartDate":1688564956123}'}),
        (
            {"output": {"ExecutionArn": "a", "SdkHttpMetadata": {"Content-Length": ["161"]}}},
            {"output": '{"ExecutionArn":"a","SdkHttpMetadata":{"Content-Length":["164"]}}'},
        ),
        (
            {"cause": {"Status": "FAILED"}},
            {"cause": '{"Status":"FAILED","RedriveCount":0,"RedriveStatus":"REDRIVABLE"}'},
        ),
        ("<text not from AWS>", "whatever"),
        ({"n": "RandomNumberGenerated"}, {"n": 239}),
        ({"input": {"Execution": {}}}, {"input": '{"Execution":{"RedriveCount":0}}'}),
        (
            "arn:<partition>:states:<region>:111111111111:activity:a",
            "arn:aws:states:us-east-1:100000000007:activity:a",
        ),
    ],
)
def test_what_counts_as_equal(expected, got):
    assert comparison().difference(expected, got) is None


@pytest.mark.parametrize(
    ("expected", "got", "path"),
    [
        ({"a": 1}, {"a": 1.0}, ".a"),
        ({"a": 1}, {"a": True}, ".a"),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, ".a.b[1]"),
        ({"a": [1]}, {"a": [1, 2]}, ".a[1]"),
        ({"a": [1, 2]}, {"a": [1]}, ".a[1]"),
        ({"a": 1}, {}, ".a"),
        ({}, {"a": 1}, ".a"),
        ({"redriveCount": 0}, {}, ".redriveCount"),
        ({"input": {"redriveCount": 0}}, {"input": "{}"}, ".input.redriveCount"),
        ({"input": {}}, {"input": '{"redriveCount":0}'}, ".input.redriveCount"),
        ({"timestamp": "timestamp"}, {"timestamp": "soon"}, ".timestamp"),
        ({"Date": "date"}, {"Date": "Tue, 24 Nov 2026 22:42:07 +0200"}, ".Date"),
        ({"Date": "date"}, {"Date": ["Tue, 24 Nov 2026 22:42:07 GMT"]}, ".Date"),
        ({"TimestampPath": "timestamp"}, {"TimestampPath": "$.at"}, ".TimestampPath"),
        ({"startAt": '"date"'}, {"startAt": '"soon"'}, ".startAt"),
        ({"startAt": '"date"'}, {"startAt": "2024-11-06T09:42:03Z"}, ".startAt"),
        (
            {"SdkHttpMetadata": {"AllHttpHeaders": {"Date": "date"}}},
            {"SdkHttpMetadata": {"AllHttpHeaders": {"Date": ["soon"]}}},
            ".SdkHttpMetadata.AllHttpHeaders.Date",
        ),
        (
            {"output": {"StartDate": "start-date"}},
            {"output": '{"StartDate":1}'},
            ".output.StartDate",
        ),
        (
            {"output": {"SdkHttpMetadata": {"Content-Length": "161"}}},
            {"output": '{"SdkHttpMetadata":{"Content-Length":"164"}}'},
            ".output.SdkHttpMetadata.Content-Length",
        ),
        (
            {"cause": {"RedriveCount": 0}},
            {"cause": "{}"},
            ".cause.RedriveCount",
        ),
        ({"output": [{"a": 1}]}, {"output": '[{"a":1.0}]'}, ".output[0].a"),
        ({"output": [{"a": 1}]}, {"output": '{"a":1}'}, ".output"),
        ({"output": "[1, 2]"}, {"output": "[1,2]"}, ".output"),
        ({"output": {"text": {"a": 1}}}, {"output": '{"text": "{\\"a\\": 1}"}'}, ".output.text"),
        ({"HTTPStatusCode": 200}, {"HTTPStatusCode": 400}, ".HTTPStatusCode"),
        ("<text not from AWS>", "", ""),
        ({"n": "RandomNumberGenerated"}, {"n": "239"}, ".n"),
        (
            {"input": {"Execution": {"RedriveCount": 0}}},
            {"input": '{"Execution":{}}'},
            ".input.Execution.RedriveCount",
        ),
        ("arn:111111111111", "arn:000000000000", ""),
    ],
)
def test_what_does_not(expected, got, path):
    found = comparison().difference(expected, got)
    assert found is not None
    assert found.path == path


def test_a_difference_says_both_sides():
    found = comparison().difference({"a": {"b": "x"}}, {"a": {}}, "answer")
    assert (found.path, found.expected, found.got) == ("answer.a.b", "x", ABSENT)
    assert str(found) == 'answer.a.b: expected "x", got (absent)'
