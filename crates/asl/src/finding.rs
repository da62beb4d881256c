//! What is wrong with a definition: data, not control flow.

use std::fmt::{self, Display, Formatter};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the definition can be created.
    Warning,
    /// The definition can't be created.
    Error,
}

impl Display for Severity {
    /// As `ValidateStateMachineDefinitionDiagnostic.severity` prints it.
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        })
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What kind it is.
    pub code: Code,
    /// What is wrong and what is allowed, without the place.
    pub message: String,
    /// Where, as the service prints places: `/States/Pay/Catch[0]/Next`. None where the finding
    /// concerns the text as a whole.
    pub location: Option<String>,
}

impl Finding {
    /// An error at `location`.
    #[must_use]
    pub fn error(code: Code, message: impl Into<String>, location: impl Into<String>) -> Self {
        let location = Some(location.into());
        Self { severity: Severity::Error, code, message: message.into(), location }
    }
}

impl Display for Finding {
    /// `<CODE>: <message> at <location>`; a missing location prints as `null`.
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let location = self.location.as_deref().unwrap_or("null");
        write!(out, "{}: {} at {location}", self.code, self.message)
    }
}

/// The message of the `InvalidDefinition` error that reports `findings`.
#[must_use]
pub fn invalid_definition(findings: &[Finding]) -> String {
    let findings: Vec<_> = findings.iter().map(Finding::to_string).collect();
    format!("Invalid State Machine Definition: '{}'", findings.join(", "))
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $text:literal,)+) => {
        /// The kinds of findings, with the names that the service gives them
        /// (API reference, `ValidateStateMachineDefinitionDiagnostic`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $code,)+
        }

        impl Display for Code {
            fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
                out.write_str(match self {
                    $(Self::$code => $text,)+
                })
            }
        }
    };
}

codes! {
    /// A field that is missing, unknown or malformed.
    SchemaValidationFailed = "SCHEMA_VALIDATION_FAILED",
    /// Not JSON.
    InvalidJsonDescription = "INVALID_JSON_DESCRIPTION",
    /// No definition at all.
    MissingDescription = "MISSING_DESCRIPTION",
    /// A flow that can't end.
    MissingEndState = "MISSING_END_STATE",
    /// A transition to a state that does not exist, or a state that none leads to.
    MissingTransitionTarget = "MISSING_TRANSITION_TARGET",
    /// A `Resource` that is not understood.
    InvalidResource = "INVALID_RESOURCE",
    /// A name that two states share, in whatever flows.
    DuplicateStateName = "DUPLICATE_STATE_NAME",
    /// A name of a state that is empty or too long.
    InvalidStateName = "INVALID_STATE_NAME",
    /// A `Label` that two Map states share.
    DuplicateLabelName = "DUPLICATE_LABEL_NAME",
    /// A malformed `Label`.
    InvalidLabelName = "INVALID_LABEL_NAME",
    /// Nesting beyond the bound.
    TooDeeplyNested = "TOO_DEEPLY_NESTED",
    /// A JSONata expression that does not parse.
    InvalidJsonataExpression = "INVALID_JSONATA_EXPRESSION",
    /// A JSONata expression that uses what is not available in its place.
    UnsupportedJsonataExpression = "UNSUPPORTED_JSONATA_EXPRESSION",
    /// An `Assign` to a name that the language keeps for itself.
    ReservedVariableName = "RESERVED_VARIABLE_NAME",
    /// An `Assign` to what is no name of a variable.
    InvalidVariableName = "INVALID_VARIABLE_NAME",
    /// A text that looks like a path, under a key without `.$`.
    NoDollar = "NO_DOLLAR",
    /// A text that looks like a path, in a field that takes none.
    NoPath = "NO_PATH",
    /// A path in the `Result` of a Pass state, where it is only text.
    PassResultIsStatic = "PASS_RESULT_IS_STATIC",
}
