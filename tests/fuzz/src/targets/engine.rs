//! Definitions, and the executions of those that are whole.

use crate::{run, texts};
use stepwell_asl::{executable, invalid_definition, parse, unsupported_in_express};
use stepwell_json::Value;

/// A definition is whole or has findings, each with its place, and `executable` agrees.
pub(super) fn definition(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let parsed = parse(text);
    match &parsed.definition {
        Some(definition) => {
            let _ = unsupported_in_express(definition);
            for flow in definition.flows() {
                for state in flow.states() {
                    assert!(flow.location_of(state).starts_with('/'), "{}", state.name);
                }
            }
        }
        None => assert!(!parsed.findings.is_empty(), "refused without a finding"),
    }
    if let Err(findings) = executable(text) {
        assert!(!invalid_definition(&findings).is_empty());
    }
}

/// A payload template, and the input that it is filled from.
pub(super) fn template(input: &[u8]) {
    wrapped(input, |template| {
        format!(
            r#"{{"StartAt":"A","States":{{"A":{{"Type":"Pass","Parameters":{template},"Assign":{{"x.$":"$"}},"Next":"B"}},"B":{{"Type":"Pass","Parameters":{{"x.$":"$x"}},"End":true}}}}}}"#
        )
    });
}

/// A call of an intrinsic function, and the input that it takes its arguments from.
pub(super) fn intrinsic(input: &[u8]) {
    wrapped(input, |call| {
        let call = Value::from(call).to_json();
        format!(
            r#"{{"StartAt":"A","States":{{"A":{{"Type":"Pass","Parameters":{{"a.$":{call}}},"End":true}}}}}}"#
        )
    });
}

/// The rules of a Choice state, and the input that they test.
pub(super) fn choice(input: &[u8]) {
    wrapped(input, |rules| {
        format!(
            r#"{{"StartAt":"A","States":{{"A":{{"Type":"Choice","Choices":[{rules}],"Default":"B"}},"B":{{"Type":"Pass","Next":"C"}},"C":{{"Type":"Succeed"}}}}}}"#
        )
    });
}

fn wrapped(input: &[u8], definition: impl Fn(&str) -> String) {
    let Some(texts) = texts(input) else { return };
    let (part, document) = match texts.as_slice() {
        [part, document] => (*part, *document),
        [part] => (*part, "{}"),
        _ => return,
    };
    if let Ok(definition) = executable(&definition(part)) {
        run::execute(&definition, document, b"");
    }
}

/// A definition, an input, and what becomes of the tasks.
pub(super) fn execution(input: &[u8]) {
    let Some(texts) = texts(input) else { return };
    let (definition, document, outcomes) = match texts.as_slice() {
        [definition] => (*definition, "{}", ""),
        [definition, document] => (*definition, *document, ""),
        [definition, document, outcomes] => (*definition, *document, *outcomes),
        _ => return,
    };
    if let Ok(definition) = executable(definition) {
        run::execute(&definition, document, outcomes.as_bytes());
    }
}
