//! ValidateStateMachineDefinition: the findings of the language, and nothing about what this
//! version can run.

use crate::service::Shared;
use stepwell_api::controlplane::{
    Diagnostic, DiagnosticSeverity, ValidateStateMachineDefinitionRequest,
    ValidateStateMachineDefinitionResponse, ValidationResult,
};
use stepwell_api::{ApiError, Violations};
use stepwell_asl::{Finding, Parsed, Severity, parse, unsupported_in_express};
use tonic::Request;

/// Most diagnostics of an answer (API reference, `maxResults`).
const MAX_RESULTS: i32 = 100;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ValidateStateMachineDefinitionRequest>,
) -> Result<ValidateStateMachineDefinitionResponse, ApiError> {
    let request = request.into_inner();
    let least = check(shared, &request)?;
    let (result, mut findings) = validate(&request);
    findings.retain(|finding| finding.severity >= least);
    let most = request.max_results.filter(|most| *most > 0).unwrap_or(MAX_RESULTS);
    let most = usize::try_from(most).unwrap_or_default();
    let truncated = findings.len() > most;
    let diagnostics = findings.into_iter().take(most).map(diagnostic).collect();
    Ok(ValidateStateMachineDefinitionResponse { result: result.into(), diagnostics, truncated })
}

/// Checks the members, and gives the least severity to report.
fn check(
    shared: &Shared,
    request: &ValidateStateMachineDefinitionRequest,
) -> Result<Severity, ApiError> {
    let severity = DiagnosticSeverity::try_from(request.severity);
    let unknown = severity.is_err().then(|| request.severity.to_string());
    Violations::new()
        .length("definition", &request.definition, 1, shared.limits.definition_chars)
        .one_of("type", request.r#type.as_deref(), &["STANDARD", "EXPRESS"])
        .one_of("severity", unknown.as_deref(), &["ERROR", "WARNING"])
        .range("maxResults", request.max_results, 0, MAX_RESULTS)
        .finish()?;
    Ok(match severity.unwrap_or_default() {
        DiagnosticSeverity::Warning => Severity::Warning,
        DiagnosticSeverity::Error | DiagnosticSeverity::Unspecified => Severity::Error,
    })
}

fn validate(request: &ValidateStateMachineDefinitionRequest) -> (ValidationResult, Vec<Finding>) {
    let Parsed { definition, mut findings } = parse(&request.definition);
    let Some(definition) = definition else { return (ValidationResult::Fail, findings) };
    if request.r#type.as_deref() == Some("EXPRESS") {
        let unsupported = unsupported_in_express(&definition);
        if !unsupported.is_empty() {
            findings.extend(unsupported);
            return (ValidationResult::Fail, findings);
        }
    }
    (ValidationResult::Ok, findings)
}

fn diagnostic(finding: Finding) -> Diagnostic {
    let severity = match finding.severity {
        Severity::Error => DiagnosticSeverity::Error,
        Severity::Warning => DiagnosticSeverity::Warning,
    };
    Diagnostic {
        severity: severity.into(),
        code: finding.code.to_string(),
        message: finding.message,
        location: finding.location,
    }
}
