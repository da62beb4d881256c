//! What Express state machines lack.

use stepwell_asl::{parse, unsupported_in_express};

#[test]
fn waiting_for_workers_jobs_and_callbacks_is_refused_wherever_it_is() {
    let text = r#"{"StartAt":"A","States":{
        "A":{"Type":"Task","Resource":"arn:aws:states:us-east-1:0:activity:a","Next":"B"},
        "B":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Next":"C"},
        "C":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:0:function:f.sync","Next":"D"},
        "D":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"E","States":{
            "E":{"Type":"Task","Resource":"arn:aws:states:::ecs:runTask.sync","Next":"F"},
            "F":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2","Next":"G"},
            "G":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","End":true}
        }}]}}}"#;
    let parsed = parse(text);
    let definition = parsed.definition.unwrap_or_else(|| panic!("{:?}", parsed.findings));
    let found = unsupported_in_express(&definition);
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    let of = |what: &str, place: &str| {
        let code = "SCHEMA_VALIDATION_FAILED";
        format!("{code}: Express state machine does not support {what} at {place}/Resource")
    };
    assert_eq!(
        found,
        [
            of("Activity ARN", "/States/A"),
            of("'.sync' service integration ", "/States/D/Branches[0]/States/E"),
            of("'.sync' service integration ", "/States/D/Branches[0]/States/F"),
            of("'.waitForTaskToken' service integration ", "/States/D/Branches[0]/States/G"),
        ]
    );
}
