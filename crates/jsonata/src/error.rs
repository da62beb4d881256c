//! Why a text is not an expression that a definition may hold.

/// What is wrong with an expression, found when it is parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// It is not JSONata 2.0.6 (`INVALID_JSONATA_EXPRESSION`).
    #[error("{code}: {message}")]
    Invalid {
        /// The code of the JSONata error, such as `S0201`.
        code: String,
        /// The text of the JSONata error.
        message: String,
        /// Where it was noticed, in UTF-16 code units from the start, as JSONata counts.
        position: Option<usize>,
    },
    /// It is JSONata that the Amazon States Language does not offer
    /// (`UNSUPPORTED_JSONATA_EXPRESSION`).
    #[error("{0}")]
    Unsupported(String),
}

impl From<jlens_core::Error> for ExpressionError {
    fn from(error: jlens_core::Error) -> Self {
        Self::Invalid {
            code: error.code().to_owned(),
            message: error.message(),
            position: error.position(),
        }
    }
}
