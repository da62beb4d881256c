"""The wire without an SDK: what is sent is exactly what the test says."""

import http.client
import json
from dataclasses import dataclass

TYPE = "application/x-amz-json-1.0"
SERVICE_NAMESPACE = "com.amazonaws.swf.service.v2.model"
VALIDATION_NAMESPACE = "com.amazon.coral.validate"


@dataclass
class Answer:
    """One HTTP response."""

    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def type(self) -> str:
        """`__type` of an error, with its namespace."""
        return self.json["__type"]

    @property
    def error(self) -> str:
        """`__type` of an error, as SDKs cut it."""
        return self.type.rpartition("#")[2]


class Wire:
    """Sends requests to one gateway, each on a connection of its own.

    `account` is told by the access key id, as any account of 12 digits may be: a namespace of
    its own for tests of an account's limits.
    """

    def __init__(self, port: int, account: str | None = None):
        self.port = port
        self.account = account

    def send(self, method: str, path: str, body=b"", headers=None, seconds: float = 75) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, response.read())
        finally:
            connection.close()

    def call(self, action: str, body, seconds: float = 75, **headers) -> Answer:
        """Calls an action by target header; `body` is an object, or bytes as they are."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        fields = {"Content-Type": TYPE, "X-Amz-Target": f"AWSStepFunctions.{action}"}
        if self.account:
            fields["Authorization"] = authorization(self.account)
        fields.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.send("POST", "/", body, fields, seconds)

    def ok(self, action: str, body: dict, seconds: float = 75) -> dict:
        """The answer of a call that must succeed."""
        answer = self.call(action, body, seconds)
        assert answer.status == 200, (action, answer)
        return answer.json


def authorization(account: str) -> str:
    scope = f"{account}/20261124/us-east-1/states/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"


def assert_error(answer: Answer, name: str, status: int = 400) -> None:
    """Holds an answer against a documented error: status, `__type`, and a text to read."""
    assert (answer.status, answer.error) == (status, name), answer
    assert answer.headers["content-type"] == TYPE
    assert answer.headers["x-amzn-requestid"]
    if name != "SerializationException":
        assert answer.json["message"]
