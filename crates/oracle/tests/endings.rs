//! Endings as the language's contract gives them, written by hand.

#![allow(clippy::unwrap_used, reason = "a test crate")]

use stepwell_ids::ExecutionArn;
use stepwell_json::parse;
use stepwell_oracle::{Case, Ending, Endings, Latency, Limits, Outcome, TaskCall, endings};

fn run(
    definition: &str,
    input: &str,
    latency: Latency,
    outcomes: &dyn Fn(&TaskCall<'_>) -> Outcome,
) -> Endings {
    let definition = stepwell_asl::executable(definition).unwrap();
    let execution =
        ExecutionArn::parse("arn:aws:states:us-east-1:000000000000:execution:m:e").unwrap();
    endings(&Case {
        definition: &definition,
        execution: &execution,
        role_arn: "arn:aws:iam::000000000000:role/r",
        input: &parse(input).unwrap(),
        started_ms: 1_795_399_980_000,
        outcomes,
        latency,
        limits: &Limits::default(),
    })
}

fn only(found: &Endings) -> &Ending {
    assert!(found.complete);
    assert_eq!(found.possible.len(), 1, "{found:?}");
    &found.possible[0]
}

fn succeeded(output: &str) -> Ending {
    Ending::Succeeded(parse(output).unwrap())
}

fn failed(error: &str) -> Ending {
    Ending::Failed { error: Some(error.into()), cause: None }
}

fn none(call: &TaskCall<'_>) -> Outcome {
    panic!("{call:?} was not expected")
}

const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";

#[test]
fn data_goes_through_all_fields_of_a_task() {
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{ACTIVITY}","End":true,
        "InputPath":"$.a","Parameters":{{"x.$":"$.n","id.$":"$$.Execution.Name"}},
        "ResultSelector":{{"y.$":"$.r"}},"ResultPath":"$.res","OutputPath":"$.res"}}}}}}"#
    );
    let outcomes = |call: &TaskCall<'_>| {
        assert_eq!(call.input.to_json(), r#"{"x":1,"id":"e"}"#);
        Outcome::Success(parse(r#"{"r":[2]}"#).unwrap())
    };
    let found = run(&definition, r#"{"a":{"n":1}}"#, Latency::Zero, &outcomes);
    assert_eq!(only(&found), &succeeded(r#"{"y":[2]}"#));
}

#[test]
fn retries_are_counted_by_retrier_and_then_caught() {
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{ACTIVITY}","End":true,
        "Parameters":{{"n.$":"$$.State.RetryCount"}},
        "Retry":[{{"ErrorEquals":["A"],"MaxAttempts":1}},{{"ErrorEquals":["B"],"MaxAttempts":2}}],
        "Catch":[{{"ErrorEquals":["A"],"ResultPath":"$.e","Next":"C"}}]}},
        "C":{{"Type":"Pass","End":true}}}}}}"#
    );
    let outcomes = |call: &TaskCall<'_>| {
        let tried = call.input.get("n").and_then(stepwell_json::Value::as_f64).unwrap();
        assert_eq!(tried, f64::from(call.attempt - 1));
        let error = ["A", "B", "B", "A"][call.attempt as usize - 1];
        Outcome::Failure { error: Some(error.into()), cause: None }
    };
    let found = run(&definition, r#"{"k":1}"#, Latency::Zero, &outcomes);
    assert_eq!(only(&found), &succeeded(r#"{"k":1,"e":{"Error":"A","Cause":null}}"#));
}

#[test]
fn any_failing_branch_can_be_the_first_unless_time_decides() {
    let branch = |seconds: u32, error: &str| {
        format!(
            r#"{{"StartAt":"W{error}","States":{{
            "W{error}":{{"Type":"Wait","Seconds":{seconds},"Next":"F{error}"}},
            "F{error}":{{"Type":"Fail","Error":"{error}"}}}}}}"#
        )
    };
    let definition = format!(
        r#"{{"StartAt":"P","States":{{"P":{{"Type":"Parallel","End":true,"Branches":[{},{}]}}}}}}"#,
        branch(2, "A"),
        branch(1, "B")
    );
    assert_eq!(only(&run(&definition, "{}", Latency::Zero, &none)), &failed("B"));
    let found = run(&definition, "{}", Latency::Arbitrary, &none);
    assert_eq!(found.possible, [failed("A"), failed("B")]);
    assert!(found.complete && found.allow(&failed("A")) && !found.allow(&Ending::TimedOut));
}

#[test]
fn items_behind_as_many_failures_as_run_at_once_are_never_reached() {
    let definition = |concurrency: u32| {
        format!(
            r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map","MaxConcurrency":{concurrency},
            "End":true,"ItemProcessor":{{"StartAt":"C","States":{{
              "C":{{"Type":"Choice","Default":"F","Choices":[
                {{"Variable":"$","StringEquals":"ok","Next":"S"}}]}},
              "F":{{"Type":"Fail","ErrorPath":"$"}},"S":{{"Type":"Succeed"}}}}}}}}}}}}"#
        )
    };
    let input = r#"["ok","A","B","C"]"#;
    for (concurrency, expected) in [(1, &["A"][..]), (2, &["A", "B"]), (0, &["A", "B", "C"])] {
        let found = run(&definition(concurrency), input, Latency::Arbitrary, &none);
        let expected: Vec<_> = expected.iter().map(|error| failed(error)).collect();
        assert_eq!(found.possible, expected, "{concurrency}");
    }
    let found = run(&definition(2), r#"["ok","ok"]"#, Latency::Arbitrary, &none);
    assert_eq!(only(&found), &succeeded(r#"["ok","ok"]"#));
}

#[test]
fn silence_runs_into_the_heartbeat_the_timeout_or_the_end_of_the_execution() {
    let definition = |fields: &str, whole: &str| {
        format!(
            r#"{{"StartAt":"T",{whole}"States":{{"T":{{"Type":"Task","Resource":"{ACTIVITY}",
            {fields}"Catch":[{{"ErrorEquals":["States.HeartbeatTimeout"],"Next":"H"}}],
            "End":true}},"H":{{"Type":"Pass","Result":"heart","End":true}}}}}}"#
        )
    };
    let silent = |_: &TaskCall<'_>| Outcome::Silence;
    let end = |fields, whole, latency| run(&definition(fields, whole), "{}", latency, &silent);
    let timeout = r#""TimeoutSeconds":9,"#;
    let both = r#""TimeoutSeconds":9,"HeartbeatSeconds":3,"#;
    assert_eq!(only(&end(both, "", Latency::Zero)), &succeeded(r#""heart""#));
    assert_eq!(only(&end(timeout, "", Latency::Zero)), &failed("States.Timeout"));
    assert_eq!(only(&end("", "", Latency::Zero)), &Ending::TimedOut);
    let whole = r#""TimeoutSeconds":5,"#;
    assert_eq!(only(&end(timeout, whole, Latency::Arbitrary)), &Ending::TimedOut);
    let found = end(both, whole, Latency::Arbitrary);
    assert_eq!(found.possible, [succeeded(r#""heart""#), Ending::TimedOut]);
}

#[test]
fn scopes_read_outer_variables_and_end_with_their_branch() {
    let definition = r#"{"StartAt":"A","QueryLanguage":"JSONata","States":{
      "A":{"Type":"Pass","Assign":{"x":1},"Next":"M"},
      "M":{"Type":"Map","Items":[10,20],"ItemSelector":"{% $x + $states.context.Map.Item.Value %}",
        "ItemProcessor":{"StartAt":"I","States":{
          "I":{"Type":"Pass","Assign":{"y":"{% $states.input * $x %}"},"Next":"J"},
          "J":{"Type":"Pass","Output":"{% [$y, $states.context.Map.Item.Index] %}","End":true}}},
        "Output":{"all":"{% $states.result %}","y":"{% $exists($y) %}"},"End":true}}}"#;
    let found = run(definition, "{}", Latency::Zero, &none);
    assert_eq!(only(&found), &succeeded(r#"{"all":[[11,0],[21,1]],"y":false}"#));
}

#[test]
fn data_errors_are_not_caught_and_expressions_are() {
    let definition = |kind: &str| {
        format!(
            r#"{{"StartAt":"P","States":{{"P":{{"Type":"Parallel","Branches":[
            {{"StartAt":"I","States":{{"I":{{"Type":"Pass",{kind},"End":true}}}}}}],
            "Catch":[{{"ErrorEquals":["States.ALL"],"Next":"C"}}],"End":true}},
            "C":{{"Type":"Pass","InputPath":"$.Error","End":true}}}}}}"#
        )
    };
    let expression = r#""QueryLanguage":"JSONata","Output":"{% $states.input.x %}""#;
    let found = run(&definition(expression), "{}", Latency::Zero, &none);
    assert_eq!(only(&found), &succeeded(r#""States.QueryEvaluationError""#));
    let found = run(&definition(r#""InputPath":"$.x""#), "{}", Latency::Zero, &none);
    let Ending::Failed { error, cause } = only(&found) else { panic!("{found:?}") };
    assert_eq!(error.as_deref(), Some("States.Runtime"));
    let expected = "An error occurred while executing the state 'I' (entered at the event id #0). \
                    Invalid path '$.x' : No results for path: $['x']";
    assert_eq!(cause.as_deref(), Some(expected));
}
