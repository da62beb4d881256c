import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class HistoryEventType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HISTORY_EVENT_TYPE_UNSPECIFIED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_ACTIVITY_FAILED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_ACTIVITY_SCHEDULE_FAILED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_ACTIVITY_SCHEDULED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_ACTIVITY_STARTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_ACTIVITY_SUCCEEDED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_ACTIVITY_TIMED_OUT: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_CHOICE_STATE_ENTERED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_CHOICE_STATE_EXITED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_EXECUTION_FAILED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_EXECUTION_STARTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_EXECUTION_SUCCEEDED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_EXECUTION_ABORTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_EXECUTION_TIMED_OUT: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_FAIL_STATE_ENTERED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_FAILED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_SCHEDULE_FAILED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_SCHEDULED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_START_FAILED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_STARTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_SUCCEEDED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_TIMED_OUT: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_SUCCEED_STATE_ENTERED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_SUCCEED_STATE_EXITED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_TASK_STATE_ABORTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_TASK_STATE_ENTERED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_TASK_STATE_EXITED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_PASS_STATE_ENTERED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_PASS_STATE_EXITED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_PARALLEL_STATE_ABORTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_PARALLEL_STATE_ENTERED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_PARALLEL_STATE_EXITED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_PARALLEL_STATE_FAILED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_PARALLEL_STATE_STARTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_PARALLEL_STATE_SUCCEEDED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_WAIT_STATE_ABORTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_WAIT_STATE_ENTERED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_WAIT_STATE_EXITED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_MAP_STATE_ABORTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_MAP_STATE_ENTERED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_MAP_STATE_EXITED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_MAP_STATE_FAILED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_MAP_STATE_STARTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_MAP_STATE_SUCCEEDED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_MAP_ITERATION_ABORTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_MAP_ITERATION_FAILED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_MAP_ITERATION_STARTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_MAP_ITERATION_SUCCEEDED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_TASK_FAILED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_TASK_SCHEDULED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_TASK_START_FAILED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_TASK_STARTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_TASK_SUCCEEDED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_TASK_TIMED_OUT: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_TASK_SUBMITTED: _ClassVar[HistoryEventType]
    HISTORY_EVENT_TYPE_EVALUATION_FAILED: _ClassVar[HistoryEventType]
HISTORY_EVENT_TYPE_UNSPECIFIED: HistoryEventType
HISTORY_EVENT_TYPE_ACTIVITY_FAILED: HistoryEventType
HISTORY_EVENT_TYPE_ACTIVITY_SCHEDULE_FAILED: HistoryEventType
HISTORY_EVENT_TYPE_ACTIVITY_SCHEDULED: HistoryEventType
HISTORY_EVENT_TYPE_ACTIVITY_STARTED: HistoryEventType
HISTORY_EVENT_TYPE_ACTIVITY_SUCCEEDED: HistoryEventType
HISTORY_EVENT_TYPE_ACTIVITY_TIMED_OUT: HistoryEventType
HISTORY_EVENT_TYPE_CHOICE_STATE_ENTERED: HistoryEventType
HISTORY_EVENT_TYPE_CHOICE_STATE_EXITED: HistoryEventType
HISTORY_EVENT_TYPE_EXECUTION_FAILED: HistoryEventType
HISTORY_EVENT_TYPE_EXECUTION_STARTED: HistoryEventType
HISTORY_EVENT_TYPE_EXECUTION_SUCCEEDED: HistoryEventType
HISTORY_EVENT_TYPE_EXECUTION_ABORTED: HistoryEventType
HISTORY_EVENT_TYPE_EXECUTION_TIMED_OUT: HistoryEventType
HISTORY_EVENT_TYPE_FAIL_STATE_ENTERED: HistoryEventType
HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_FAILED: HistoryEventType
HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_SCHEDULE_FAILED: HistoryEventType
HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_SCHEDULED: HistoryEventType
HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_START_FAILED: HistoryEventType
HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_STARTED: HistoryEventType
HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_SUCCEEDED: HistoryEventType
HISTORY_EVENT_TYPE_LAMBDA_FUNCTION_TIMED_OUT: HistoryEventType
HISTORY_EVENT_TYPE_SUCCEED_STATE_ENTERED: HistoryEventType
HISTORY_EVENT_TYPE_SUCCEED_STATE_EXITED: HistoryEventType
HISTORY_EVENT_TYPE_TASK_STATE_ABORTED: HistoryEventType
HISTORY_EVENT_TYPE_TASK_STATE_ENTERED: HistoryEventType
HISTORY_EVENT_TYPE_TASK_STATE_EXITED: HistoryEventType
HISTORY_EVENT_TYPE_PASS_STATE_ENTERED: HistoryEventType
HISTORY_EVENT_TYPE_PASS_STATE_EXITED: HistoryEventType
HISTORY_EVENT_TYPE_PARALLEL_STATE_ABORTED: HistoryEventType
HISTORY_EVENT_TYPE_PARALLEL_STATE_ENTERED: HistoryEventType
HISTORY_EVENT_TYPE_PARALLEL_STATE_EXITED: HistoryEventType
HISTORY_EVENT_TYPE_PARALLEL_STATE_FAILED: HistoryEventType
HISTORY_EVENT_TYPE_PARALLEL_STATE_STARTED: HistoryEventType
HISTORY_EVENT_TYPE_PARALLEL_STATE_SUCCEEDED: HistoryEventType
HISTORY_EVENT_TYPE_WAIT_STATE_ABORTED: HistoryEventType
HISTORY_EVENT_TYPE_WAIT_STATE_ENTERED: HistoryEventType
HISTORY_EVENT_TYPE_WAIT_STATE_EXITED: HistoryEventType
HISTORY_EVENT_TYPE_MAP_STATE_ABORTED: HistoryEventType
HISTORY_EVENT_TYPE_MAP_STATE_ENTERED: HistoryEventType
HISTORY_EVENT_TYPE_MAP_STATE_EXITED: HistoryEventType
HISTORY_EVENT_TYPE_MAP_STATE_FAILED: HistoryEventType
HISTORY_EVENT_TYPE_MAP_STATE_STARTED: HistoryEventType
HISTORY_EVENT_TYPE_MAP_STATE_SUCCEEDED: HistoryEventType
HISTORY_EVENT_TYPE_MAP_ITERATION_ABORTED: HistoryEventType
HISTORY_EVENT_TYPE_MAP_ITERATION_FAILED: HistoryEventType
HISTORY_EVENT_TYPE_MAP_ITERATION_STARTED: HistoryEventType
HISTORY_EVENT_TYPE_MAP_ITERATION_SUCCEEDED: HistoryEventType
HISTORY_EVENT_TYPE_TASK_FAILED: HistoryEventType
HISTORY_EVENT_TYPE_TASK_SCHEDULED: HistoryEventType
HISTORY_EVENT_TYPE_TASK_START_FAILED: HistoryEventType
HISTORY_EVENT_TYPE_TASK_STARTED: HistoryEventType
HISTORY_EVENT_TYPE_TASK_SUCCEEDED: HistoryEventType
HISTORY_EVENT_TYPE_TASK_TIMED_OUT: HistoryEventType
HISTORY_EVENT_TYPE_TASK_SUBMITTED: HistoryEventType
HISTORY_EVENT_TYPE_EVALUATION_FAILED: HistoryEventType

class HistoryEvent(_message.Message):
    __slots__ = ("id", "previous_event_id", "timestamp", "type", "execution_started", "execution_succeeded", "failure", "state_entered", "state_exited", "activity_scheduled", "activity_started", "task_output", "lambda_function_scheduled", "map_state_started", "map_iteration", "task_scheduled", "task_started", "task_succeeded", "task_failure", "task_submitted", "evaluation_failed")
    ID_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_STARTED_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    STATE_ENTERED_FIELD_NUMBER: _ClassVar[int]
    STATE_EXITED_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_SCHEDULED_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_STARTED_FIELD_NUMBER: _ClassVar[int]
    TASK_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FUNCTION_SCHEDULED_FIELD_NUMBER: _ClassVar[int]
    MAP_STATE_STARTED_FIELD_NUMBER: _ClassVar[int]
    MAP_ITERATION_FIELD_NUMBER: _ClassVar[int]
    TASK_SCHEDULED_FIELD_NUMBER: _ClassVar[int]
    TASK_STARTED_FIELD_NUMBER: _ClassVar[int]
    TASK_SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    TASK_FAILURE_FIELD_NUMBER: _ClassVar[int]
    TASK_SUBMITTED_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_FAILED_FIELD_NUMBER: _ClassVar[int]
    id: int
    previous_event_id: int
    timestamp: _timestamp_pb2.Timestamp
    type: HistoryEventType
    execution_started: ExecutionStartedEventDetails
    execution_succeeded: ExecutionSucceededEventDetails
    failure: FailureEventDetails
    state_entered: StateEnteredEventDetails
    state_exited: StateExitedEventDetails
    activity_scheduled: ActivityScheduledEventDetails
    activity_started: ActivityStartedEventDetails
    task_output: TaskOutputEventDetails
    lambda_function_scheduled: LambdaFunctionScheduledEventDetails
    map_state_started: MapStateStartedEventDetails
    map_iteration: MapIterationEventDetails
    task_scheduled: TaskScheduledEventDetails
    task_started: TaskStartedEventDetails
    task_succeeded: TaskSucceededEventDetails
    task_failure: TaskFailureEventDetails
    task_submitted: TaskSubmittedEventDetails
    evaluation_failed: EvaluationFailedEventDetails
    def __init__(self, id: _Optional[int] = ..., previous_event_id: _Optional[int] = ..., timestamp: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., type: _Optional[_Union[HistoryEventType, str]] = ..., execution_started: _Optional[_Union[ExecutionStartedEventDetails, _Mapping]] = ..., execution_succeeded: _Optional[_Union[ExecutionSucceededEventDetails, _Mapping]] = ..., failure: _Optional[_Union[FailureEventDetails, _Mapping]] = ..., state_entered: _Optional[_Union[StateEnteredEventDetails, _Mapping]] = ..., state_exited: _Optional[_Union[StateExitedEventDetails, _Mapping]] = ..., activity_scheduled: _Optional[_Union[ActivityScheduledEventDetails, _Mapping]] = ..., activity_started: _Optional[_Union[ActivityStartedEventDetails, _Mapping]] = ..., task_output: _Optional[_Union[TaskOutputEventDetails, _Mapping]] = ..., lambda_function_scheduled: _Optional[_Union[LambdaFunctionScheduledEventDetails, _Mapping]] = ..., map_state_started: _Optional[_Union[MapStateStartedEventDetails, _Mapping]] = ..., map_iteration: _Optional[_Union[MapIterationEventDetails, _Mapping]] = ..., task_scheduled: _Optional[_Union[TaskScheduledEventDetails, _Mapping]] = ..., task_started: _Optional[_Union[TaskStartedEventDetails, _Mapping]] = ..., task_succeeded: _Optional[_Union[TaskSucceededEventDetails, _Mapping]] = ..., task_failure: _Optional[_Union[TaskFailureEventDetails, _Mapping]] = ..., task_submitted: _Optional[_Union[TaskSubmittedEventDetails, _Mapping]] = ..., evaluation_failed: _Optional[_Union[EvaluationFailedEventDetails, _Mapping]] = ...) -> None: ...

class ExecutionStartedEventDetails(_message.Message):
    __slots__ = ("input", "role_arn", "state_machine_version_arn", "state_machine_alias_arn")
    INPUT_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    input: str
    role_arn: str
    state_machine_version_arn: str
    state_machine_alias_arn: str
    def __init__(self, input: _Optional[str] = ..., role_arn: _Optional[str] = ..., state_machine_version_arn: _Optional[str] = ..., state_machine_alias_arn: _Optional[str] = ...) -> None: ...

class ExecutionSucceededEventDetails(_message.Message):
    __slots__ = ("output",)
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    output: str
    def __init__(self, output: _Optional[str] = ...) -> None: ...

class FailureEventDetails(_message.Message):
    __slots__ = ("error", "cause")
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    error: str
    cause: str
    def __init__(self, error: _Optional[str] = ..., cause: _Optional[str] = ...) -> None: ...

class StateEnteredEventDetails(_message.Message):
    __slots__ = ("name", "input")
    NAME_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    name: str
    input: str
    def __init__(self, name: _Optional[str] = ..., input: _Optional[str] = ...) -> None: ...

class StateExitedEventDetails(_message.Message):
    __slots__ = ("name", "output", "assigned_variables")
    NAME_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_VARIABLES_FIELD_NUMBER: _ClassVar[int]
    name: str
    output: str
    assigned_variables: _containers.RepeatedCompositeFieldContainer[AssignedVariable]
    def __init__(self, name: _Optional[str] = ..., output: _Optional[str] = ..., assigned_variables: _Optional[_Iterable[_Union[AssignedVariable, _Mapping]]] = ...) -> None: ...

class AssignedVariable(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class ActivityScheduledEventDetails(_message.Message):
    __slots__ = ("resource", "input", "timeout_in_seconds", "heartbeat_in_seconds")
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_IN_SECONDS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_IN_SECONDS_FIELD_NUMBER: _ClassVar[int]
    resource: str
    input: str
    timeout_in_seconds: int
    heartbeat_in_seconds: int
    def __init__(self, resource: _Optional[str] = ..., input: _Optional[str] = ..., timeout_in_seconds: _Optional[int] = ..., heartbeat_in_seconds: _Optional[int] = ...) -> None: ...

class ActivityStartedEventDetails(_message.Message):
    __slots__ = ("worker_name",)
    WORKER_NAME_FIELD_NUMBER: _ClassVar[int]
    worker_name: str
    def __init__(self, worker_name: _Optional[str] = ...) -> None: ...

class TaskOutputEventDetails(_message.Message):
    __slots__ = ("output",)
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    output: str
    def __init__(self, output: _Optional[str] = ...) -> None: ...

class LambdaFunctionScheduledEventDetails(_message.Message):
    __slots__ = ("resource", "input", "timeout_in_seconds", "task_credentials")
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_IN_SECONDS_FIELD_NUMBER: _ClassVar[int]
    TASK_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    resource: str
    input: str
    timeout_in_seconds: int
    task_credentials: TaskCredentials
    def __init__(self, resource: _Optional[str] = ..., input: _Optional[str] = ..., timeout_in_seconds: _Optional[int] = ..., task_credentials: _Optional[_Union[TaskCredentials, _Mapping]] = ...) -> None: ...

class TaskCredentials(_message.Message):
    __slots__ = ("role_arn",)
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    role_arn: str
    def __init__(self, role_arn: _Optional[str] = ...) -> None: ...

class MapStateStartedEventDetails(_message.Message):
    __slots__ = ("length",)
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    length: int
    def __init__(self, length: _Optional[int] = ...) -> None: ...

class MapIterationEventDetails(_message.Message):
    __slots__ = ("name", "index")
    NAME_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    name: str
    index: int
    def __init__(self, name: _Optional[str] = ..., index: _Optional[int] = ...) -> None: ...

class TaskResource(_message.Message):
    __slots__ = ("resource_type", "resource")
    RESOURCE_TYPE_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    resource_type: str
    resource: str
    def __init__(self, resource_type: _Optional[str] = ..., resource: _Optional[str] = ...) -> None: ...

class TaskScheduledEventDetails(_message.Message):
    __slots__ = ("called", "region", "parameters", "timeout_in_seconds", "heartbeat_in_seconds", "task_credentials")
    CALLED_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_IN_SECONDS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_IN_SECONDS_FIELD_NUMBER: _ClassVar[int]
    TASK_CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    called: TaskResource
    region: str
    parameters: str
    timeout_in_seconds: int
    heartbeat_in_seconds: int
    task_credentials: TaskCredentials
    def __init__(self, called: _Optional[_Union[TaskResource, _Mapping]] = ..., region: _Optional[str] = ..., parameters: _Optional[str] = ..., timeout_in_seconds: _Optional[int] = ..., heartbeat_in_seconds: _Optional[int] = ..., task_credentials: _Optional[_Union[TaskCredentials, _Mapping]] = ...) -> None: ...

class TaskStartedEventDetails(_message.Message):
    __slots__ = ("called",)
    CALLED_FIELD_NUMBER: _ClassVar[int]
    called: TaskResource
    def __init__(self, called: _Optional[_Union[TaskResource, _Mapping]] = ...) -> None: ...

class TaskSubmittedEventDetails(_message.Message):
    __slots__ = ("called", "output")
    CALLED_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    called: TaskResource
    output: str
    def __init__(self, called: _Optional[_Union[TaskResource, _Mapping]] = ..., output: _Optional[str] = ...) -> None: ...

class TaskSucceededEventDetails(_message.Message):
    __slots__ = ("called", "output")
    CALLED_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    called: TaskResource
    output: str
    def __init__(self, called: _Optional[_Union[TaskResource, _Mapping]] = ..., output: _Optional[str] = ...) -> None: ...

class TaskFailureEventDetails(_message.Message):
    __slots__ = ("called", "error", "cause")
    CALLED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    called: TaskResource
    error: str
    cause: str
    def __init__(self, called: _Optional[_Union[TaskResource, _Mapping]] = ..., error: _Optional[str] = ..., cause: _Optional[str] = ...) -> None: ...

class EvaluationFailedEventDetails(_message.Message):
    __slots__ = ("state", "location", "error", "cause")
    STATE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    state: str
    location: str
    error: str
    cause: str
    def __init__(self, state: _Optional[str] = ..., location: _Optional[str] = ..., error: _Optional[str] = ..., cause: _Optional[str] = ...) -> None: ...
