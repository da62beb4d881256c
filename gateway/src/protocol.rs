//! Which action a request asks for, and in which form.

use crate::actions::{self, Action};
use crate::parameters::Parameters;
use http::HeaderMap;
use stepwell_api::{ApiError, ErrorCode};

/// The only version of the API.
const VERSION: &str = "2016-11-23";

const TARGET: &str = "x-amz-target";
const TARGET_PREFIX: &str = "AWSStepFunctions.";

/// How a request names its action; some errors are named by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// By the header `X-Amz-Target`.
    Json,
    /// By the parameter `Action`.
    Query,
}

impl Protocol {
    /// The form of a request with these headers.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if headers.contains_key(TARGET) { Self::Json } else { Self::Query }
    }
}

/// The action that a request asks for.
///
/// # Errors
/// `UnknownOperationException`, `InvalidParameterCombination`, `InvalidParameterValue` of a request
/// by header; `MissingAction`, `InvalidAction`, `MissingParameter`, `InvalidParameterValue` of one
/// by query string: the rules stand at the head of the crate.
pub(crate) fn action(
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<&'static Action, ApiError> {
    let (named, version) = (parameters.get("Action"), parameters.get("Version"));
    let action = match headers.get(TARGET) {
        Some(target) => {
            let target = String::from_utf8_lossy(target.as_bytes());
            let action = target.strip_prefix(TARGET_PREFIX).and_then(actions::find);
            let Some(action) = action else {
                let message = format!("There is no operation {target}");
                return Err(ApiError::new(ErrorCode::UnknownOperationException, message));
            };
            if let Some(other) = named.filter(|named| *named != action.name) {
                let message = format!("The target is {target}, and the parameter Action {other}");
                return Err(ApiError::new(ErrorCode::InvalidParameterCombination, message));
            }
            action
        }
        None => {
            let Some(named) = named else {
                let message = "The request names no action: send the header X-Amz-Target or the \
                               parameter Action";
                return Err(ApiError::new(ErrorCode::MissingAction, message));
            };
            let Some(action) = actions::find(named) else {
                let message = format!("There is no action {named}");
                return Err(ApiError::new(ErrorCode::InvalidAction, message));
            };
            if version.is_none() {
                let message = "The request must contain the parameter Version";
                return Err(ApiError::new(ErrorCode::MissingParameter, message));
            }
            action
        }
    };
    match version {
        Some(version) if version != VERSION => {
            let message = format!("Value '{version}' of Version is invalid: it must be {VERSION}");
            Err(ApiError::new(ErrorCode::InvalidParameterValue, message))
        }
        _ => Ok(action),
    }
}
