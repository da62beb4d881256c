//! Arguments from parameters.

use super::{Arguments, Kind, Value};
use crate::parameters::Parameters;
use stepwell_api::{ApiError, ErrorCode};

/// Fills `arguments` from the parameters that are members; others are ignored.
///
/// # Errors
/// `InvalidParameterCombination` where the body has given the member already,
/// `InvalidParameterValue` where a value is not of the member's type.
pub(crate) fn read_parameters(
    parameters: &Parameters,
    arguments: &mut Arguments,
) -> Result<(), ApiError> {
    for (name, text) in parameters.iter() {
        let Some(position) = arguments.position(name) else { continue };
        let kind = arguments.members.get(position).map(|member| member.kind);
        let (Some(kind), Some(slot)) = (kind, arguments.values.get_mut(position)) else { continue };
        if slot.is_some() {
            let message = format!("{name} is given both as a parameter and in the body");
            return Err(ApiError::new(ErrorCode::InvalidParameterCombination, message));
        }
        let (value, expected) = match kind {
            Kind::Text | Kind::OneOf(_) => (Some(Value::Text(text.to_owned())), "text"),
            Kind::Integer => (text.parse().ok().map(Value::Integer), "an integer of 32 bits"),
            Kind::Boolean => (text.parse().ok().map(Value::Boolean), "true or false"),
            Kind::Json => (None, "given in a JSON body"),
        };
        if value.is_none() {
            let message = format!("Value '{text}' of {name} is invalid: it must be {expected}");
            return Err(ApiError::new(ErrorCode::InvalidParameterValue, message));
        }
        *slot = value;
    }
    Ok(())
}
