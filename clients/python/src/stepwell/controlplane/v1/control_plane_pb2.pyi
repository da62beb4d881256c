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
    __slots__ = ("name", "definition", "role_arn", "type", "logging_configuration", "tracing_enabled", "encryption_configuration", "tags", "publish", "version_description")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    LOGGING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    TRACING_ENABLED_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    PUBLISH_FIELD_NUMBER: _ClassVar[int]
    VERSION_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    name: str
    definition: str
    role_arn: str
    type: str
    logging_configuration: LoggingConfiguration
    tracing_enabled: bool
    encryption_configuration: EncryptionConfiguration
    tags: _containers.RepeatedCompositeFieldContainer[Tag]
    publish: bool
    version_description: str
    def __init__(self, name: _Optional[str] = ..., definition: _Optional[str] = ..., role_arn: _Optional[str] = ..., type: _Optional[str] = ..., logging_configuration: _Optional[_Union[LoggingConfiguration, _Mapping]] = ..., tracing_enabled: _Optional[bool] = ..., encryption_configuration: _Optional[_Union[EncryptionConfiguration, _Mapping]] = ..., tags: _Optional[_Iterable[_Union[Tag, _Mapping]]] = ..., publish: _Optional[bool] = ..., version_description: _Optional[str] = ...) -> None: ...

class CreateStateMachineResponse(_message.Message):
    __slots__ = ("state_machine_arn", "creation_date", "state_machine_version_arn")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    creation_date: _timestamp_pb2.Timestamp
    state_machine_version_arn: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state_machine_version_arn: _Optional[str] = ...) -> None: ...

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

class EncryptionConfiguration(_message.Message):
    __slots__ = ("type",)
    TYPE_FIELD_NUMBER: _ClassVar[int]
    type: str
    def __init__(self, type: _Optional[str] = ...) -> None: ...

class Tag(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class DescribeStateMachineRequest(_message.Message):
    __slots__ = ("state_machine_arn",)
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    def __init__(self, state_machine_arn: _Optional[str] = ...) -> None: ...

class DescribeStateMachineResponse(_message.Message):
    __slots__ = ("state_machine_arn", "name", "status", "definition", "role_arn", "creation_date", "type", "revision_id", "variable_references", "logging_configuration", "tracing_enabled", "description")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    REVISION_ID_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_REFERENCES_FIELD_NUMBER: _ClassVar[int]
    LOGGING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    TRACING_ENABLED_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    name: str
    status: StateMachineStatus
    definition: str
    role_arn: str
    creation_date: _timestamp_pb2.Timestamp
    type: str
    revision_id: str
    variable_references: _containers.RepeatedCompositeFieldContainer[StateVariableReferences]
    logging_configuration: LoggingConfiguration
    tracing_enabled: bool
    description: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., status: _Optional[_Union[StateMachineStatus, str]] = ..., definition: _Optional[str] = ..., role_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., type: _Optional[str] = ..., revision_id: _Optional[str] = ..., variable_references: _Optional[_Iterable[_Union[StateVariableReferences, _Mapping]]] = ..., logging_configuration: _Optional[_Union[LoggingConfiguration, _Mapping]] = ..., tracing_enabled: _Optional[bool] = ..., description: _Optional[str] = ...) -> None: ...

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
    __slots__ = ("state_machine_arn", "definition", "role_arn", "logging_configuration", "tracing_enabled", "encryption_configuration", "publish", "version_description")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    LOGGING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    TRACING_ENABLED_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    PUBLISH_FIELD_NUMBER: _ClassVar[int]
    VERSION_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    definition: str
    role_arn: str
    logging_configuration: LoggingConfiguration
    tracing_enabled: bool
    encryption_configuration: EncryptionConfiguration
    publish: bool
    version_description: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., definition: _Optional[str] = ..., role_arn: _Optional[str] = ..., logging_configuration: _Optional[_Union[LoggingConfiguration, _Mapping]] = ..., tracing_enabled: _Optional[bool] = ..., encryption_configuration: _Optional[_Union[EncryptionConfiguration, _Mapping]] = ..., publish: _Optional[bool] = ..., version_description: _Optional[str] = ...) -> None: ...

class UpdateStateMachineResponse(_message.Message):
    __slots__ = ("update_date", "revision_id", "state_machine_version_arn")
    UPDATE_DATE_FIELD_NUMBER: _ClassVar[int]
    REVISION_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    update_date: _timestamp_pb2.Timestamp
    revision_id: str
    state_machine_version_arn: str
    def __init__(self, update_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revision_id: _Optional[str] = ..., state_machine_version_arn: _Optional[str] = ...) -> None: ...

class PublishStateMachineVersionRequest(_message.Message):
    __slots__ = ("state_machine_arn", "revision_id", "description")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    REVISION_ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    revision_id: str
    description: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., revision_id: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class PublishStateMachineVersionResponse(_message.Message):
    __slots__ = ("state_machine_version_arn", "creation_date")
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    state_machine_version_arn: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, state_machine_version_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListStateMachineVersionsRequest(_message.Message):
    __slots__ = ("state_machine_arn", "max_results", "next_token")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    max_results: int
    next_token: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., max_results: _Optional[int] = ..., next_token: _Optional[str] = ...) -> None: ...

class ListStateMachineVersionsResponse(_message.Message):
    __slots__ = ("state_machine_versions", "next_token")
    STATE_MACHINE_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    state_machine_versions: _containers.RepeatedCompositeFieldContainer[StateMachineVersionListItem]
    next_token: str
    def __init__(self, state_machine_versions: _Optional[_Iterable[_Union[StateMachineVersionListItem, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class StateMachineVersionListItem(_message.Message):
    __slots__ = ("state_machine_version_arn", "creation_date")
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    state_machine_version_arn: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, state_machine_version_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DeleteStateMachineVersionRequest(_message.Message):
    __slots__ = ("state_machine_version_arn",)
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_version_arn: str
    def __init__(self, state_machine_version_arn: _Optional[str] = ...) -> None: ...

class DeleteStateMachineVersionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Route(_message.Message):
    __slots__ = ("state_machine_version_arn", "weight")
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    state_machine_version_arn: str
    weight: int
    def __init__(self, state_machine_version_arn: _Optional[str] = ..., weight: _Optional[int] = ...) -> None: ...

class CreateStateMachineAliasRequest(_message.Message):
    __slots__ = ("name", "description", "routes")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ROUTES_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    routes: _containers.RepeatedCompositeFieldContainer[Route]
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., routes: _Optional[_Iterable[_Union[Route, _Mapping]]] = ...) -> None: ...

class CreateStateMachineAliasResponse(_message.Message):
    __slots__ = ("state_machine_alias_arn", "creation_date")
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, state_machine_alias_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DescribeStateMachineAliasRequest(_message.Message):
    __slots__ = ("state_machine_alias_arn",)
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    def __init__(self, state_machine_alias_arn: _Optional[str] = ...) -> None: ...

class DescribeStateMachineAliasResponse(_message.Message):
    __slots__ = ("state_machine_alias_arn", "name", "description", "routes", "creation_date", "update_date")
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ROUTES_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_DATE_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    name: str
    description: str
    routes: _containers.RepeatedCompositeFieldContainer[Route]
    creation_date: _timestamp_pb2.Timestamp
    update_date: _timestamp_pb2.Timestamp
    def __init__(self, state_machine_alias_arn: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., routes: _Optional[_Iterable[_Union[Route, _Mapping]]] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class UpdateStateMachineAliasRequest(_message.Message):
    __slots__ = ("state_machine_alias_arn", "description", "routes")
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ROUTES_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    description: str
    routes: _containers.RepeatedCompositeFieldContainer[Route]
    def __init__(self, state_machine_alias_arn: _Optional[str] = ..., description: _Optional[str] = ..., routes: _Optional[_Iterable[_Union[Route, _Mapping]]] = ...) -> None: ...

class UpdateStateMachineAliasResponse(_message.Message):
    __slots__ = ("update_date",)
    UPDATE_DATE_FIELD_NUMBER: _ClassVar[int]
    update_date: _timestamp_pb2.Timestamp
    def __init__(self, update_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListStateMachineAliasesRequest(_message.Message):
    __slots__ = ("state_machine_arn", "max_results", "next_token")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    max_results: int
    next_token: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., max_results: _Optional[int] = ..., next_token: _Optional[str] = ...) -> None: ...

class ListStateMachineAliasesResponse(_message.Message):
    __slots__ = ("state_machine_aliases", "next_token")
    STATE_MACHINE_ALIASES_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    state_machine_aliases: _containers.RepeatedCompositeFieldContainer[StateMachineAliasListItem]
    next_token: str
    def __init__(self, state_machine_aliases: _Optional[_Iterable[_Union[StateMachineAliasListItem, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class StateMachineAliasListItem(_message.Message):
    __slots__ = ("state_machine_alias_arn", "creation_date")
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, state_machine_alias_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DeleteStateMachineAliasRequest(_message.Message):
    __slots__ = ("state_machine_alias_arn",)
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    def __init__(self, state_machine_alias_arn: _Optional[str] = ...) -> None: ...

class DeleteStateMachineAliasResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TagResourceRequest(_message.Message):
    __slots__ = ("resource_arn", "tags")
    RESOURCE_ARN_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    resource_arn: str
    tags: _containers.RepeatedCompositeFieldContainer[Tag]
    def __init__(self, resource_arn: _Optional[str] = ..., tags: _Optional[_Iterable[_Union[Tag, _Mapping]]] = ...) -> None: ...

class TagResourceResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class UntagResourceRequest(_message.Message):
    __slots__ = ("resource_arn", "tag_keys")
    RESOURCE_ARN_FIELD_NUMBER: _ClassVar[int]
    TAG_KEYS_FIELD_NUMBER: _ClassVar[int]
    resource_arn: str
    tag_keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, resource_arn: _Optional[str] = ..., tag_keys: _Optional[_Iterable[str]] = ...) -> None: ...

class UntagResourceResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListTagsForResourceRequest(_message.Message):
    __slots__ = ("resource_arn",)
    RESOURCE_ARN_FIELD_NUMBER: _ClassVar[int]
    resource_arn: str
    def __init__(self, resource_arn: _Optional[str] = ...) -> None: ...

class ListTagsForResourceResponse(_message.Message):
    __slots__ = ("tags",)
    TAGS_FIELD_NUMBER: _ClassVar[int]
    tags: _containers.RepeatedCompositeFieldContainer[Tag]
    def __init__(self, tags: _Optional[_Iterable[_Union[Tag, _Mapping]]] = ...) -> None: ...

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
    __slots__ = ("name", "tags", "encryption_configuration")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    name: str
    tags: _containers.RepeatedCompositeFieldContainer[Tag]
    encryption_configuration: EncryptionConfiguration
    def __init__(self, name: _Optional[str] = ..., tags: _Optional[_Iterable[_Union[Tag, _Mapping]]] = ..., encryption_configuration: _Optional[_Union[EncryptionConfiguration, _Mapping]] = ...) -> None: ...

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
