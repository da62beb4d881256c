"""The Lambda endpoint: answers invocations with what the functions of the cases answered."""

import base64
import json
import re
import threading
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from replay.placeholders import Names
from replay.recordings import Case

PATH = re.compile(r"^/2015-03-31/functions/([^/?]+)/invocations(\?.*)?$")
TIMED_OUT = re.compile(r"Task timed out after ([\d.]+) seconds")
ARN = re.compile(r"arn:[^:]+:lambda:[^:]*:\d+:function:([^:]+)(:.*)?")


class Function:
    """One function of one case: each recorded invocation answers once, the last ones again."""

    def __init__(self, recorded: list[dict], names: Names):
        self._names = names
        self._left = [(_value(item["payload"]), item) for item in recorded]
        self._all = list(self._left)
        self._lock = threading.Lock()

    def answer(self, payload) -> tuple[str, str | None, float | None] | None:
        """The body, the function error and the seconds that it took; None where it never ended."""
        with self._lock:
            item = self._next(payload)
        if item is None:
            return None
        recorded, invocation = item
        response = invocation["response"]
        if _value(response) == recorded:
            body = json.dumps(payload)
        else:
            text = self._names.ours(response)
            body = text if _is_json(text) else json.dumps(text)
        late = TIMED_OUT.search(response)
        return body, invocation.get("functionError"), float(late[1]) if late else None

    def _next(self, payload):
        """The recorded invocation of this payload, else the next in order."""
        for pool in (self._left, self._all):
            found = next((i for i in pool if self._names.ours(i[0]) == payload), None)
            if found is not None:
                break
        else:
            found = next(iter(self._left or self._all[-1:]), None)
        if found in self._left:
            self._left.remove(found)
        return found


def _value(text: str):
    return json.loads(text) if _is_json(text) else text


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


class FunctionEndpoint:
    """An HTTP server with the functions of all running cases."""

    def __init__(self, port: int = 0):
        self._functions: dict[str, Function] = {}
        self._names: list[Names] = []
        self._closed = threading.Event()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                endpoint._serve(self)

            def log_message(self, *_):
                """Says nothing: the histories tell."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def add(self, case: Case, names: Names) -> None:
        """Serves the functions of a case, whose names no other case has."""
        self._names.append(names)
        for entry in case.functions:
            self._functions[entry["function"]] = Function(entry["invocations"], names)

    def close(self) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()

    def _arn(self, asked: str) -> str:
        """The version that was asked for, in the account of the case whose client named it."""
        if ARN.fullmatch(asked):
            return asked
        account = next((n.account for n in list(self._names) if n.knows(asked)), "0" * 12)
        return f"arn:aws:lambda:us-east-1:{account}:function:{asked}:$LATEST"

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        match = PATH.match(request.path)
        asked = urllib.parse.unquote(match[1]) if match else ""
        arn = ARN.fullmatch(asked)
        function = self._functions.get(arn[1] if arn else asked.partition(":")[0])
        if function is None:
            text = {"Type": "User", "Message": f"Function not found: {self._arn(asked)}"}
            error = {"x-amzn-ErrorType": "ResourceNotFoundException"}
            return _send(request, 404, json.dumps(text), error)
        answer = function.answer(json.loads(body) if body else {})
        if answer is None:
            # No answer was recorded: the function was still running when its case ended.
            self._closed.wait()
            return None
        text, error, late = answer
        if late:
            self._closed.wait(late)
        headers = {"X-Amz-Function-Error": error} if error else {}
        if request.headers.get("X-Amz-Log-Type") == "Tail":
            headers["X-Amz-Log-Result"] = base64.b64encode(b"START\nEND\n").decode()
        return _send(request, 200, text, {"X-Amz-Executed-Version": "$LATEST", **headers})


def _send(request: BaseHTTPRequestHandler, status: int, text: str, headers: dict) -> None:
    data = text.encode()
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(data)),
        "Connection": "keep-alive",
        "Date": request.date_time_string(),
        "x-amzn-RequestId": str(uuid.uuid4()),
        "x-amzn-Remapped-Content-Length": "0",
        "X-Amzn-Trace-Id": f"root=1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]};sampled=0",
        **headers,
    }
    try:
        # Not send_response, which adds a Server that Lambda does not have.
        request.send_response_only(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)
    except OSError:
        # The caller gave up: a task that timed out.
        request.close_connection = True
