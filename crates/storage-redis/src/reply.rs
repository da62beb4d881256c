//! What the server answered, taken apart.

use bytes::Bytes;
use redis::Value;
use stepwell_storage::StoreError;

/// An answer of another shape than the command has.
pub(crate) fn unexpected(value: &Value) -> StoreError {
    // The shape says enough; values can be long and secret.
    let shape = match value {
        Value::Nil => "nothing".to_owned(),
        Value::Int(number) => format!("the number {number}"),
        Value::BulkString(bytes) => format!("{} bytes", bytes.len()),
        Value::Array(values) => format!("{} values", values.len()),
        Value::ServerError(error) => error.to_string(),
        _ => "a value of another type".to_owned(),
    };
    StoreError::Unavailable(format!("Redis gave an unexpected answer: {shape}"))
}

pub(crate) fn integer(value: &Value) -> Result<i64, StoreError> {
    match value {
        Value::Int(number) => Ok(*number),
        other => Err(unexpected(other)),
    }
}

/// A count or a number.
pub(crate) fn natural(value: &Value) -> Result<u64, StoreError> {
    u64::try_from(integer(value)?).map_err(|_| unexpected(value))
}

pub(crate) fn array(value: Value) -> Result<Vec<Value>, StoreError> {
    match value {
        Value::Array(values) => Ok(values),
        other => Err(unexpected(&other)),
    }
}

/// An array of exactly so many values.
pub(crate) fn fixed<const N: usize>(value: Value) -> Result<[Value; N], StoreError> {
    let values = array(value)?;
    values.try_into().map_err(|values| unexpected(&Value::Array(values)))
}

pub(crate) fn bytes(value: Value) -> Result<Bytes, StoreError> {
    match value {
        Value::BulkString(bytes) => Ok(Bytes::from(bytes)),
        Value::SimpleString(text) => Ok(Bytes::from(text)),
        other => Err(unexpected(&other)),
    }
}

pub(crate) fn optional(value: Value) -> Result<Option<Bytes>, StoreError> {
    match value {
        Value::Nil => Ok(None),
        value => bytes(value).map(Some),
    }
}

pub(crate) fn texts(value: Value) -> Result<Vec<Bytes>, StoreError> {
    array(value)?.into_iter().map(bytes).collect()
}

/// A number that the server keeps as text.
pub(crate) fn parse<T: std::str::FromStr>(text: &[u8]) -> Result<T, StoreError> {
    let parsed = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| {
        let text = text.escape_ascii();
        StoreError::Unavailable(format!("Redis holds {text} where a number belongs"))
    })
}

/// Sixteen bytes as the number that they stand for.
pub(crate) fn number(bytes: &[u8]) -> Result<u128, StoreError> {
    let bytes = bytes.try_into().map_err(|_| {
        StoreError::Unavailable(format!("Redis holds {} bytes where 16 belong", bytes.len()))
    })?;
    Ok(u128::from_be_bytes(bytes))
}
