//! What the generator makes is valid, differs by seed, and reaches what it is meant to reach.

#![allow(clippy::unwrap_used, reason = "a test crate")]

use std::collections::BTreeMap;
use stepwell_ids::ExecutionArn;
use stepwell_json::parse;
use stepwell_oracle::{Case, Ending, Latency, Limits, Scenario, Workers, endings};

#[test]
fn scenarios_are_valid_and_end_in_every_way() {
    let execution =
        ExecutionArn::parse("arn:aws:states:us-east-1:000000000000:execution:m:e").unwrap();
    let mut seen = BTreeMap::new();
    let mut count = |what: String| *seen.entry(what).or_insert(0) += 1;
    for seed in 0..400 {
        let scenario = Scenario::generate(seed, Workers::ActivitiesAndFunctions);
        let definition = stepwell_asl::executable(&scenario.definition)
            .unwrap_or_else(|findings| panic!("{seed}: {findings:?} in {}", scenario.definition));
        let found = endings(&Case {
            definition: &definition,
            execution: &execution,
            role_arn: "arn:aws:iam::000000000000:role/r",
            input: &parse(&scenario.input).unwrap(),
            started_ms: 1_795_399_980_000,
            outcomes: &|call| scenario.answer(call),
            latency: Latency::Arbitrary,
            limits: &Limits::default(),
        });
        count(format!("complete: {}", found.complete));
        count(if found.possible.len() > 1 { "races" } else { "no races" }.to_owned());
        for ending in found.possible {
            count(match ending {
                Ending::Succeeded(_) => "succeeded".to_owned(),
                Ending::Failed { error, .. } => error.as_deref().unwrap_or("no error").to_owned(),
                Ending::TimedOut => "timed out".to_owned(),
            });
        }
    }
    for what in [
        "complete: true",
        "no races",
        "races",
        "succeeded",
        "timed out",
        "no error",
        "Broken",
        "Chosen",
        "States.Timeout",
        "States.Runtime",
        "States.QueryEvaluationError",
    ] {
        assert!(seen.contains_key(what), "no {what} in {seen:?}");
    }
    assert!(seen["succeeded"] > 150, "{seen:?}");
}
