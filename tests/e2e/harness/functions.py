"""A real HTTP server that stands where Lambda's invoke endpoint does."""

import json
import re
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATH = re.compile(r"^/2015-03-31/functions/([^/]+)/invocations(\?.*)?$")


class FunctionError(Exception):
    """Raised by a function: Lambda answers 200 with X-Amz-Function-Error."""

    def __init__(self, error: str, message: str):
        super().__init__(message)
        self.body = {"errorMessage": message, "errorType": error}


class ServiceError(Exception):
    """Raised by a function: the service refuses the call, as with too many requests."""

    def __init__(self, status: int, error: str, message: str):
        super().__init__(message)
        self.status, self.error = status, error


class Server(ThreadingHTTPServer):
    """Says nothing of callers that were killed."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class FunctionEndpoint:
    """Functions by name: each takes the parsed payload and gives a result or raises."""

    def __init__(self):
        self.functions: dict = {}
        self.calls: list[tuple[str, object]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                endpoint._answer(self)

            def log_message(self, *_):
                """Requests are in `calls`; nothing is printed."""

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def count(self, name: str) -> int:
        return sum(1 for called, _ in self.calls if called == name)

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        match = PATH.match(request.path)
        name = urllib.parse.unquote(match[1]).rpartition(":")[2] if match else None
        function = self.functions.get(name)
        if function is None:
            text = f"Function not found: {name}"
            return _send(request, 404, {"Message": text}, "ResourceNotFoundException")
        payload = json.loads(body)
        self.calls.append((name, payload))
        try:
            _send(request, 200, function(payload), **{"X-Amz-Executed-Version": "$LATEST"})
        except FunctionError as error:
            _send(request, 200, error.body, **{"X-Amz-Function-Error": "Unhandled"})
        except ServiceError as error:
            _send(request, error.status, {"Message": str(error)}, error.error)


def _send(request, status: int, body, error: str | None = None, **headers) -> None:
    data = json.dumps(body).encode()
    try:
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        if error:
            request.send_header("X-Amzn-ErrorType", error)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)
    except OSError:
        # The caller gave up: a function that outlives its timeout.
        pass
