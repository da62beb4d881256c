//! The answer of ValidateStateMachineDefinition.

use super::incomplete;
use serde::Serialize;
use stepwell_api::ApiError;
use stepwell_api::controlplane::{
    Diagnostic, DiagnosticSeverity, ValidateStateMachineDefinitionResponse, ValidationResult,
};

/// Of ValidateStateMachineDefinition.
#[derive(Debug, Serialize)]
pub(crate) struct Validation {
    result: &'static str,
    diagnostics: Vec<Item>,
    truncated: bool,
}

/// An item of [`Validation`].
#[derive(Debug, Serialize)]
struct Item {
    severity: &'static str,
    code: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
}

impl Validation {
    /// What the control plane answered.
    ///
    /// # Errors
    /// `InternalFailure` where it left out what it promises.
    pub(crate) fn new(answer: ValidateStateMachineDefinitionResponse) -> Result<Self, ApiError> {
        let result = match answer.result() {
            ValidationResult::Ok => "OK",
            ValidationResult::Fail => "FAIL",
            ValidationResult::Unspecified => return Err(incomplete("a known result")),
        };
        let diagnostics = answer.diagnostics.into_iter().map(item).collect::<Result<_, _>>()?;
        Ok(Self { result, diagnostics, truncated: answer.truncated })
    }
}

fn item(diagnostic: Diagnostic) -> Result<Item, ApiError> {
    let severity = match diagnostic.severity() {
        DiagnosticSeverity::Error => "ERROR",
        DiagnosticSeverity::Warning => "WARNING",
        DiagnosticSeverity::Unspecified => return Err(incomplete("a known severity")),
    };
    let Diagnostic { code, message, location, .. } = diagnostic;
    Ok(Item { severity, code, message, location })
}
