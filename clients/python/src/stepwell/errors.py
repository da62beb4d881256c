"""Names of the errors that services answer with."""

from __future__ import annotations

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status


def error_name(error: grpc.RpcError) -> str | None:
    """The name that the Step Functions API has for an error, for example ``TaskTimedOut``.

    None where the error does not come from a service of the installation, as when no connection
    could be made.
    """
    if not isinstance(error, grpc.Call):
        return None
    try:
        status = rpc_status.from_call(error)
    except ValueError:
        # Details that contradict the status come from something else on the way.
        return None
    for detail in status.details if status is not None else ():
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info) and info.domain == "stepwell":
            return info.reason
    return None
