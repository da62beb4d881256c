//! What is read, and can't be executed yet.

use stepwell_asl::{executable, invalid_definition, parse};

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
        (
            r#""Type":"Task","End":true,"Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken""#,
            of("The resource 'arn:aws:states:::lambda:invoke.waitForTaskToken'", "Resource"),
        ),
        (
            r#""Type":"Map","End":true,"ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Succeed"}},
               "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}}"#,
            of("The processor mode 'DISTRIBUTED'", "ItemProcessor"),
        ),
        (
            r#""Type":"Map","End":true,"Iterator":{"StartAt":"P","States":{"P":{"Type":"Succeed"}}},
               "ResultWriter":{}"#,
            of("The field 'ResultWriter'", "ResultWriter"),
        ),
    ] {
        let found: Vec<String> = state(fields);
        assert_eq!(found, [expected], "{fields}");
    }
    let nested = r#"{"StartAt":"S","States":{"S":{"Type":"Parallel","End":true,"Branches":[
        {"StartAt":"N","States":{"N":{"Type":"Task","Resource":"arn:aws:states:::sns:publish","End":true}}}]}}}"#;
    assert_eq!(
        invalid_definition(&executable(nested).unwrap_err()),
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The resource \
         'arn:aws:states:::sns:publish' is not supported by this version at \
         /States/S/Branches[0]/States/N/Resource'"
    );
}
