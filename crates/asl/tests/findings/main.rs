//! Definitions with their findings, as the service prints them.

mod choice;
mod express;
mod jsonata;
mod machine;
mod states;
mod work;

use stepwell_asl::parse;

/// Checks that `text` has exactly these findings, each `<CODE>: <message> at <place>`.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let parsed = parse(text);
    let found: Vec<_> = parsed.findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{text}");
    assert_eq!(parsed.definition.is_some(), expected.is_empty(), "{text}");
}

/// Checks a machine with the one state `S`, whose fields are `fields`, for schema findings;
/// places are those below the state.
#[track_caller]
fn check_state(fields: &str, expected: &[&str]) {
    let text = format!(r#"{{"StartAt":"S","States":{{"S":{{{fields}}}}}}}"#);
    let expected: Vec<_> = expected
        .iter()
        .map(|finding| {
            let (message, place) = finding.rsplit_once(" at ").unwrap_or((finding, ""));
            format!("SCHEMA_VALIDATION_FAILED: {message} at /States/S{place}")
        })
        .collect();
    check(&text, &expected.iter().map(String::as_str).collect::<Vec<_>>());
}
