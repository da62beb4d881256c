//! ValidateStateMachineDefinition: findings, their number, and requests that are none.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "suite/lossy.rs"]
#[allow(dead_code, reason = "another test uses it")]
mod lossy;
#[path = "suite/nodes.rs"]
#[allow(dead_code, reason = "another test uses the rest")]
mod nodes;

use nodes::Suite;
use stepwell_api::controlplane::*;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_service_kit::Limits;

const PASS: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;

fn validate(definition: &str) -> ValidateStateMachineDefinitionRequest {
    ValidateStateMachineDefinitionRequest { definition: definition.into(), ..Default::default() }
}

#[tokio::test]
async fn a_definition_is_validated_with_all_its_findings() {
    let mut client = Suite::start(Limits::default()).await.client;
    let two = r#"{"States":{"A":{"Type":"Pass"}}}"#;
    let warned =
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Result":{"a.$":"$.a"},"End":true}}}"#;
    let activity = r#"{"StartAt":"A","States":{"A":{"Type":"Task","End":true,
        "Resource":"arn:aws:states:us-east-1:000000000000:activity:a"}}}"#;
    let warning = DiagnosticSeverity::Warning.into();
    let express = Some("EXPRESS".to_owned());
    let none = (ValidationResult::Ok, 0, false);
    for (request, expected) in [
        (validate(PASS), none),
        (validate(" "), (ValidationResult::Fail, 1, false)),
        (validate(two), (ValidationResult::Fail, 2, false)),
        (
            ValidateStateMachineDefinitionRequest { max_results: Some(0), ..validate(two) },
            (ValidationResult::Fail, 2, false),
        ),
        (
            ValidateStateMachineDefinitionRequest { max_results: Some(1), ..validate(two) },
            (ValidationResult::Fail, 1, true),
        ),
        (validate(warned), none),
        (
            ValidateStateMachineDefinitionRequest { severity: warning, ..validate(warned) },
            (ValidationResult::Ok, 1, false),
        ),
        (validate(activity), none),
        (
            ValidateStateMachineDefinitionRequest { r#type: express, ..validate(activity) },
            (ValidationResult::Fail, 1, false),
        ),
    ] {
        let answer = client.validate_state_machine_definition(request.clone()).await;
        let answer = answer.unwrap().into_inner();
        let found = (answer.result(), answer.diagnostics.len(), answer.truncated);
        assert_eq!(found, expected, "{request:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_validation_that_is_none_is_refused() {
    let mut client = Suite::start(Limits::default()).await.client;
    let request = ValidateStateMachineDefinitionRequest {
        definition: String::new(),
        r#type: Some("X".into()),
        severity: 7,
        max_results: Some(101),
    };
    let refused = client.validate_state_machine_definition(request).await.unwrap_err();
    let refused = ApiError::from(refused);
    assert_eq!(refused.code(), ErrorCode::ValidationException);
    let message = refused.message();
    assert!(message.starts_with("4 validation errors detected: "), "{message}");
    for member in ["'definition'", "'type'", "'severity'", "'maxResults'"] {
        assert!(message.contains(member), "{message}");
    }
}
