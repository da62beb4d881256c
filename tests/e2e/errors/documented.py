"""The errors that the API reference lists for each action, and the way to provoke each: those of
2017, and of the actions added since those that can come here."""

DOCUMENTED = {
    "CreateActivity": ["ActivityLimitExceeded", "InvalidName"],
    "CreateStateMachine": [
        "InvalidArn",
        "InvalidDefinition",
        "InvalidName",
        "StateMachineAlreadyExists",
        "InvalidEncryptionConfiguration",
        "InvalidLoggingConfiguration",
        "StateMachineDeleting",
        "StateMachineLimitExceeded",
        "StateMachineTypeNotSupported",
        "TooManyTags",
    ],
    "CreateStateMachineAlias": [
        "ConflictException",
        "InvalidArn",
        "InvalidName",
        "ResourceNotFound",
        "ServiceQuotaExceededException",
        "StateMachineDeleting",
    ],
    "DeleteActivity": ["InvalidArn"],
    "DeleteStateMachine": ["InvalidArn"],
    "DeleteStateMachineAlias": ["InvalidArn"],
    "DeleteStateMachineVersion": ["ConflictException", "InvalidArn"],
    "DescribeActivity": ["ActivityDoesNotExist", "InvalidArn"],
    "DescribeExecution": ["ExecutionDoesNotExist", "InvalidArn"],
    "DescribeStateMachine": ["InvalidArn", "StateMachineDoesNotExist"],
    "DescribeStateMachineAlias": ["InvalidArn", "ResourceNotFound"],
    "DescribeStateMachineForExecution": ["ExecutionDoesNotExist", "InvalidArn"],
    "GetActivityTask": ["ActivityDoesNotExist", "ActivityWorkerLimitExceeded", "InvalidArn"],
    "GetExecutionHistory": ["ExecutionDoesNotExist", "InvalidArn", "InvalidToken"],
    "ListActivities": ["InvalidToken"],
    "ListExecutions": ["InvalidArn", "InvalidToken", "StateMachineDoesNotExist"],
    "ListStateMachineAliases": [
        "InvalidArn",
        "InvalidToken",
        "StateMachineDeleting",
        "StateMachineDoesNotExist",
    ],
    "ListStateMachineVersions": ["InvalidArn", "InvalidToken"],
    "ListStateMachines": ["InvalidToken"],
    "ListTagsForResource": ["InvalidArn", "ResourceNotFound"],
    "PublishStateMachineVersion": [
        "ConflictException",
        "InvalidArn",
        "ServiceQuotaExceededException",
        "StateMachineDeleting",
        "StateMachineDoesNotExist",
    ],
    "SendTaskFailure": ["InvalidToken", "TaskDoesNotExist", "TaskTimedOut"],
    "SendTaskHeartbeat": ["InvalidToken", "TaskDoesNotExist", "TaskTimedOut"],
    "SendTaskSuccess": ["InvalidOutput", "InvalidToken", "TaskDoesNotExist", "TaskTimedOut"],
    "StartExecution": [
        "ExecutionAlreadyExists",
        "ExecutionLimitExceeded",
        "InvalidArn",
        "InvalidExecutionInput",
        "InvalidName",
        "StateMachineDeleting",
        "StateMachineDoesNotExist",
    ],
    "StartSyncExecution": [
        "InvalidArn",
        "StateMachineDoesNotExist",
        "StateMachineTypeNotSupported",
    ],
    "StopExecution": ["ExecutionDoesNotExist", "InvalidArn"],
    "TagResource": ["InvalidArn", "ResourceNotFound", "TooManyTags"],
    "UntagResource": ["InvalidArn", "ResourceNotFound"],
    "UpdateStateMachineAlias": ["InvalidArn", "ResourceNotFound", "StateMachineDeleting"],
    "ValidateStateMachineDefinition": ["ValidationException"],
    "UpdateStateMachine": [
        "InvalidArn",
        "InvalidDefinition",
        "MissingRequiredParameter",
        "StateMachineDeleting",
        "StateMachineDoesNotExist",
    ],
}

PAIRS = {(action, error) for action, errors in DOCUMENTED.items() for error in errors}

PROVOKERS: dict = {}


def provokes(error: str, *actions: str):
    """Registers a function of (scene, action) whose answer is to be `error`."""

    def register(provoke):
        for action in actions:
            assert (action, error) in PAIRS, f"{action} does not list {error}"
            PROVOKERS[action, error] = provoke
        return provoke

    return register
