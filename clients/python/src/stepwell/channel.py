"""Channels to an installation, with its limits and the namespace that calls act in."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

import grpc

#: The largest message that a channel of `connect` sends or takes. A page of a history may hold
#: 1 MiB of events and one event more, which is beyond gRPC's default.
MAX_MESSAGE_BYTES = 16 << 20

_OPTIONS = [
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.initial_reconnect_backoff_ms", 100),
    # Also how long an attempt to connect may take.
    ("grpc.min_reconnect_backoff_ms", 5_000),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    # A peer that has vanished is noticed within 40 seconds.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.max_pings_without_data", 0),
]


def connect(
    target: str,
    *,
    account: str | None = None,
    region: str | None = None,
    credentials: grpc.ChannelCredentials | None = None,
) -> grpc.Channel:
    """Gives a channel to ``target``, "host:port", which connects when it is first used.

    Calls act in ``account`` (12 digits) and ``region``, each of them the installation's own where
    it is not given. Without ``credentials`` the channel is not encrypted.
    """
    if credentials is None:
        channel = grpc.insecure_channel(target, options=_OPTIONS)
    else:
        channel = grpc.secure_channel(target, credentials, options=_OPTIONS)
    given = {"stepwell-account": account, "stepwell-region": region}
    metadata = [(key, value) for key, value in given.items() if value is not None]
    return grpc.intercept_channel(channel, _Namespace(metadata)) if metadata else channel


class _Details(NamedTuple):
    """How a call is made: the members of grpc.ClientCallDetails, which has no constructor."""

    method: str
    timeout: float | None
    metadata: Any
    credentials: Any
    wait_for_ready: Any
    compression: Any


class _Namespace(grpc.UnaryUnaryClientInterceptor, grpc.StreamStreamClientInterceptor):
    """Adds metadata to every call; the services have calls of these two kinds only."""

    def __init__(self, metadata: list[tuple[str, str]]) -> None:
        self._metadata = metadata

    def _add(self, call: Callable[..., Any], details: Any, request: Any) -> Any:
        own = _Details(
            details.method,
            details.timeout,
            [*(details.metadata or ()), *self._metadata],
            details.credentials,
            details.wait_for_ready,
            details.compression,
        )
        return call(own, request)

    intercept_unary_unary = _add
    intercept_stream_stream = _add
