"""Requests that are HTTP, but not the API's; and what is no HTTP."""

import socket

import pytest

from harness.raw import TYPE, assert_error

TARGET = {"X-Amz-Target": "AWSStepFunctions.ListActivities", "Content-Type": TYPE}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method(wire, method):
    assert_error(wire.send(method, "/", b"{}", TARGET), "UnknownOperationException")


@pytest.mark.parametrize("path", ["/favicon.ico", "/a/b", "//", "/%00", "/..%2f..%2fetc"])
def test_another_path(wire, path):
    assert_error(wire.send("POST", path, b"{}", TARGET), "UnknownOperationException")


@pytest.mark.parametrize(
    "target",
    [
        "",
        "ListActivities",
        "AWSStepFunctions",
        "AWSStepFunctions.",
        "AWSStepFunctions.listActivities",
        "AWSStepFunctions.ListActivities.More",
        "DynamoDB_20120810.ListTables",
        "AWSStepFunctions." + "A" * 4_000,
    ],
    ids=lambda target: target[:40],
)
def test_another_target(wire, target):
    headers = {"X-Amz-Target": target, "Content-Type": TYPE}
    assert_error(wire.send("POST", "/", b"{}", headers), "UnknownOperationException")


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic YTpi", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=///////", "\xff" * 50],
    ids=ascii,
)
def test_authorization_of_any_kind_is_accepted_while_it_is_off(wire, authorization):
    answer = wire.send("POST", "/", b"{}", {**TARGET, "Authorization": authorization})
    assert answer.status == 200, answer


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00" * 1_000,
        b"GET\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: ten\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"A" * 100_000,
    ],
    ids=lambda data: ascii(data[:40]),
)
def test_what_is_no_http_is_refused_or_cut_off(wire, data):
    with socket.create_connection(("127.0.0.1", wire.port), timeout=30) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            first = connection.recv(4_096)
        except (ConnectionResetError, BrokenPipeError, OSError):
            first = b""
    # Nothing, or a refusal: never a success, never a failure of the server's own.
    assert not first or first.split(b" ")[1].startswith(b"4") or b"HTTP" not in first, first
