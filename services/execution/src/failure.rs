//! Errors of the shell as errors of the API.

use std::fmt::Display;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_ids::{ExecutionArn, StateMachineArn};
use stepwell_partition::{ReadError, ResourceError, SubmitError};
use stepwell_storage::StoreError;

/// A failure that has nothing to do with the request.
pub(crate) fn of_store(error: StoreError) -> ApiError {
    match error {
        StoreError::Invalid(why) => broken(why),
        error => ApiError::unavailable(error),
    }
}

pub(crate) fn of_read(error: ReadError) -> ApiError {
    match error {
        ReadError::Store(error) => of_store(error),
        ReadError::Broken(error) => broken(error.to_string()),
        ReadError::Gone => ApiError::unavailable(error),
    }
}

pub(crate) fn of_resource(error: ResourceError) -> ApiError {
    match error {
        ResourceError::Unavailable(why) => ApiError::unavailable(why),
        ResourceError::Broken(why) => broken(why),
    }
}

/// Of what a call does not answer by itself.
pub(crate) fn of_submit(error: SubmitError) -> ApiError {
    match error {
        SubmitError::Broken(why) => broken(why),
        // Whoever can be refused says for what.
        error => ApiError::unavailable(error),
    }
}

/// What is stored can't be used: a fault of ours.
pub(crate) fn broken(why: String) -> ApiError {
    tracing::error!(why, "stored data can't be used");
    ApiError::new(ErrorCode::InternalFailure, why)
}

pub(crate) fn no_execution(arn: &str) -> ApiError {
    let message = format!("Execution Does Not Exist: '{arn}'");
    ApiError::new(ErrorCode::ExecutionDoesNotExist, message)
}

pub(crate) fn execution_exists(arn: &ExecutionArn) -> ApiError {
    let message = format!("Execution Already Exists: '{arn}'");
    ApiError::new(ErrorCode::ExecutionAlreadyExists, message)
}

pub(crate) fn no_state_machine(arn: &impl Display) -> ApiError {
    let message = format!("State Machine Does Not Exist: '{arn}'");
    ApiError::new(ErrorCode::StateMachineDoesNotExist, message)
}

pub(crate) fn state_machine_deleting(arn: &StateMachineArn) -> ApiError {
    let message = format!("State Machine is being deleted: '{arn}'");
    ApiError::new(ErrorCode::StateMachineDeleting, message)
}
