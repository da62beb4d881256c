//! Choice rules.

use stepwell_asl::parse;

/// The findings of a Choice state with these rules, without their codes and the state's place.
fn rule_findings(rules: &str) -> Vec<String> {
    let text = format!(
        r#"{{"StartAt":"C","States":{{"C":{{"Type":"Choice","Choices":[{rules}]}},
            "S":{{"Type":"Succeed"}}}}}}"#
    );
    let findings = parse(&text).findings.into_iter();
    findings
        .filter(|finding| !finding.message.contains("reachable"))
        .map(|finding| {
            let place = finding.location.unwrap_or_default();
            format!("{} at {}", finding.message, place.replacen("/States/C", "", 1))
        })
        .collect()
}

#[test]
fn choice_rules() {
    let one = "The object must have only one of the following fields, [And, Or, Not, Variable, \
               Condition]";
    for (rule, expected) in [
        (r#"{"Variable":"$.a","StringEquals":"x"}"#, "These fields are required: [Next]"),
        (r#"{"Next":"S"}"#, one),
        (r#"{"And":[],"Or":[],"Next":"S"}"#, one),
        (
            r#"{"Variable":"$.a","NumericEquals":"1","Next":"S"}"#,
            "Expected value of type Number at /NumericEquals",
        ),
        (
            r#"{"Variable":"$.a","BooleanEquals":"true","Next":"S"}"#,
            "Expected value of type Boolean at /BooleanEquals",
        ),
        (
            r#"{"Variable":"$.a","IsNull":"true","Next":"S"}"#,
            "Expected value of type Boolean at /IsNull",
        ),
        (
            r#"{"Variable":"$.a","StringEqualsPath":"a","Next":"S"}"#,
            "Value is not a Reference Path: Reference path didn't start with '$' at /StringEqualsPath",
        ),
        (
            r#"{"Variable":"$.a[*]","IsNull":true,"Next":"S"}"#,
            "Value is not a Reference Path at /Variable",
        ),
        (
            r#"{"Variable":"$.a","TimestampEquals":"2016","Next":"S"}"#,
            "String does not match RFC3339 timestamp at /TimestampEquals",
        ),
        (
            r#"{"Variable":"$.a","StringLike":"x","IsNull":true,"Next":"S"}"#,
            "Field 'StringLike' is not supported",
        ),
        (
            r#"{"Not":{"Variable":"$.a","IsNull":true,"Next":"S"},"Next":"S"}"#,
            "Field 'Next' is not supported at /Not",
        ),
        (r#"{"And":[{"Or":[]}],"Next":"S"}"#, "Value cannot be empty at /And[0]/Or"),
        (
            r#"{"Condition":"{% true %}","Next":"S"}"#,
            "The QueryLanguage is set to 'JSONPath', but field 'Condition' is only supported for the 'JSONata' QueryLanguage",
        ),
    ] {
        let (message, place) = expected.split_once(" at ").unwrap_or((expected, ""));
        assert_eq!(rule_findings(rule), [format!("{message} at /Choices[0]{place}")], "{rule}");
    }
    let found = rule_findings(r#"{"Variable":"$.a","Next":"S"}"#);
    let list = "[StringEquals, StringEqualsPath, StringLessThan,";
    let start = "This object should have only one of the following fields";
    assert!(found[0].starts_with(&format!("{start}: {list}")), "{found:?}");
    let found = rule_findings(r#"{"Variable":"$.a","IsNull":true,"IsString":true,"Next":"S"}"#);
    let start = "There should only be one of the following fields";
    assert!(found[0].starts_with(&format!("{start}: {list}")), "{found:?}");
    assert_eq!(rule_findings(""), ["Value cannot be empty at /Choices"]);
}
