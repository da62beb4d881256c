//! Why an evaluation gave no value. The texts follow the words
//! `The JSONata expression '…' specified for the field '…' ` in the cause of a
//! `States.QueryEvaluationError`.

use stepwell_json::Value;

/// How an evaluation failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvaluationError {
    /// The result is undefined.
    #[error("returned nothing (undefined).")]
    Undefined,
    /// The expression raised an error, or met one of its limits.
    #[error("threw an error during evaluation. {code}: {message}")]
    Threw {
        /// The JSONata code, such as `T2001`; `D1011`, `U1001` and `U1006` tell of limits.
        code: String,
        /// The JSONata text.
        message: String,
    },
    /// The result has no JSON: it is a function or nests too deeply.
    #[error("returned an unsupported result type.")]
    UnsupportedType,
    /// The result has another type than its field needs. Raised by whoever knows the field.
    #[error(
        "returned an unexpected result type. Expected '{expected}', but was '{}' for value: {value}",
        type_name(value)
    )]
    UnexpectedType {
        /// The type that the field needs, as [`type_name`] names it.
        expected: &'static str,
        /// The result.
        value: Value,
    },
}

impl EvaluationError {
    pub(crate) fn threw(code: &str, message: impl Into<String>) -> Self {
        Self::Threw { code: code.to_owned(), message: message.into() }
    }

    /// Whether a limit of the evaluation was met, so that a larger one could have helped.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::Threw { code, .. } if ["D1011", "D2014", "U1001", "U1006"].contains(&code.as_str()))
    }
}

/// The name of a value's type in the texts of errors.
#[must_use]
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl From<jlens_core::Error> for EvaluationError {
    fn from(error: jlens_core::Error) -> Self {
        Self::threw(error.code(), error.message())
    }
}

#[cfg(test)]
mod tests {
    use super::EvaluationError;
    use stepwell_json::Value;

    #[test]
    fn texts_are_those_of_the_service() {
        let unexpected = |value| EvaluationError::UnexpectedType { expected: "array", value };
        let object = stepwell_json::parse(r#"{"foo": "bar"}"#).unwrap();
        for (error, text) in [
            (
                unexpected(Value::from(1)),
                "returned an unexpected result type. Expected 'array', but was 'number' for value: 1",
            ),
            (
                unexpected(object),
                r#"returned an unexpected result type. Expected 'array', but was 'object' for value: {"foo":"bar"}"#,
            ),
            (
                unexpected(Value::from("string")),
                r#"returned an unexpected result type. Expected 'array', but was 'string' for value: "string""#,
            ),
            (EvaluationError::Undefined, "returned nothing (undefined)."),
            (EvaluationError::UnsupportedType, "returned an unsupported result type."),
            (
                EvaluationError::threw("T1006", "Attempted to invoke a non-function"),
                "threw an error during evaluation. T1006: Attempted to invoke a non-function",
            ),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }
}
