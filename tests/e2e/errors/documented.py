"""The errors that the API reference of 2017 lists for each action, and the way to provoke each."""

DOCUMENTED = {
    "CreateActivity": ["ActivityLimitExceeded", "InvalidName"],
    "CreateStateMachine": [
        "InvalidArn",
        "InvalidDefinition",
        "InvalidName",
        "StateMachineAlreadyExists",
        "StateMachineDeleting",
        "StateMachineLimitExceeded",
    ],
    "DeleteActivity": ["InvalidArn"],
    "DeleteStateMachine": ["InvalidArn"],
    "DescribeActivity": ["ActivityDoesNotExist", "InvalidArn"],
    "DescribeExecution": ["ExecutionDoesNotExist", "InvalidArn"],
    "DescribeStateMachine": ["InvalidArn", "StateMachineDoesNotExist"],
    "DescribeStateMachineForExecution": ["ExecutionDoesNotExist", "InvalidArn"],
    "GetActivityTask": ["ActivityDoesNotExist", "ActivityWorkerLimitExceeded", "InvalidArn"],
    "GetExecutionHistory": ["ExecutionDoesNotExist", "InvalidArn", "InvalidToken"],
    "ListActivities": ["InvalidToken"],
    "ListExecutions": ["InvalidArn", "InvalidToken", "StateMachineDoesNotExist"],
    "ListStateMachines": ["InvalidToken"],
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
    "StopExecution": ["ExecutionDoesNotExist", "InvalidArn"],
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
