//! The document, its flows and their transitions.

use crate::{check, check_state};
use stepwell_asl::{executable, invalid_definition};

#[test]
fn texts_that_are_no_objects() {
    let no_object = "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null";
    for text in ["", " \n", "[]", "null", "\"x\"", "1"] {
        check(text, &[no_object]);
    }
    let place = "[line: 2, column: 3]";
    check("{\n  x", &[&format!("INVALID_JSON_DESCRIPTION: expected '\"' at {place}")]);
    let deep = format!(r#"{{"StartAt":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
    check(&deep, &["TOO_DEEPLY_NESTED: nested too deeply at [line: 1, column: 267]"]);
    check(&"[".repeat(1000), &["TOO_DEEPLY_NESTED: nested too deeply at [line: 1, column: 257]"]);
}

#[test]
fn the_machine() {
    let missing = |fields| format!("SCHEMA_VALIDATION_FAILED: These fields are required: {fields}");
    check("{}", &[&format!("{} at /", missing("[States, StartAt]"))]);
    check(r#"{"StartAt":"A"}"#, &[&format!("{} at /", missing("[States]"))]);
    check(r#"{"States":{"A":{"Type":"Succeed"}}}"#, &[&format!("{} at /", missing("[StartAt]"))]);
    check(
        r#"{"StartAt":1,"States":[],"Version":"2.0","TimeoutSeconds":0,"Comment":{},"Next":"A",
            "QueryLanguage":"SQL"}"#,
        &[
            "SCHEMA_VALIDATION_FAILED: Field 'Next' is not supported at /",
            "SCHEMA_VALIDATION_FAILED: Expected value of type String at /StartAt",
            "SCHEMA_VALIDATION_FAILED: Expected value of type Object at /States",
            "SCHEMA_VALIDATION_FAILED: Value should be one of the following: [1.0] at /Version",
            "SCHEMA_VALIDATION_FAILED: Minimum value is 1 at /TimeoutSeconds",
            "SCHEMA_VALIDATION_FAILED: Expected value of type String at /Comment",
            "SCHEMA_VALIDATION_FAILED: Value should be one of the following: [JSONPath, JSONata] \
             at /QueryLanguage",
        ],
    );
    check(
        r#"{"StartAt":"A","States":{}}"#,
        &["SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States"],
    );
    check(
        r#"{"StartAt":"A","States":{"A":7,"B":{"Type":"Nope"},"C":{}}}"#,
        &[
            "SCHEMA_VALIDATION_FAILED: Expected value of type Object at /States/A",
            "MISSING_TRANSITION_TARGET: State \"B\" is not reachable. at /States/B",
            "SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, \
             Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/B/Type",
            "SCHEMA_VALIDATION_FAILED: These fields are required: [Type] at /States/C",
            "MISSING_TRANSITION_TARGET: State \"C\" is not reachable. at /States/C",
        ],
    );
}

#[test]
fn transitions() {
    check(
        r#"{"StartAt":"pass1","States":{"pass1":{"Type":"Pass","Next":"pass3"},
            "pass2":{"Type":"Pass","End":true}}}"#,
        &[
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: pass3 at /States/pass1/Next",
            "MISSING_TRANSITION_TARGET: State \"pass2\" is not reachable. at /States/pass2",
        ],
    );
    check(
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"A"}}}"#,
        &["MISSING_END_STATE: Workflow has no terminal state at null"],
    );
    check(
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"NOPE"}}}"#,
        &[
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next",
            "MISSING_END_STATE: Workflow has no terminal state at null",
        ],
    );
    check(
        r#"{"StartAt":"X","States":{"A":{"Type":"Succeed"}}}"#,
        &["MISSING_TRANSITION_TARGET: Missing 'StartAt' target: X at /StartAt"],
    );
    check(
        r#"{"StartAt":"C","States":{
            "C":{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true,"Next":"X"}],"Default":"Y"},
            "T":{"Type":"Succeed"}}}"#,
        &[
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/C/Choices[0]/Next",
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: Y at /States/C/Default",
            "MISSING_TRANSITION_TARGET: State \"T\" is not reachable. at /States/T",
        ],
    );
    let one_of = "following fields: [Next, End]";
    check_state(
        r#""Type":"Pass""#,
        &[&format!("This object should have only one of the {one_of}")],
    );
    check_state(
        r#""Type":"Pass","Next":"S","End":true"#,
        &[&format!("There should only be one of the {one_of}")],
    );
    check_state(r#""Type":"Pass","End":"yes""#, &["Expected value of type Boolean at /End"]);
}

#[test]
fn names_and_scopes() {
    let long = "n".repeat(81);
    let cut = "n".repeat(80);
    check(
        &format!(r#"{{"StartAt":"{long}","States":{{"{long}":{{"Type":"Succeed"}}}}}}"#),
        &[&format!(
            "INVALID_STATE_NAME: The state name '{cut}…' exceeds the 80-character limit allowed \
             by the service at /States/{cut}…"
        )],
    );
    check(
        r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
            {"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}},
            {"StartAt":"P","States":{"P":{"Type":"Succeed"}},"QueryLanguage":"JSONPath"}]},
            "B":{"Type":"Succeed"}}}"#,
        &[
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at \
             /States/P/Branches[0]/States/A/Next",
            "SCHEMA_VALIDATION_FAILED: Field 'QueryLanguage' is not supported at \
             /States/P/Branches[1]",
            "DUPLICATE_STATE_NAME: Duplicate State name: P at /States/P/Branches[1]/States/P",
            "MISSING_TRANSITION_TARGET: State \"B\" is not reachable. at /States/B",
            "MISSING_END_STATE: Workflow has no terminal state at null",
        ],
    );
}

#[test]
fn query_languages() {
    check(
        r#"{"QueryLanguage":"JSONata","StartAt":"S","States":{"S":
            {"Type":"Pass","QueryLanguage":"JSONPath","End":true}}}"#,
        &["SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' \
           for whole state machine at /States/S"],
    );
    let only = |ours, field, other| {
        format!(
            "The QueryLanguage is set to '{ours}', but field '{field}' is only supported for the \
             '{other}' QueryLanguage"
        )
    };
    check_state(
        r#""Type":"Pass","End":true,"Output":{}"#,
        &[&only("JSONPath", "Output", "JSONata")],
    );
    check_state(
        r#""Type":"Pass","End":true,"QueryLanguage":"JSONata","Parameters":{},"Output":"{% 1 ""#,
        &[
            &only("JSONata", "Parameters", "JSONPath"),
            "JSONata string must start with {% and end with %} at /Output",
        ],
    );
}

#[test]
fn messages_join_findings() {
    assert_eq!(
        invalid_definition(
            &executable(r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}"#)
                .unwrap_err()
        ),
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: B \
         at /States/A/Next, MISSING_END_STATE: Workflow has no terminal state at null'"
    );
}
