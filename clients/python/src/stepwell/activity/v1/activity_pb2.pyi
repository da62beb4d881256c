from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetActivityTaskRequest(_message.Message):
    __slots__ = ("activity_arn", "worker_name")
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    WORKER_NAME_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    worker_name: str
    def __init__(self, activity_arn: _Optional[str] = ..., worker_name: _Optional[str] = ...) -> None: ...

class GetActivityTaskResponse(_message.Message):
    __slots__ = ("task_token", "input")
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    input: str
    def __init__(self, task_token: _Optional[str] = ..., input: _Optional[str] = ...) -> None: ...

class SendTaskSuccessRequest(_message.Message):
    __slots__ = ("task_token", "output")
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    output: str
    def __init__(self, task_token: _Optional[str] = ..., output: _Optional[str] = ...) -> None: ...

class SendTaskSuccessResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SendTaskFailureRequest(_message.Message):
    __slots__ = ("task_token", "error", "cause")
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    error: str
    cause: str
    def __init__(self, task_token: _Optional[str] = ..., error: _Optional[str] = ..., cause: _Optional[str] = ...) -> None: ...

class SendTaskFailureResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SendTaskHeartbeatRequest(_message.Message):
    __slots__ = ("task_token",)
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    def __init__(self, task_token: _Optional[str] = ...) -> None: ...

class SendTaskHeartbeatResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StreamActivityTasksRequest(_message.Message):
    __slots__ = ("subscribe", "acknowledge", "add_credit")
    class Subscribe(_message.Message):
        __slots__ = ("activity_arn", "worker_name", "credit")
        ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
        WORKER_NAME_FIELD_NUMBER: _ClassVar[int]
        CREDIT_FIELD_NUMBER: _ClassVar[int]
        activity_arn: str
        worker_name: str
        credit: int
        def __init__(self, activity_arn: _Optional[str] = ..., worker_name: _Optional[str] = ..., credit: _Optional[int] = ...) -> None: ...
    class Acknowledge(_message.Message):
        __slots__ = ("delivery_id",)
        DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
        delivery_id: str
        def __init__(self, delivery_id: _Optional[str] = ...) -> None: ...
    class AddCredit(_message.Message):
        __slots__ = ("count",)
        COUNT_FIELD_NUMBER: _ClassVar[int]
        count: int
        def __init__(self, count: _Optional[int] = ...) -> None: ...
    SUBSCRIBE_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGE_FIELD_NUMBER: _ClassVar[int]
    ADD_CREDIT_FIELD_NUMBER: _ClassVar[int]
    subscribe: StreamActivityTasksRequest.Subscribe
    acknowledge: StreamActivityTasksRequest.Acknowledge
    add_credit: StreamActivityTasksRequest.AddCredit
    def __init__(self, subscribe: _Optional[_Union[StreamActivityTasksRequest.Subscribe, _Mapping]] = ..., acknowledge: _Optional[_Union[StreamActivityTasksRequest.Acknowledge, _Mapping]] = ..., add_credit: _Optional[_Union[StreamActivityTasksRequest.AddCredit, _Mapping]] = ...) -> None: ...

class StreamActivityTasksResponse(_message.Message):
    __slots__ = ("delivery_id", "task_token", "input")
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    delivery_id: str
    task_token: str
    input: str
    def __init__(self, delivery_id: _Optional[str] = ..., task_token: _Optional[str] = ..., input: _Optional[str] = ...) -> None: ...
