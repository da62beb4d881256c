import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from stepwell.execution.v1 import history_pb2 as _history_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExecutionStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXECUTION_STATUS_UNSPECIFIED: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_RUNNING: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_SUCCEEDED: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_FAILED: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_TIMED_OUT: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_ABORTED: _ClassVar[ExecutionStatus]

class EventOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVENT_ORDER_UNSPECIFIED: _ClassVar[EventOrder]
    EVENT_ORDER_OLDEST_FIRST: _ClassVar[EventOrder]
    EVENT_ORDER_NEWEST_FIRST: _ClassVar[EventOrder]
EXECUTION_STATUS_UNSPECIFIED: ExecutionStatus
EXECUTION_STATUS_RUNNING: ExecutionStatus
EXECUTION_STATUS_SUCCEEDED: ExecutionStatus
EXECUTION_STATUS_FAILED: ExecutionStatus
EXECUTION_STATUS_TIMED_OUT: ExecutionStatus
EXECUTION_STATUS_ABORTED: ExecutionStatus
EVENT_ORDER_UNSPECIFIED: EventOrder
EVENT_ORDER_OLDEST_FIRST: EventOrder
EVENT_ORDER_NEWEST_FIRST: EventOrder

class StartExecutionRequest(_message.Message):
    __slots__ = ("state_machine_arn", "name", "input", "request_id")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    name: str
    input: str
    request_id: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., input: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class StartExecutionResponse(_message.Message):
    __slots__ = ("execution_arn", "start_date")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    start_date: _timestamp_pb2.Timestamp
    def __init__(self, execution_arn: _Optional[str] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class StopExecutionRequest(_message.Message):
    __slots__ = ("execution_arn", "error", "cause")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    error: str
    cause: str
    def __init__(self, execution_arn: _Optional[str] = ..., error: _Optional[str] = ..., cause: _Optional[str] = ...) -> None: ...

class StopExecutionResponse(_message.Message):
    __slots__ = ("stop_date",)
    STOP_DATE_FIELD_NUMBER: _ClassVar[int]
    stop_date: _timestamp_pb2.Timestamp
    def __init__(self, stop_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DescribeExecutionRequest(_message.Message):
    __slots__ = ("execution_arn",)
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    def __init__(self, execution_arn: _Optional[str] = ...) -> None: ...

class DescribeExecutionResponse(_message.Message):
    __slots__ = ("execution_arn", "state_machine_arn", "name", "status", "start_date", "stop_date", "input", "output", "error", "cause", "state_machine_version_arn", "state_machine_alias_arn")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    STOP_DATE_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    state_machine_arn: str
    name: str
    status: ExecutionStatus
    start_date: _timestamp_pb2.Timestamp
    stop_date: _timestamp_pb2.Timestamp
    input: str
    output: str
    error: str
    cause: str
    state_machine_version_arn: str
    state_machine_alias_arn: str
    def __init__(self, execution_arn: _Optional[str] = ..., state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., status: _Optional[_Union[ExecutionStatus, str]] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stop_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., input: _Optional[str] = ..., output: _Optional[str] = ..., error: _Optional[str] = ..., cause: _Optional[str] = ..., state_machine_version_arn: _Optional[str] = ..., state_machine_alias_arn: _Optional[str] = ...) -> None: ...

class DescribeStateMachineForExecutionRequest(_message.Message):
    __slots__ = ("execution_arn",)
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    def __init__(self, execution_arn: _Optional[str] = ...) -> None: ...

class DescribeStateMachineForExecutionResponse(_message.Message):
    __slots__ = ("state_machine_arn", "name", "definition", "role_arn", "update_date", "revision_id", "variable_references", "logging_configuration", "tracing_enabled")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    UPDATE_DATE_FIELD_NUMBER: _ClassVar[int]
    REVISION_ID_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_REFERENCES_FIELD_NUMBER: _ClassVar[int]
    LOGGING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    TRACING_ENABLED_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    name: str
    definition: str
    role_arn: str
    update_date: _timestamp_pb2.Timestamp
    revision_id: str
    variable_references: _containers.RepeatedCompositeFieldContainer[StateVariableReferences]
    logging_configuration: LoggingConfiguration
    tracing_enabled: bool
    def __init__(self, state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., definition: _Optional[str] = ..., role_arn: _Optional[str] = ..., update_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revision_id: _Optional[str] = ..., variable_references: _Optional[_Iterable[_Union[StateVariableReferences, _Mapping]]] = ..., logging_configuration: _Optional[_Union[LoggingConfiguration, _Mapping]] = ..., tracing_enabled: _Optional[bool] = ...) -> None: ...

class LoggingConfiguration(_message.Message):
    __slots__ = ("level", "include_execution_data", "destinations")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_EXECUTION_DATA_FIELD_NUMBER: _ClassVar[int]
    DESTINATIONS_FIELD_NUMBER: _ClassVar[int]
    level: str
    include_execution_data: bool
    destinations: LogDestinations
    def __init__(self, level: _Optional[str] = ..., include_execution_data: _Optional[bool] = ..., destinations: _Optional[_Union[LogDestinations, _Mapping]] = ...) -> None: ...

class LogDestinations(_message.Message):
    __slots__ = ("log_group_arns",)
    LOG_GROUP_ARNS_FIELD_NUMBER: _ClassVar[int]
    log_group_arns: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, log_group_arns: _Optional[_Iterable[str]] = ...) -> None: ...

class StateVariableReferences(_message.Message):
    __slots__ = ("state_name", "variables")
    STATE_NAME_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    state_name: str
    variables: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, state_name: _Optional[str] = ..., variables: _Optional[_Iterable[str]] = ...) -> None: ...

class GetExecutionHistoryRequest(_message.Message):
    __slots__ = ("execution_arn", "max_results", "next_token", "order")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    max_results: int
    next_token: str
    order: EventOrder
    def __init__(self, execution_arn: _Optional[str] = ..., max_results: _Optional[int] = ..., next_token: _Optional[str] = ..., order: _Optional[_Union[EventOrder, str]] = ...) -> None: ...

class GetExecutionHistoryResponse(_message.Message):
    __slots__ = ("events", "next_token")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_history_pb2.HistoryEvent]
    next_token: str
    def __init__(self, events: _Optional[_Iterable[_Union[_history_pb2.HistoryEvent, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class ListExecutionsRequest(_message.Message):
    __slots__ = ("state_machine_arn", "status_filter", "max_results", "next_token")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    STATUS_FILTER_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    status_filter: ExecutionStatus
    max_results: int
    next_token: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., status_filter: _Optional[_Union[ExecutionStatus, str]] = ..., max_results: _Optional[int] = ..., next_token: _Optional[str] = ...) -> None: ...

class ListExecutionsResponse(_message.Message):
    __slots__ = ("executions", "next_token")
    EXECUTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    executions: _containers.RepeatedCompositeFieldContainer[ExecutionListItem]
    next_token: str
    def __init__(self, executions: _Optional[_Iterable[_Union[ExecutionListItem, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class ExecutionListItem(_message.Message):
    __slots__ = ("execution_arn", "state_machine_arn", "name", "status", "start_date", "stop_date", "state_machine_version_arn", "state_machine_alias_arn")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    STOP_DATE_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    state_machine_arn: str
    name: str
    status: ExecutionStatus
    start_date: _timestamp_pb2.Timestamp
    stop_date: _timestamp_pb2.Timestamp
    state_machine_version_arn: str
    state_machine_alias_arn: str
    def __init__(self, execution_arn: _Optional[str] = ..., state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., status: _Optional[_Union[ExecutionStatus, str]] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stop_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state_machine_version_arn: _Optional[str] = ..., state_machine_alias_arn: _Optional[str] = ...) -> None: ...
