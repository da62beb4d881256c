//! What those outside of the suite did and were told.

use std::sync::{Mutex, MutexGuard, PoisonError};
use stepwell_api::execution::HistoryEvent;
use stepwell_service_kit::tokens::TaskToken;

/// When something was asked and answered, as places among all that happened in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) asked: u64,
    pub(crate) answered: u64,
}

/// A call of StartExecution.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) span: Span,
    pub(crate) arn: String,
    pub(crate) input: String,
    pub(crate) request_id: String,
    pub(crate) answer: Answer<i64>,
}

/// A call of StopExecution.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) span: Span,
    pub(crate) arn: String,
    pub(crate) answer: Answer<Option<i64>>,
}

/// What a call said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer<T> {
    /// It took effect, or had taken effect before.
    Done(T),
    /// It was refused for a reason that the API knows.
    Refused(&'static str),
    /// Nobody knows.
    Unknown,
}

/// What DescribeExecution or GetExecutionHistory showed.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) span: Span,
    pub(crate) arn: String,
    pub(crate) shown: Shown,
}

#[derive(Clone, Debug)]
pub(crate) enum Shown {
    Nothing,
    Execution { running: bool, started_ms: i64, stopped_ms: Option<i64>, output: Option<String> },
    History(Vec<HistoryEvent>),
}

/// A task that reached a worker.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) at: u64,
    pub(crate) task: TaskToken,
    pub(crate) is_function: bool,
}

/// What a worker reported of a task.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) span: Span,
    pub(crate) task: TaskToken,
    pub(crate) what: Reported,
    pub(crate) is_function: bool,
    pub(crate) answer: Answer<()>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reported {
    Success(String),
    Failure(Option<String>, Option<String>),
    Heartbeat,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Entries>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    pub(crate) starts: Vec<Start>,
    pub(crate) stops: Vec<Stop>,
    pub(crate) reads: Vec<Read>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) reports: Vec<Report>,
    /// Answers that no fault explains.
    pub(crate) surprises: Vec<String>,
}

impl Journal {
    pub(crate) fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
