"""Bodies that are no request."""

import json
import socket

import pytest

from harness.names import unique
from harness.raw import TYPE, assert_error

# The documented limit of a request; a definition of full length fits in escapes.
REQUEST_BYTES = 8 * 1024 * 1024

NO_JSON = [
    b"{",
    b"}",
    b"[]",
    b"null",
    b"true",
    b'"text"',
    b"17",
    b"{'name': 'a'}",
    b'{"name": }',
    b'{"name": "a"} {}',
    b'{"name": "a",}',
    b'{"name": "\x01"}',
    b'{"name": "\\q"}',
    b'{"name": "\\u12"}',
    b'{"name": "\xff\xfe"}',
    b"\x00\x01\x02",
    b"\xef\xbb\xbf[]",
    b"Action=ListActivities",
]


@pytest.mark.parametrize("body", NO_JSON)
def test_a_body_that_is_no_json_object(wire, body):
    assert_error(wire.call("CreateActivity", body), "SerializationException")


def test_an_empty_body_means_an_empty_object(wire):
    assert wire.call("ListActivities", b"").status == 200


@pytest.mark.parametrize("depth", [1_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_body_nested_too_deep(wire, depth, opening, closing):
    value = opening * depth + b"1" + closing * depth
    assert_error(wire.call("CreateActivity", b'{"name": ' + value + b"}"), "SerializationException")
    # An object is looked into no further than for the members of the action.
    whole = "ValidationException" if opening == b'{"a":' else "SerializationException"
    assert_error(wire.call("CreateActivity", value), whole)
    # Cut off in the middle.
    assert_error(wire.call("CreateActivity", opening * depth), "SerializationException")


def test_a_member_that_is_ignored_is_ignored_at_any_depth(wire):
    value = b"[" * 100_000 + b"]" * 100_000
    assert wire.call("ListActivities", b'{"more": ' + value + b"}").status == 200
    assert_error(wire.call("ListActivities", b'{"more": ' + value), "SerializationException")


def test_a_body_over_the_limit(wire):
    body = json.dumps({"name": unique(), "more": "x" * REQUEST_BYTES}).encode()
    answer = wire.call("CreateActivity", body)
    assert_error(answer, "ValidationException")


def test_a_body_over_the_limit_whose_length_is_not_told(wire):
    """In chunks: the limit counts what came, not what was promised."""
    chunk = b"x" * 65_536
    count = REQUEST_BYTES // len(chunk) + 2
    answer = wire.call("CreateActivity", b'{"name": "' + chunk * count)
    assert_error(answer, "ValidationException")
    with socket.create_connection(("127.0.0.1", wire.port), timeout=30) as connection:
        head = "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: AWSStepFunctions.CreateActivity\r\n"
        head += f"Content-Type: {TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode())
        try:
            for _ in range(count):
                connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            connection.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            # The server need not read on.
            pass
        assert b" 400 " in connection.recv(4_096).split(b"\r\n")[0]


def test_a_number_that_is_none(wire):
    for text in (b"1.5", b"1e400", b"99999999999999999999", b"-0.1", b'"7"', b"true"):
        answer = wire.call("ListActivities", b'{"maxResults": ' + text + b"}")
        assert_error(answer, "SerializationException")
    assert_error(wire.call("ListActivities", b'{"maxResults": NaN}'), "SerializationException")
