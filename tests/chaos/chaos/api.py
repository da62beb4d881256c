"""Calls of the AWS JSON API without an SDK: a call costs microseconds, so that the load leaves the
machine to what it loads. Any gateway serves; a call whose outcome is unknown is made again."""

import http.client
import json
import random
import threading
import time

from harness.raw import TYPE


class Refused(Exception):
    """An error that the service documents: the call had no effect."""

    def __init__(self, code: str, message: str):
        super().__init__(f"{code}: {message}")
        self.code = code


class Unknown(Exception):
    """No answer, or a 5xx: the call may have had its effect."""


class Unreachable(Exception):
    """Still unknown when the patience of the caller ended."""


class Api:
    """A client of several gateways; each thread keeps a connection to each of them."""

    def __init__(self, ports: list[int]):
        self._ports = ports
        self._local = threading.local()
        self.retries = 0
        # What was answered besides the documented errors and 503: a defect wherever it shows.
        self.surprises: list[str] = []

    def call(self, action: str, patience: float = 150, seconds: float = 20, **request) -> dict:
        """The answer of a call, made again for `patience` seconds while its outcome is unknown."""
        limit = time.monotonic() + patience
        body = json.dumps(request).encode()
        pause = 0.02
        while True:
            try:
                return self.once(action, body, seconds)
            except Unknown as error:
                self.retries += 1
                if time.monotonic() > limit:
                    raise Unreachable(f"{action}: {error}") from error
            time.sleep(random.uniform(pause / 2, pause))
            pause = min(pause * 2, 0.5)

    def once(self, action: str, body: bytes, seconds: float) -> dict:
        port = random.choice(self._ports)
        headers = {"Content-Type": TYPE, "X-Amz-Target": f"AWSStepFunctions.{action}"}
        try:
            connection = self._connection(port, seconds)
            connection.request("POST", "/", body=body, headers=headers)
            response = connection.getresponse()
            status, data = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            self._drop(port)
            raise Unknown(repr(error)) from error
        if status == 200:
            return json.loads(data)
        return self._failed(action, status, data)

    def _failed(self, action: str, status: int, data: bytes):
        answer = json.loads(data)
        code = answer["__type"].rpartition("#")[2]
        if status < 500:
            raise Refused(code, answer.get("message", ""))
        if code != "ServiceUnavailable":
            self.surprises.append(f"{action}: {status} {data[:500]!r}")
        raise Unknown(f"{status} {code}")

    def _connection(self, port: int, seconds: float) -> http.client.HTTPConnection:
        kept = self._local.__dict__.setdefault("connections", {})
        if port not in kept:
            kept[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
        if kept[port].sock is not None:
            kept[port].sock.settimeout(seconds)
        else:
            kept[port].timeout = seconds
        return kept[port]

    def _drop(self, port: int) -> None:
        connection = self._local.connections.pop(port, None)
        if connection is not None:
            connection.close()

    def history(self, arn: str) -> list[dict]:
        events, token = [], {}
        while True:
            page = self.call("GetExecutionHistory", executionArn=arn, maxResults=1000, **token)
            events += page["events"]
            if "nextToken" not in page:
                return events
            token = {"nextToken": page["nextToken"]}
