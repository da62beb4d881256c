//! Task states that call services, and Map states whose iterations are executions.

use super::{check, check_state};
use stepwell_asl::ast::{CallPattern, Resource, StateKind, Text};
use stepwell_asl::parse;

const SQS: &str = r#""Type":"Task","End":true,"Resource":"arn:aws:states:::sqs:sendMessage""#;

fn task(fields: &str) -> stepwell_asl::ast::Task {
    let text = format!(r#"{{"StartAt":"S","States":{{"S":{{{fields}}}}}}}"#);
    let parsed = parse(&text);
    let definition = parsed.definition.unwrap_or_else(|| panic!("{:?}", parsed.findings));
    match &definition.main().states()[0].kind {
        StateKind::Task(task) => task.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_call_ends_as_its_resource_says() {
    for (suffix, pattern) in [
        ("", CallPattern::RequestResponse),
        (".sync", CallPattern::Sync),
        (".sync:2", CallPattern::Sync2),
        (".waitForTaskToken", CallPattern::WaitForTaskToken),
    ] {
        let resource = format!("arn:aws:states:::states:startExecution{suffix}");
        let task = task(&format!(r#""Type":"Task","End":true,"Resource":"{resource}""#));
        let Resource::Integration(found) = task.resource else { panic!("{resource}") };
        let action = format!("startExecution{suffix}");
        let expected = ("states", action.as_str(), pattern);
        assert_eq!((&*found.service, &*found.action, found.pattern), expected);
    }
    for call in ["sqs:sendMessage.sync", "dynamodb:query", "aws-sdk:s3:GetObject", "s3:getObject"] {
        let resource = format!("arn:aws:states:::{call}");
        let finding = format!(
            "The resource provided {resource} is not recognized. The value is not a valid \
             resource ARN, or the resource is not available in this region. at /Resource"
        );
        check_state(&format!(r#""Type":"Task","End":true,"Resource":"{resource}""#), &[&finding]);
    }
}

#[test]
fn credentials_name_a_role() {
    let role = |credentials: &str| {
        task(&format!(r#"{SQS},"Credentials":{{{credentials}}}"#)).role_arn.unwrap()
    };
    assert_eq!(role(r#""RoleArn":"arn:r""#), Text::Literal("arn:r".into()));
    assert!(matches!(role(r#""RoleArn.$":"$.role""#), Text::Path(_)));
    assert!(matches!(role(r#""RoleArn.$":"States.Format('{}', $.role)""#), Text::Call(_)));
    let jsonata = r#""QueryLanguage":"JSONata","#;
    let task = task(&format!(
        r#"{jsonata}{SQS},"Credentials":{{"RoleArn":"{{% $states.input.role %}}"}}"#
    ));
    assert!(matches!(task.role_arn, Some(Text::Expression(_))));
    for (credentials, finding) in [
        ("{}", "The field 'RoleArn' is required but was missing at /Credentials"),
        (r#"{"a":1}"#, "The field 'RoleArn' is required but was missing at /Credentials"),
        ("1", "Expected value of type Object at /Credentials"),
        (r#"{"RoleArn":1}"#, "Expected value of type String at /Credentials/RoleArn"),
        (
            r#"{"RoleArn.$":"role"}"#,
            "The value for the field 'RoleArn.$' must be a valid JSONPath or a valid intrinsic \
             function call at /Credentials",
        ),
    ] {
        check_state(&format!(r#"{SQS},"Credentials":{credentials}"#), &[finding]);
    }
    check(
        &format!(
            r#"{{"StartAt":"S","States":{{"S":{{{jsonata}{SQS},"Credentials":{{"RoleArn":"{{% ( %}}"}}}}}}}}"#
        ),
        &["INVALID_JSONATA_EXPRESSION: S0203: Expected \")\" before end of expression at \
           /States/S/Credentials/RoleArn"],
    );
}

fn map(mode: &str, fields: &str) -> String {
    format!(
        r#""Type":"Map","End":true,{fields},"ItemProcessor":{{"ProcessorConfig":{mode},
           "StartAt":"P","States":{{"P":{{"Type":"Succeed"}}}}}}"#
    )
}

const DISTRIBUTED: &str = r#"{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}"#;

#[test]
fn distributed_maps_read_batch_and_write() {
    let reader = |config: &str| {
        format!(
            r#""ItemReader":{{"Resource":"arn:aws:states:::s3:getObject",
               "Parameters":{{"Bucket":"b","Key.$":"$.k"}},"ReaderConfig":{config}}}"#
        )
    };
    for fields in [
        reader(r#"{"InputType":"JSON","MaxItems":100000000}"#),
        reader(r#"{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW","CSVDelimiter":"TAB"}"#),
        reader(
            r#"{"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["a","a"],"MaxItemsPath":"$.m"}"#,
        ),
        reader(r#"{"InputType":"MANIFEST","ManifestType":"S3_INVENTORY"}"#),
        r#""ItemReader":{"Resource":"arn:aws:states:::s3:listObjectsV2",
           "Parameters":{"Bucket":"b"}}"#
            .into(),
        r#""ItemBatcher":{"MaxItemsPerBatch":2,"BatchInput":{"a.$":"$.a"}},
           "ResultWriter":{"Resource":"arn:aws:states:::s3:putObject",
           "Parameters":{"Bucket":"b","Prefix":"p"}},"Label":"L","ToleratedFailureCount":1"#
            .into(),
        r#""ResultWriter":{"WriterConfig":{"OutputType":"JSONL","Transformation":"COMPACT"}}"#
            .into(),
    ] {
        check_state(&map(DISTRIBUTED, &fields), &[]);
    }
    let inline = map(r#"{"Mode":"INLINE"}"#, r#""ItemBatcher":{"MaxItemsPerBatch":2}"#);
    check_state(&inline, &["Field 'ItemBatcher' is not supported"]);
}

#[test]
fn what_distributed_maps_refuse() {
    let reader = |config: &str| {
        format!(
            r#""ItemReader":{{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{config}}}"#
        )
    };
    let config = "/ItemReader/ReaderConfig";
    for (fields, findings) in [
        (reader("{}"), vec![format!("These fields are required: [InputType] at {config}")]),
        (
            reader(r#"{"InputType":"TEXT","MaxItems":0,"Speed":1}"#),
            vec![
                format!("Field 'Speed' is not supported at {config}"),
                format!(
                    "Value should be one of the following: [CSV, JSON, JSONL, PARQUET, MANIFEST] \
                     at {config}/InputType"
                ),
                format!("Minimum value is 1 at {config}/MaxItems"),
            ],
        ),
        (
            reader(r#"{"InputType":"CSV"}"#),
            vec![format!("These fields are required: [CSVHeaderLocation] at {config}")],
        ),
        (
            reader(r#"{"InputType":"CSV","CSVHeaderLocation":"GIVEN"}"#),
            vec![format!("These fields are required: [CSVHeaders] at {config}")],
        ),
        (
            reader(r#"{"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["a",1]}"#),
            vec![format!("Expected value of type String at {config}/CSVHeaders[1]")],
        ),
        (
            r#""ItemReader":{"Resource":"arn:aws:states:::s3:getObject"}"#.into(),
            vec!["These fields are required: [ReaderConfig] at /ItemReader".into()],
        ),
        (
            r#""ResultWriter":{}"#.into(),
            vec!["These fields are required: [Resource] at /ResultWriter".into()],
        ),
        (
            r#""ResultWriter":{"Resource":"arn:aws:states:::s3:getObject"}"#.into(),
            vec![
                "The resource provided arn:aws:states:::s3:getObject is not recognized. The \
                 value is not a valid resource ARN, or the resource is not available in this \
                 region. at /ResultWriter/Resource"
                    .into(),
            ],
        ),
        (
            r#""ItemBatcher":{"BatchInput":{"a.$":1},"MaxInputBytesPerBatch":262145}"#.into(),
            vec![
                "The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic \
                 function call at /ItemBatcher/BatchInput"
                    .into(),
                "Maximum value is 262144 at /ItemBatcher/MaxInputBytesPerBatch".into(),
            ],
        ),
        (
            r#""ItemBatcher":{}"#.into(),
            vec![
                "This object should have at least one of the following fields: \
                  [MaxItemsPerBatch, MaxItemsPerBatchPath, MaxInputBytesPerBatch, \
                  MaxInputBytesPerBatchPath] at /ItemBatcher"
                    .into(),
            ],
        ),
    ] {
        let findings: Vec<_> = findings.iter().map(String::as_str).collect();
        check_state(&map(DISTRIBUTED, &fields), &findings);
    }
}
