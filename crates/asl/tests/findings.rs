//! Definitions with their findings, as the service prints them.

use stepwell_asl::{executable, invalid_definition, parse};

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
            r#""Retry":[{},{"ErrorEquals":[]},{"ErrorEquals":[1]},7,
               {"ErrorEquals":["a"],"IntervalSeconds":0,"MaxAttempts":-1,"BackoffRate":0.9,
                "MaxDelaySeconds":31622401,"JitterStrategy":"SOME","Next":"S"}]"#,
        ),
        &[
            "These fields are required: [ErrorEquals] at /Retry[0]",
            "Value cannot be empty at /Retry[1]/ErrorEquals",
            "Expected value of type String at /Retry[2]/ErrorEquals[0]",
            "Expected value of type Object at /Retry[3]",
            "Field 'Next' is not supported at /Retry[4]",
            "Minimum value is 1 at /Retry[4]/IntervalSeconds",
            "Minimum value is 0 at /Retry[4]/MaxAttempts",
            "Minimum value is 1.0 at /Retry[4]/BackoffRate",
            "Maximum value is 31622400 at /Retry[4]/MaxDelaySeconds",
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
            let place = finding.location.unwrap();
            format!("{} at {}", finding.message, place.strip_prefix("/States/C").unwrap())
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

#[test]
fn what_the_engine_cannot_execute_is_refused() {
    let state = |fields: &str| {
        let text = format!(r#"{{"StartAt":"S","States":{{"S":{{{fields}}}}}}}"#);
        assert!(parse(&text).definition.is_some(), "{text}: {:?}", parse(&text).findings);
        executable(&text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    };
    let of = |what: &str, field: &str| {
        format!(
            "SCHEMA_VALIDATION_FAILED: {what} is not supported by this version at /States/S/{field}"
        )
    };
    for (fields, expected) in [
        (r#""Type":"Pass","End":true,"Parameters":{}"#, of("The field 'Parameters'", "Parameters")),
        (r#""Type":"Pass","End":true,"Assign":{}"#, of("The field 'Assign'", "Assign")),
        (r#""Type":"Pass","End":true,"InputPath":"$v""#, of("The variable '$v'", "InputPath")),
        (r#""Type":"Fail","CausePath":"$.c""#, of("The field 'CausePath'", "CausePath")),
        (
            r#""Type":"Pass","End":true,"QueryLanguage":"JSONata""#,
            of("The query language 'JSONata'", "QueryLanguage"),
        ),
        (
            r#""Type":"Task","End":true,"Resource":"arn:aws:states:::lambda:invoke""#,
            of("The resource 'arn:aws:states:::lambda:invoke'", "Resource"),
        ),
        (
            r#""Type":"Task","End":true,"Resource":"arn:aws:lambda:r:1:function:f","TimeoutSecondsPath":"$.t""#,
            of("The field 'TimeoutSecondsPath'", "TimeoutSecondsPath"),
        ),
        (
            r#""Type":"Map","End":true,"Iterator":{"StartAt":"P","States":{"P":{"Type":"Succeed"}}}"#,
            of("The state type 'Map'", "Type"),
        ),
    ] {
        let found: Vec<String> = state(fields);
        assert_eq!(found, [expected], "{fields}");
    }
    let nested = r#"{"StartAt":"S","States":{"S":{"Type":"Parallel","End":true,"Branches":[
        {"StartAt":"N","States":{"N":{"Type":"Wait","SecondsPath":"$v","End":true}}}]}}}"#;
    assert_eq!(
        invalid_definition(&executable(nested).unwrap_err()),
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The variable '$v' is not \
         supported by this version at /States/S/Branches[0]/States/N/SecondsPath'"
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
