//! Every quota of the API in one place.
//!
//! The defaults are those of today's service; [`Limits::of_2017`] restores those of the 2017
//! API reference; a JSON file overrides single values by name.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The quotas that the services enforce. Field names are the names used in a limits file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Longest input, output or event payload, in the unit of `payload_unit`.
    pub payload: usize,
    /// What `payload` counts.
    pub payload_unit: PayloadUnit,
    /// Longest definition, in characters.
    pub definition_chars: usize,
    /// Longest cause, in characters.
    pub cause_chars: usize,
    /// Longest error name, in characters.
    pub error_chars: usize,
    /// Longest task token, in characters.
    pub task_token_chars: usize,
    /// Longest page token, in characters.
    pub page_token_chars: usize,
    /// Longest page token of ListExecutions, in characters.
    pub list_executions_token_chars: usize,
    /// Largest maxResults.
    pub max_results: usize,
    /// Page size when maxResults is absent or 0.
    pub default_results: usize,
    /// How long a page token is valid, in seconds.
    pub page_token_seconds: u64,
    /// Largest request body, in bytes (gateway).
    pub request_bytes: usize,
    /// Most requests that an account may make in a second, at each gateway; null means no limit.
    pub requests_per_second: Option<NonZeroU32>,
    /// State machines an account and region may have.
    pub state_machines: u64,
    /// Activities an account and region may have.
    pub activities: u64,
    /// Versions a state machine may have.
    pub versions: u64,
    /// Aliases a state machine may have.
    pub aliases: u64,
    /// Tags a state machine or an activity may have.
    pub tags: usize,
    /// Open executions an account may have.
    pub open_executions: u64,
    /// Pollers that may wait for one activity at a time.
    pub pollers_per_activity: usize,
    /// How long GetActivityTask waits, in seconds.
    pub poll_seconds: u64,
    /// Longest execution, in seconds.
    pub execution_seconds: u64,
    /// Longest task, in seconds.
    pub task_seconds: u64,
    /// Largest number of events in a history.
    pub history_events: u64,
    /// How long a closed execution stays, and its name stays taken, in seconds.
    pub retention_seconds: u64,
}

/// What a payload limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PayloadUnit {
    /// Bytes of UTF-8.
    Bytes,
    /// Unicode characters.
    Chars,
}

/// Seconds of the year that bounds executions and tasks.
const YEAR_SECONDS: u64 = 31_536_000;

impl Default for Limits {
    fn default() -> Self {
        Self {
            payload: 262_144,
            payload_unit: PayloadUnit::Bytes,
            definition_chars: 1_048_576,
            cause_chars: 32_768,
            error_chars: 256,
            task_token_chars: 2_048,
            page_token_chars: 1_024,
            list_executions_token_chars: 3_096,
            max_results: 1_000,
            default_results: 100,
            page_token_seconds: 86_400,
            // A definition of 1,048,576 characters may take 6 bytes a character as JSON escapes.
            request_bytes: 8 * 1024 * 1024,
            requests_per_second: None,
            state_machines: 100_000,
            activities: 100_000,
            versions: 1_000,
            aliases: 100,
            tags: 50,
            open_executions: 1_000_000,
            pollers_per_activity: 1_000,
            poll_seconds: 60,
            execution_seconds: YEAR_SECONDS,
            task_seconds: YEAR_SECONDS,
            history_events: 25_000,
            retention_seconds: 90 * 86_400,
        }
    }
}

/// Why a limits file was refused; told in one line.
#[derive(Debug, thiserror::Error)]
pub enum LimitsError {
    /// The file can't be read.
    #[error("limits file {0}: {1}")]
    Read(PathBuf, std::io::Error),
    /// The file isn't a limits file.
    #[error("limits file {0}: {1}")]
    Syntax(PathBuf, String),
}

impl Limits {
    /// The quotas of the 2017 API reference.
    #[must_use]
    pub fn of_2017() -> Self {
        Self {
            payload: 32_768,
            payload_unit: PayloadUnit::Chars,
            task_token_chars: 1_024,
            list_executions_token_chars: 1_024,
            state_machines: 10_000,
            activities: 10_000,
            ..Self::default()
        }
    }

    /// This set with the values that the JSON file at `path` names.
    ///
    /// # Errors
    /// The file can't be read, is not JSON, or names a limit that there is not.
    pub fn with_file(&self, path: &Path) -> Result<Self, LimitsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| LimitsError::Read(path.to_owned(), error))?;
        let refused = |message: String| LimitsError::Syntax(path.to_owned(), message);
        let overrides = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
        self.with_overrides(overrides).map_err(refused)
    }

    fn with_overrides(&self, overrides: serde_json::Value) -> Result<Self, String> {
        let mut all = serde_json::to_value(self).map_err(|error| error.to_string())?;
        let serde_json::Value::Object(overrides) = overrides else {
            return Err("must hold an object of limits".to_owned());
        };
        if let Some(object) = all.as_object_mut() {
            object.extend(overrides);
        }
        serde_json::from_value(all).map_err(|error| error.to_string())
    }

    /// Whether `text` is longer than a payload may be.
    #[must_use]
    pub fn payload_exceeded(&self, text: &str) -> bool {
        match self.payload_unit {
            PayloadUnit::Bytes => text.len() > self.payload,
            PayloadUnit::Chars => text.len() > self.payload && text.chars().count() > self.payload,
        }
    }

    /// The page size for a request's maxResults.
    #[must_use]
    pub fn page_size(&self, max_results: Option<i32>) -> usize {
        match max_results {
            Some(count) if count > 0 => {
                usize::try_from(count).unwrap_or(usize::MAX).min(self.max_results)
            }
            _ => self.default_results,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_name_single_values() {
        let limits =
            Limits::of_2017().with_overrides(serde_json::json!({"activities": 3})).unwrap();
        assert_eq!(limits, Limits { activities: 3, ..Limits::of_2017() });
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let refused = Limits::default().with_overrides(serde_json::json!({"activity": 3}));
        assert!(refused.unwrap_err().contains("unknown field `activity`"));
    }

    #[test]
    fn a_payload_limit_in_characters_counts_characters() {
        let limits = Limits { payload: 3, payload_unit: PayloadUnit::Chars, ..Limits::default() };
        assert!(!limits.payload_exceeded("äöü"));
        assert!(Limits { payload_unit: PayloadUnit::Bytes, ..limits }.payload_exceeded("äöü"));
    }
}
