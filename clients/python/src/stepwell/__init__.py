"""Client of a Stepwell installation.

The generated code of its services is in ``stepwell.controlplane.v1``, ``stepwell.execution.v1`` and
``stepwell.activity.v1``; ``stepwell.worker`` is a library for workers on top of it.
"""

from .channel import MAX_MESSAGE_BYTES, connect
from .errors import error_name

__all__ = ["MAX_MESSAGE_BYTES", "connect", "error_name"]
