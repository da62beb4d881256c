//! Error names, and what `Retry` and `Catch` do with them (States Language, "Errors").

use crate::ast::{JitterStrategy, Retrier};

/// A task took longer than its `TimeoutSeconds`.
pub const TIMEOUT: &str = "States.Timeout";
/// A task sent no heartbeat for its `HeartbeatSeconds`.
pub const HEARTBEAT_TIMEOUT: &str = "States.HeartbeatTimeout";
/// A task failed and said nothing better.
pub const TASK_FAILED: &str = "States.TaskFailed";
/// The data did not fit the definition. Neither retried nor caught.
pub const RUNTIME: &str = "States.Runtime";
/// A JSONata expression failed, or gave what its field can't take.
pub const QUERY_EVALUATION_ERROR: &str = "States.QueryEvaluationError";

/// Matches every error that can be caught.
const ALL: &str = "States.ALL";

/// Never matched: not by their own names and not by `States.ALL`. All but the first are reserved
/// names of what the service reports as the first.
const UNCATCHABLE: &[&str] = &[
    RUNTIME,
    "States.NoChoiceMatched",
    "States.IntrinsicFailure",
    "States.ParameterPathFailure",
    "States.ResultPathMatchFailure",
];

/// Whether `ErrorEquals` holds an error; `error` is none where a worker failed without naming
/// one.
///
/// A missed heartbeat is passed as [`HEARTBEAT_TIMEOUT`], whatever the history calls it: it is
/// matched by that name and by [`TIMEOUT`].
#[must_use]
pub fn matches(error_equals: &[impl AsRef<str>], error: Option<&str>) -> bool {
    let timed_out = matches!(error, Some(TIMEOUT | HEARTBEAT_TIMEOUT));
    if error.is_some_and(|error| UNCATCHABLE.contains(&error)) {
        return false;
    }
    error_equals.iter().map(AsRef::as_ref).any(|name| match name {
        ALL => true,
        TASK_FAILED => !timed_out,
        TIMEOUT => timed_out,
        name => error == Some(name),
    })
}

/// The longest delay, as long as the longest interval that a definition may ask for.
const MAX_DELAY_SECONDS: f64 = 99_999_999.0;

impl Retrier {
    /// Milliseconds before the retry of number `retry`, from 1:
    /// interval × rate^(retry − 1), at most `MaxDelaySeconds`, at most 99,999,999 s.
    /// `jitter`, in [0, 1), is the share of it to wait under `JitterStrategy` `FULL`.
    #[must_use]
    pub fn delay_millis(&self, retry: u32, jitter: f64) -> u64 {
        let exponent = f64::from(retry.saturating_sub(1));
        let longest = self.max_delay_seconds.map_or(MAX_DELAY_SECONDS, f64::from);
        let delay = f64::from(self.interval_seconds) * self.backoff_rate.powf(exponent);
        let delay = delay.min(longest);
        let share = match self.jitter_strategy {
            JitterStrategy::None => 1.0,
            JitterStrategy::Full => jitter.clamp(0.0, 1.0),
        };
        // At most 10^11 and never negative, so that the conversion is exact.
        (delay * share * 1000.0).round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::matches;
    use crate::ast::{JitterStrategy, Retrier};

    #[test]
    fn errors_match_as_the_contract_says() {
        let all = [
            "States.ALL",
            "States.TaskFailed",
            "States.Timeout",
            "States.HeartbeatTimeout",
            "States.DataLimitExceeded",
            "States.Runtime",
            "Mine",
        ];
        for (error, matchers) in [
            (Some("Mine"), &["States.ALL", "States.TaskFailed", "Mine"][..]),
            (Some("mine"), &["States.ALL", "States.TaskFailed"]),
            (None, &["States.ALL", "States.TaskFailed"]),
            (Some("States.TaskFailed"), &["States.ALL", "States.TaskFailed"]),
            (Some("States.Timeout"), &["States.ALL", "States.Timeout"]),
            (
                Some("States.HeartbeatTimeout"),
                &["States.ALL", "States.Timeout", "States.HeartbeatTimeout"],
            ),
            (
                Some("States.DataLimitExceeded"),
                &["States.ALL", "States.TaskFailed", "States.DataLimitExceeded"],
            ),
            (Some("States.Runtime"), &[]),
            (Some("States.ParameterPathFailure"), &[]),
        ] {
            let found: Vec<_> = all.into_iter().filter(|name| matches(&[*name], error)).collect();
            assert_eq!(found, matchers, "{error:?}");
        }
        assert!(matches(&["Other", "Mine"], Some("Mine")));
    }

    #[test]
    fn delays_grow_to_their_bounds() {
        let retrier = Retrier {
            comment: None,
            error_equals: vec!["States.ALL".into()],
            interval_seconds: 3,
            max_attempts: 3,
            backoff_rate: 1.5,
            max_delay_seconds: None,
            jitter_strategy: JitterStrategy::None,
        };
        let delays = |retrier: &Retrier| [1, 2, 3, 1000].map(|k| retrier.delay_millis(k, 0.25));
        assert_eq!(delays(&retrier), [3000, 4500, 6750, 99_999_999_000]);
        let capped = Retrier { max_delay_seconds: Some(4), ..retrier };
        assert_eq!(delays(&capped), [3000, 4000, 4000, 4000]);
        let spread = Retrier { jitter_strategy: JitterStrategy::Full, ..capped };
        assert_eq!(delays(&spread), [750, 1000, 1000, 1000]);
        assert_eq!(spread.delay_millis(0, f64::NAN), 0);
        assert_eq!(spread.delay_millis(u32::MAX, 0.999), 3996);
    }
}
