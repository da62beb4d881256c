//! The fields of the types.

use crate::{check, check_state};
use stepwell_asl::parse;

#[test]
fn fields_of_the_types() {
    check_state(r#""Type":"Succeed","End":true"#, &["Field 'End' is not supported"]);
    check_state(r#""Type":"Fail","InputPath":"$""#, &["Field 'InputPath' is not supported"]);
    check_state(
        r#""Type":"Pass","End":true,"TimeoutSeconds":1,"Retry":[],"Resulted":1"#,
        &[
            "Field 'TimeoutSeconds' is not supported",
            "Field 'Retry' is not supported",
            "Field 'Resulted' is not supported",
        ],
    );
    check_state(
        r#""Type":"Pass","End":true,"InputPath":"a","OutputPath":3,"ResultPath":"$.a[*]""#,
        &[
            "Value must be a valid JSONPath. at /InputPath",
            "Expected value of type String at /OutputPath",
            "Value is not a Reference Path at /ResultPath",
        ],
    );
    check_state(
        r#""Type":"Pass","End":true,"ResultPath":"$$.a""#,
        &["Value is not a Reference Path at /ResultPath"],
    );
    check_state(
        r#""Type":"Fail","Error":1,"Cause":"c","CausePath":"$.c""#,
        &[
            "There should only be one of the following fields: [Cause, CausePath]",
            "Expected value of type String at /Error",
        ],
    );
    check_state(
        r#""Type":"Parallel","End":true,"Branches":[]"#,
        &["Value cannot be empty at /Branches"],
    );
    check_state(r#""Type":"Parallel","End":true"#, &["These fields are required: [Branches]"]);
}

#[test]
fn waits() {
    let all = "following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]";
    check_state(
        r#""Type":"Wait","End":true"#,
        &[&format!("This object should have only one of the {all}")],
    );
    check_state(
        r#""Type":"Wait","End":true,"Seconds":1,"TimestampPath":"$.t""#,
        &[&format!("There should only be one of the {all}")],
    );
    for (value, expected) in [
        ("-1", "Minimum value is 0"),
        ("100000000", "Maximum value is 99999999"),
        ("1e400", "Expected value of type Integer"),
        ("1.5", "Expected value of type Integer"),
        ("\"1\"", "Expected value of type Integer"),
        ("123456789012345678901234567890", "Maximum value is 99999999"),
    ] {
        let fields = format!(r#""Type":"Wait","End":true,"Seconds":{value}"#);
        check_state(&fields, &[&format!("{expected} at /Seconds")]);
    }
    check_state(
        r#""Type":"Wait","End":true,"Timestamp":"2016-03-14 01:59:00Z""#,
        &["String does not match RFC3339 timestamp at /Timestamp"],
    );
    check_state(
        r#""Type":"Wait","End":true,"SecondsPath":"seconds""#,
        &["Value is not a Reference Path: Reference path didn't start with '$' at /SecondsPath"],
    );
}

#[test]
fn tasks() {
    let task = |fields: &str| {
        let resource = "arn:aws:states:us-east-1:000000000000:activity:Pack";
        format!(r#""Type":"Task","Resource":"{resource}","End":true,{fields}"#)
    };
    check_state(r#""Type":"Task","End":true"#, &["These fields are required: [Resource]"]);
    check_state(
        r#""Type":"Task","End":true,"Resource":"pack""#,
        &["Value is not a valid resource ARN at /Resource"],
    );
    check_state(
        r#""Type":"Task","End":true,"Resource":"arn:aws:states:::dynamodb:query""#,
        &["The resource provided arn:aws:states:::dynamodb:query is not recognized. The value is \
           not a valid resource ARN, or the resource is not available in this region. at /Resource"],
    );
    check_state(
        &task(r#""TimeoutSeconds":10,"HeartbeatSeconds":10"#),
        &["The value of 'HeartbeatSeconds' must be less than that of 'TimeoutSeconds' at \
           /HeartbeatSeconds"],
    );
    check_state(
        &task(r#""TimeoutSeconds":0,"TimeoutSecondsPath":"$.t""#),
        &["There should only be one of the following fields: [TimeoutSeconds, TimeoutSecondsPath]"],
    );
    check_state(&task(r#""HeartbeatSeconds":0"#), &["Minimum value is 1 at /HeartbeatSeconds"]);
}

#[test]
fn retriers_and_catchers() {
    let task = |fields: &str| {
        let resource = "arn:aws:lambda:us-east-1:000000000000:function:f";
        format!(r#""Type":"Task","Resource":"{resource}","End":true,{fields}"#)
    };
    let all = "States.ALL must appear alone and at end of list";
    check_state(
        &task(
            r#""Retry":[{"ErrorEquals":["States.ALL"]},{"ErrorEquals":["a","States.ALL"]}],
               "Catch":[{"ErrorEquals":["States.ALL"],"Next":"S"}]"#,
        ),
        &[
            &format!("{all} at /Retry[0]/ErrorEquals[0]"),
            &format!("{all} at /Retry[1]/ErrorEquals[1]"),
        ],
    );
    check_state(
        &task(
            r#""Retry":[{},{"ErrorEquals":[],"MaxAttempts":-1},{"ErrorEquals":[1]},7,
               {"ErrorEquals":["a"],"IntervalSeconds":0,"MaxAttempts":-1,"BackoffRate":0.9,
                "MaxDelaySeconds":31622400,"JitterStrategy":"SOME","Next":"S"}]"#,
        ),
        &[
            "These fields are required: [ErrorEquals] at /Retry[0]",
            "Value cannot be empty at /Retry[1]/ErrorEquals",
            "Minimum value is 0 at /Retry[1]/MaxAttempts",
            "Expected value of type String at /Retry[2]/ErrorEquals[0]",
            "Expected value of type Object at /Retry[3]",
            "Field 'Next' is not supported at /Retry[4]",
            "Minimum value is 1 at /Retry[4]/IntervalSeconds",
            "Minimum value is 0 at /Retry[4]/MaxAttempts",
            "Minimum value is 1.0 at /Retry[4]/BackoffRate",
            "Maximum value is 31622399 at /Retry[4]/MaxDelaySeconds",
            "Value should be one of the following: [NONE, FULL] at /Retry[4]/JitterStrategy",
        ],
    );
    check_state(
        &task(r#""Retry":[{"ErrorEquals":["a"],"IntervalSeconds":9,"MaxDelaySeconds":8}]"#),
        &["The value of 'MaxDelaySeconds' must not be less than that of 'IntervalSeconds' at \
           /Retry[0]/MaxDelaySeconds"],
    );
    check_state(
        &task(r#""Catch":[{"ErrorEquals":["a"],"ResultPath":"x"}],"Retry":{}"#),
        &[
            "These fields are required: [Next] at /Catch[0]",
            "Value is not a Reference Path: Reference path didn't start with '$' at \
             /Catch[0]/ResultPath",
            "Expected value of type Array at /Retry",
        ],
    );
}

#[test]
fn templates_and_variables() {
    let call = "must be a valid JSONPath or a valid intrinsic function call";
    check_state(
        r#""Type":"Pass","End":true,
           "Parameters":{"a.$":"x","b":[{"c.$":1,"d.$":"States.Format('\\n')"}],"e":1,"e.$":"$.e"}"#,
        &[
            &format!("The value for the field 'a.$' {call} at /Parameters"),
            "There should only be one of the following fields: [e, e.$] at /Parameters",
            &format!("The value for the field 'c.$' {call} at /Parameters/b[0]"),
            &format!("The value for the field 'd.$' {call} at /Parameters/b[0]"),
        ],
    );
    check_state(
        r#""Type":"Fail","ErrorPath":"States.MathAdd(1, 2)","CausePath":"$.c.""#,
        &[
            &format!("The value for the field 'ErrorPath' {call} at /ErrorPath"),
            &format!("The value for the field 'CausePath' {call} at /CausePath"),
        ],
    );
    check(
        r#"{"StartAt":"S","States":{"S":{"Type":"Pass","End":true,"Assign":{"states":1,"a b":2,"c.$":"$.c"}}}}"#,
        &[
            "RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at \
             /States/S/Assign/states",
            "INVALID_VARIABLE_NAME: Invalid variable name 'a b': the variable name contains \
             invalid characters. at /States/S/Assign/a b",
        ],
    );
}

#[test]
fn inner_scopes_assign_no_name_of_an_outer_one() {
    let inner = r#"{"StartAt":"I","States":{
        "I":{"Type":"Pass","Next":"D","Assign":{"x":1,"y":1}},
        "D":{"Type":"Parallel","End":true,"Catch":[{"ErrorEquals":["E"],"Next":"I","Assign":{"z":1,"u":1}}],
             "Branches":[{"StartAt":"J","States":{"J":{"Type":"Pass","End":true,"Assign":{"y":2,"u":1}}}}]}}}"#;
    let other = r#"{"StartAt":"K","States":{"K":{"Type":"Pass","End":true,"Assign":{"u":1}}}}"#;
    check(
        &format!(
            r#"{{"StartAt":"P","States":{{
                "P":{{"Type":"Parallel","Next":"C","Branches":[{inner},{other}]}},
                "C":{{"Type":"Choice","Choices":[{{"Variable":"$.a","IsNull":true,"Next":"Q",
                      "Assign":{{"z.$":"$"}}}}],"Default":"Q"}},
                "Q":{{"Type":"Pass","End":true,"Assign":{{"x":1}}}}}}}}"#
        ),
        &[
            "SCHEMA_VALIDATION_FAILED: Cannot assign to variable 'x' of an outer scope at \
             /States/P/Branches[0]/States/I/Assign/x",
            "SCHEMA_VALIDATION_FAILED: Cannot assign to variable 'z' of an outer scope at \
             /States/P/Branches[0]/States/D/Catch[0]/Assign/z",
            "SCHEMA_VALIDATION_FAILED: Cannot assign to variable 'y' of an outer scope at \
             /States/P/Branches[0]/States/D/Branches[0]/States/J/Assign/y",
        ],
    );
}

#[test]
fn map_states() {
    let processor = r#""ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Succeed"}}}"#;
    check_state(
        r#""Type":"Map","End":true"#,
        &["This object should have only one of the following fields: [ItemProcessor, Iterator]"],
    );
    check_state(
        &format!(
            r#""Type":"Map","End":true,{processor},"MaxConcurrency":-1,"ItemsPath":"$.a[*]",
               "ToleratedFailurePercentage":101,"ItemReader":[]"#
        ),
        &[
            "Minimum value is 0 at /MaxConcurrency",
            "Value is not a Reference Path at /ItemsPath",
            "Maximum value is 100.0 at /ToleratedFailurePercentage",
            "Expected value of type Object at /ItemReader",
        ],
    );
    check_state(
        r#""Type":"Map","End":true,"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED"},
           "StartAt":"P","States":{"P":{"Type":"Succeed"}},"QueryLanguage":"JSONata"}"#,
        &[
            "Field 'QueryLanguage' is not supported at /ItemProcessor",
            "These fields are required: [ExecutionType] at /ItemProcessor/ProcessorConfig",
        ],
    );
    let labelled = |label: &str| {
        let text = format!(
            r#"{{"StartAt":"S","States":{{"S":{{"Type":"Map","End":true,{processor},"Label":"{label}"}}}}}}"#
        );
        parse(&text).findings.iter().map(|finding| finding.code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(labelled("a-b"), [""; 0]);
    for label in ["", "a b", "a\\u0001", "a/b", &"l".repeat(41)] {
        assert_eq!(labelled(label), ["INVALID_LABEL_NAME"], "{label}");
    }
}

#[test]
fn warnings_leave_a_definition() {
    let parsed = parse(
        r#"{"StartAt":"A","States":{
            "A":{"Type":"Pass","Result":{"a.$":"$.a"},"Next":"B"},
            "B":{"Type":"Pass","Parameters":{"a":"$.a"},"Next":"C"},
            "C":{"Type":"Fail","Error":"$.error"}}}"#,
    );
    let codes: Vec<_> = parsed.findings.iter().map(|finding| finding.code.to_string()).collect();
    assert_eq!(codes, ["PASS_RESULT_IS_STATIC", "NO_DOLLAR", "NO_PATH"]);
    assert!(parsed.definition.is_some());
}
