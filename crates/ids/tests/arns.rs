//! ARNs read back as they were written, and the wrong ones are named.

use proptest::prelude::*;
use std::num::NonZeroU32;
use stepwell_ids::{ActivityArn, ArnError, ExecutionArn, StateMachineArn, partition_of};

const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:orders";
const EXECUTION: &str = "arn:aws:states:us-east-1:000000000000:execution:orders:one";
const ACTIVITY: &str = "arn:aws:states:eu-west-3:123456789012:activity:pack";

#[test]
fn arns_read_back_as_written() {
    assert_eq!(StateMachineArn::parse(MACHINE).unwrap().to_string(), MACHINE);
    assert_eq!(ActivityArn::parse(ACTIVITY).unwrap().to_string(), ACTIVITY);
    let execution = ExecutionArn::parse(EXECUTION).unwrap();
    assert_eq!(execution.to_string(), EXECUTION);
    assert_eq!(execution.state_machine().to_string(), MACHINE);
    assert_eq!(execution.name().as_str(), "one");
}

#[test]
fn the_message_says_what_is_wrong() {
    for text in ["", "x", "arn:aws:lambda:us-east-1:000000000000:function:f", "arn:aws:states"] {
        let error = StateMachineArn::parse(text).unwrap_err();
        assert_eq!(error.to_string(), format!("Invalid Arn: 'Invalid ARN prefix: {text}'"));
    }
    let error = ExecutionArn::parse("arn:aws:states:us-east-1:000000000000:express:m:e:u");
    assert_eq!(
        error.unwrap_err().to_string(),
        "Invalid Arn: 'Resource type not valid in this context: express'"
    );
    for text in [
        "arn:aws:states:us-east-1:000000000000:stateMachine:",
        "arn:aws:states:us-east-1:000000000000:stateMachine:a b",
        "arn:aws:states:us-east-1:000000000000:stateMachine:a:b",
        "arn:aws:states:us-east-1:1:stateMachine:a",
        "arn:aws:states::000000000000:stateMachine:a",
    ] {
        assert_eq!(StateMachineArn::parse(text), Err(ArnError::Malformed(text.to_owned())));
    }
}

#[test]
fn placement_is_fixed_and_spreads() {
    let partitions = NonZeroU32::new(256).unwrap();
    let place = |name: &str| {
        let arn = format!("arn:aws:states:us-east-1:000000000000:execution:orders:{name}");
        partition_of(&ExecutionArn::parse(&arn).unwrap(), partitions)
    };
    // Stored data depends on these.
    assert_eq!([place("one"), place("two")], [80, 102]);
    let used: std::collections::HashSet<_> = (0..4096).map(|n| place(&n.to_string())).collect();
    assert!(used.len() > 250, "{} of 256 partitions used", used.len());
}

proptest! {
    #[test]
    fn no_text_panics(text in "(arn:aws:states:)?.{0,60}") {
        let _ = (StateMachineArn::parse(&text), ExecutionArn::parse(&text), ActivityArn::parse(&text));
    }
}
