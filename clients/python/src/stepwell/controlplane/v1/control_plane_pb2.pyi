import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StateMachineStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATE_MACHINE_STATUS_UNSPECIFIED: _ClassVar[StateMachineStatus]
    STATE_MACHINE_STATUS_ACTIVE: _ClassVar[StateMachineStatus]
    STATE_MACHINE_STATUS_DELETING: _ClassVar[StateMachineStatus]

class DiagnosticSeverity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIAGNOSTIC_SEVERITY_UNSPECIFIED: _ClassVar[DiagnosticSeverity]
    DIAGNOSTIC_SEVERITY_ERROR: _ClassVar[DiagnosticSeverity]
    DIAGNOSTIC_SEVERITY_WARNING: _ClassVar[DiagnosticSeverity]

class ValidationResult(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VALIDATION_RESULT_UNSPECIFIED: _ClassVar[ValidationResult]
    VALIDATION_RESULT_OK: _ClassVar[ValidationResult]
    VALIDATION_RESULT_FAIL: _ClassVar[ValidationResult]
STATE_MACHINE_STATUS_UNSPECIFIED: StateMachineStatus
STATE_MACHINE_STATUS_ACTIVE: StateMachineStatus
STATE_MACHINE_STATUS_DELETING: StateMachineStatus
DIAGNOSTIC_SEVERITY_UNSPECIFIED: DiagnosticSeverity
DIAGNOSTIC_SEVERITY_ERROR: DiagnosticSeverity
DIAGNOSTIC_SEVERITY_WARNING: DiagnosticSeverity
VALIDATION_RESULT_UNSPECIFIED: ValidationResult
VALIDATION_RESULT_OK: ValidationResult
VALIDATION_RESULT_FAIL: ValidationResult

class CreateStateMachineRequest(_message.Message):
    __slots__ = ("name", "definition", "role_arn", "type")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    name: str
    definition: str
    role_arn: str
    type: str
    def __init__(self, name: _Optional[str] = ..., definition: _Optional[str] = ..., role_arn: _Optional[str] = ..., type: _Optional[str] = ...) -> None: ...

class CreateStateMachineResponse(_message.Message):
    __slots__ = ("state_machine_arn", "creation_date")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, state_machine_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DescribeStateMachineRequest(_message.Message):
    __slots__ = ("state_machine_arn",)
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    def __init__(self, state_machine_arn: _Optional[str] = ...) -> None: ...

class DescribeStateMachineResponse(_message.Message):
    __slots__ = ("state_machine_arn", "name", "status", "definition", "role_arn", "creation_date", "type", "revision_id", "variable_references")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    REVISION_ID_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_REFERENCES_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    name: str
    status: StateMachineStatus
    definition: str
    role_arn: str
    creation_date: _timestamp_pb2.Timestamp
    type: str
    revision_id: str
    variable_references: _containers.RepeatedCompositeFieldContainer[StateVariableReferences]
    def __init__(self, state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., status: _Optional[_Union[StateMachineStatus, str]] = ..., definition: _Optional[str] = ..., role_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., type: _Optional[str] = ..., revision_id: _Optional[str] = ..., variable_references: _Optional[_Iterable[_Union[StateVariableReferences, _Mapping]]] = ...) -> None: ...

class StateVariableReferences(_message.Message):
    __slots__ = ("state_name", "variables")
    STATE_NAME_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    state_name: str
    variables: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, state_name: _Optional[str] = ..., variables: _Optional[_Iterable[str]] = ...) -> None: ...

class ListStateMachinesRequest(_message.Message):
    __slots__ = ("max_results", "next_token")
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    max_results: int
    next_token: str
    def __init__(self, max_results: _Optional[int] = ..., next_token: _Optional[str] = ...) -> None: ...

class ListStateMachinesResponse(_message.Message):
    __slots__ = ("state_machines", "next_token")
    STATE_MACHINES_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    state_machines: _containers.RepeatedCompositeFieldContainer[StateMachineListItem]
    next_token: str
    def __init__(self, state_machines: _Optional[_Iterable[_Union[StateMachineListItem, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class StateMachineListItem(_message.Message):
    __slots__ = ("state_machine_arn", "name", "creation_date", "type")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    name: str
    creation_date: _timestamp_pb2.Timestamp
    type: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., type: _Optional[str] = ...) -> None: ...

class UpdateStateMachineRequest(_message.Message):
    __slots__ = ("state_machine_arn", "definition", "role_arn")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    definition: str
    role_arn: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., definition: _Optional[str] = ..., role_arn: _Optional[str] = ...) -> None: ...

class UpdateStateMachineResponse(_message.Message):
    __slots__ = ("update_date", "revision_id")
    UPDATE_DATE_FIELD_NUMBER: _ClassVar[int]
    REVISION_ID_FIELD_NUMBER: _ClassVar[int]
    update_date: _timestamp_pb2.Timestamp
    revision_id: str
    def __init__(self, update_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revision_id: _Optional[str] = ...) -> None: ...

class DeleteStateMachineRequest(_message.Message):
    __slots__ = ("state_machine_arn",)
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    def __init__(self, state_machine_arn: _Optional[str] = ...) -> None: ...

class DeleteStateMachineResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ValidateStateMachineDefinitionRequest(_message.Message):
    __slots__ = ("definition", "type", "severity", "max_results")
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    definition: str
    type: str
    severity: DiagnosticSeverity
    max_results: int
    def __init__(self, definition: _Optional[str] = ..., type: _Optional[str] = ..., severity: _Optional[_Union[DiagnosticSeverity, str]] = ..., max_results: _Optional[int] = ...) -> None: ...

class ValidateStateMachineDefinitionResponse(_message.Message):
    __slots__ = ("result", "diagnostics", "truncated")
    RESULT_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    result: ValidationResult
    diagnostics: _containers.RepeatedCompositeFieldContainer[Diagnostic]
    truncated: bool
    def __init__(self, result: _Optional[_Union[ValidationResult, str]] = ..., diagnostics: _Optional[_Iterable[_Union[Diagnostic, _Mapping]]] = ..., truncated: _Optional[bool] = ...) -> None: ...

class Diagnostic(_message.Message):
    __slots__ = ("severity", "code", "message", "location")
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    severity: DiagnosticSeverity
    code: str
    message: str
    location: str
    def __init__(self, severity: _Optional[_Union[DiagnosticSeverity, str]] = ..., code: _Optional[str] = ..., message: _Optional[str] = ..., location: _Optional[str] = ...) -> None: ...

class CreateActivityRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class CreateActivityResponse(_message.Message):
    __slots__ = ("activity_arn", "creation_date")
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, activity_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DescribeActivityRequest(_message.Message):
    __slots__ = ("activity_arn",)
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    def __init__(self, activity_arn: _Optional[str] = ...) -> None: ...

class DescribeActivityResponse(_message.Message):
    __slots__ = ("activity_arn", "name", "creation_date")
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    name: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, activity_arn: _Optional[str] = ..., name: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListActivitiesRequest(_message.Message):
    __slots__ = ("max_results", "next_token")
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    max_results: int
    next_token: str
    def __init__(self, max_results: _Optional[int] = ..., next_token: _Optional[str] = ...) -> None: ...

class ListActivitiesResponse(_message.Message):
    __slots__ = ("activities", "next_token")
    ACTIVITIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    activities: _containers.RepeatedCompositeFieldContainer[ActivityListItem]
    next_token: str
    def __init__(self, activities: _Optional[_Iterable[_Union[ActivityListItem, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class ActivityListItem(_message.Message):
    __slots__ = ("activity_arn", "name", "creation_date")
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    name: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, activity_arn: _Optional[str] = ..., name: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DeleteActivityRequest(_message.Message):
    __slots__ = ("activity_arn",)
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    def __init__(self, activity_arn: _Optional[str] = ...) -> None: ...

class DeleteActivityResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
