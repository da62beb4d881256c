//! One function call, from its start to its report.

use crate::endpoint::Endpoint;
use crate::invocation::Invocation;
use crate::outcome::{self, NoAnswer, not_sent};
use crate::reporter::{Reporter, Wanted};
use std::time::Duration;
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::{StartedTask, TaskFailureKind, TaskHeartbeat};
use tokio::time::{Instant, interval_at, sleep_until};

/// How often a running call gives a sign of life; the owner gives an attempt up after 30 seconds
/// without.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// A limit that never passes, for a task without one.
const NO_LIMIT: Duration = Duration::from_secs(365 * 24 * 3_600);

/// How a call went, for who counts and for who decides whether to take more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The endpoint answered.
    Answered,
    /// The endpoint took no connection.
    NotSent,
    /// The endpoint took the call and gave no answer.
    Lost,
    /// The task's parameters are not those of a call.
    Unmade,
    /// Nobody waits for it any more: the task timed out or has ended.
    Unwanted,
}

/// Calls the function of a started task, once, and reports how it ended.
pub(crate) async fn make(endpoint: &Endpoint, reporter: &Reporter, task: StartedTask) -> Ended {
    let StartedTask { task_token, input, resource, timeout_seconds } = task;
    let limit = timeout_seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let deadline = Instant::now() + limit.map_or(NO_LIMIT, Duration::from_secs).min(NO_LIMIT);
    let call = match Invocation::of(resource, input) {
        Ok(call) => call,
        Err(why) => {
            let failure = not_sent(TaskFailureKind::Failed, &why);
            reporter.report_end(&task_token, Report::Failure(failure)).await;
            return Ended::Unmade;
        }
    };
    let answer = tokio::select! {
        answer = endpoint.invoke(&call) => answer,
        // The owner has timed the task out by itself.
        () = sleep_until(deadline) => return Ended::Unwanted,
        () = unwanted(reporter, &task_token) => return Ended::Unwanted,
    };
    let ended = match &answer {
        Ok(_) | Err(NoAnswer::TooLong) => Ended::Answered,
        Err(NoAnswer::NotSent(_)) => Ended::NotSent,
        Err(NoAnswer::Lost(_)) => Ended::Lost,
    };
    let report = outcome::report(call.who(), call.shape, answer);
    reporter.report_end(&task_token, report).await;
    ended
}

/// Gives signs of life; ends when the owner has no use for the call any more.
async fn unwanted(reporter: &Reporter, token: &str) {
    let mut beats = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    loop {
        beats.tick().await;
        match reporter.report(token, Report::Heartbeat(TaskHeartbeat {})).await {
            Ok(Wanted::Yes) => {}
            Ok(Wanted::No) => return,
            Err(error) => tracing::warn!(%error, "a sign of life could not be given"),
        }
    }
}
