//! Answers as JSON. Absent values are left out; dates are seconds since 1970 with milliseconds as
//! a fraction.

pub(crate) mod executions;
mod history;
pub(crate) mod resources;
mod validation;

pub(crate) use history::History;
pub(crate) use validation::Validation;

use axum::body::Body;
use prost_types::Timestamp;
use serde::Serialize;
use stepwell_api::{ApiError, ErrorCode, to_millis};

/// What an answer has of the data that may be encrypted by a key of the caller's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IncludedData {
    /// All of it.
    AllData,
    /// None of it: definitions are `{}`, inputs and outputs are left out.
    MetadataOnly,
}

impl IncludedData {
    /// The definition, or what stands for it.
    pub(crate) fn definition(self, text: String) -> String {
        match self {
            Self::AllData => text,
            Self::MetadataOnly => "{}".to_owned(),
        }
    }
}

/// A date on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Date(f64);

impl Date {
    fn new(timestamp: &Timestamp) -> Self {
        // Exact up to 2^53 milliseconds, and printed with the three digits that it came from.
        #[allow(clippy::cast_precision_loss)]
        Self(to_millis(timestamp) as f64 / 1_000.0)
    }
}

/// The date that a service must have given as `member`.
pub(crate) fn date(timestamp: Option<&Timestamp>, member: &str) -> Result<Date, ApiError> {
    timestamp.map(Date::new).ok_or_else(|| incomplete(member))
}

/// A date that may be absent.
pub(crate) fn optional_date(timestamp: Option<&Timestamp>) -> Option<Date> {
    timestamp.map(Date::new)
}

/// A service left out what its contract promises.
pub(crate) fn incomplete(member: &str) -> ApiError {
    ApiError::new(ErrorCode::InternalFailure, format!("a service answered without {member}"))
}

/// `answer` as JSON text.
pub(crate) fn bytes(answer: &impl Serialize) -> Result<bytes::Bytes, ApiError> {
    let text = serde_json::to_vec(answer).map_err(|error| {
        ApiError::new(ErrorCode::InternalFailure, format!("an answer can't be written: {error}"))
    })?;
    Ok(text.into())
}

/// `answer` as the body of a response.
pub(crate) fn json(answer: &impl Serialize) -> Result<Body, ApiError> {
    bytes(answer).map(Body::from)
}

/// The body of an answer that tells nothing.
pub(crate) fn nothing() -> Body {
    Body::from("{}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use stepwell_api::from_millis;

    #[test]
    fn dates_keep_their_milliseconds() {
        let text = |millis| serde_json::to_string(&Date::new(&from_millis(millis))).unwrap();
        assert_eq!(text(1_700_000_000_123), "1700000000.123");
        assert_eq!(text(1_700_000_000_100), "1700000000.1");
        assert_eq!(text(4_102_444_799_999), "4102444799.999");
    }

    #[test]
    fn a_promised_date_that_is_absent_is_a_fault() {
        assert_eq!(date(None, "stopDate").unwrap_err().code(), ErrorCode::InternalFailure);
        assert_eq!(optional_date(None), None);
    }
}
