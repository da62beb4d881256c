//! Tasks as nodes name them to each other.

use stepwell_api::internal::TaskRef;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_engine as engine;
use stepwell_ids::ExecutionArn;
use stepwell_service_kit::tokens::TaskToken;

/// The prefix of ARNs that keys and tokens leave out.
const ARN_PREFIX: &str = "arn:aws:states:";

/// One attempt of a task of one run of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) arn: ExecutionArn,
    pub(crate) run_id: u128,
    pub(crate) attempt: engine::TaskRef,
}

impl Task {
    /// The task that another node names.
    pub(crate) fn of_node(task: &TaskRef) -> Result<Self, ApiError> {
        let malformed = |what: &str| {
            ApiError::new(ErrorCode::ValidationException, format!("task.{what} is malformed"))
        };
        let number = |bytes: &[u8], what| {
            bytes.try_into().map(u128::from_be_bytes).map_err(|_| malformed(what))
        };
        Ok(Self {
            arn: ExecutionArn::parse(&task.execution_arn)?,
            run_id: number(&task.run_id, "run_id")?,
            attempt: engine::TaskRef {
                scheduled_event: task.scheduled_event_id,
                attempt: u32::try_from(task.attempt).map_err(|_| malformed("attempt"))?,
                nonce: number(&task.nonce, "nonce")?,
            },
        })
    }

    /// The task of a token; none where its seal is right but no execution can have it.
    pub(crate) fn of_token(token: &TaskToken) -> Option<Self> {
        Some(Self {
            arn: ExecutionArn::parse(&format!("{ARN_PREFIX}{}", token.execution)).ok()?,
            run_id: token.run_id,
            attempt: engine::TaskRef {
                scheduled_event: token.scheduled_event_id,
                attempt: u32::try_from(token.attempt).ok()?,
                nonce: token.nonce,
            },
        })
    }

    /// The token that names the task to its worker.
    pub(crate) fn token(&self) -> TaskToken {
        let arn = self.arn.to_string();
        TaskToken {
            execution: arn.strip_prefix(ARN_PREFIX).unwrap_or(&arn).to_owned(),
            run_id: self.run_id,
            scheduled_event_id: self.attempt.scheduled_event,
            attempt: u64::from(self.attempt.attempt),
            nonce: self.attempt.nonce,
        }
    }
}

pub(crate) fn no_task() -> ApiError {
    let message = "Task Does Not Exist: 'Provided task does not exist'";
    ApiError::new(ErrorCode::TaskDoesNotExist, message)
}

pub(crate) fn task_timed_out() -> ApiError {
    let message = "Task Timed Out: 'Provided task does not exist anymore'";
    ApiError::new(ErrorCode::TaskTimedOut, message)
}
