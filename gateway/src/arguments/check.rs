//! What the edge checks of a request beyond types: presence, and values of enums.

use super::{Arguments, Kind, Presence, Value};
use crate::protocol::Protocol;
use stepwell_api::{ApiError, ErrorCode, Violations};

/// Checks `arguments` against their table.
///
/// # Errors
/// `ValidationException` with every missing member and every value that an enum does not have; a
/// request by query string is told `MissingParameter` for the first missing member.
pub(crate) fn check(arguments: &Arguments, protocol: Protocol) -> Result<(), ApiError> {
    let pairs = || arguments.members.iter().zip(&arguments.values);
    let mut violations = Violations::new();
    for (member, value) in pairs() {
        let missing = member.presence == Presence::Required && value.is_none();
        if missing && protocol == Protocol::Query {
            let message = format!("The request must contain the parameter {}", member.name);
            return Err(ApiError::new(ErrorCode::MissingParameter, message));
        }
        violations = violations.required(member.name, !missing);
    }
    for (member, value) in pairs() {
        if let (Kind::OneOf(values), Some(Value::Text(text))) = (member.kind, value) {
            violations = violations.one_of(member.name, Some(text), values);
        }
    }
    violations.finish()
}
