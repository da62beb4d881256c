//! `Retry` and `Catch`.

use super::{Assign, DataPath, Expressions, StateId};
use std::sync::Arc;

/// Whether the delay before a retry is spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JitterStrategy {
    /// The delay as computed.
    #[default]
    None,
    /// Uniform between nothing and the delay as computed.
    Full,
}

/// An element of `Retry`.
#[derive(Clone, Debug, PartialEq)]
pub struct Retrier {
    /// `Comment`
    pub comment: Option<Arc<str>>,
    /// `ErrorEquals`, never empty.
    pub error_equals: Vec<Arc<str>>,
    /// `IntervalSeconds`, 1 to 99,999,999: the delay before the first retry.
    pub interval_seconds: u32,
    /// `MaxAttempts`, 0 to 99,999,999: how many retries, 0 for never.
    pub max_attempts: u32,
    /// `BackoffRate`, at least 1.0: the factor from delay to delay.
    pub backoff_rate: f64,
    /// `MaxDelaySeconds`, 1 to 31,622,399: the longest delay.
    pub max_delay_seconds: Option<u32>,
    /// `JitterStrategy`
    pub jitter_strategy: JitterStrategy,
}

/// An element of `Catch`.
#[derive(Clone, Debug, PartialEq)]
pub struct Catcher {
    /// `Comment`
    pub comment: Option<Arc<str>>,
    /// `ErrorEquals`, never empty.
    pub error_equals: Vec<Arc<str>>,
    /// `Next`
    pub next: StateId,
    /// `ResultPath`: where the error output goes in the state's input.
    pub result_path: DataPath,
    /// `Assign`
    pub assign: Option<Assign>,
    /// `Output`
    pub output: Option<Expressions>,
}
