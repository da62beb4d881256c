//! Definitions that are right: what the tree holds, and that no text brings the parser down.

use proptest::prelude::*;
use std::time::{Duration, Instant};
use stepwell_asl::ast::{
    DataPath, FlowId, JitterStrategy, Quantity, Resource, StateId, StateKind, Transition, WaitUntil,
};
use stepwell_asl::{Data, executable, matches, parse};
use stepwell_json::Value;

/// An order is paid, packed and shipped; a refused card is told to the customer.
const ORDER: &str = r#"{
  "Comment": "Order fulfilment", "StartAt": "Validate", "TimeoutSeconds": 3600, "Version": "1.0",
  "States": {
    "Validate": {"Type": "Choice", "Choices": [
      {"And": [{"Variable": "$.total", "NumericGreaterThan": 0},
               {"Not": {"Variable": "$.items", "IsNull": true}}], "Next": "Charge"}],
      "Default": "Rejected"},
    "Charge": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:charge",
      "TimeoutSeconds": 30, "ResultPath": "$.payment",
      "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "MaxAttempts": 5, "BackoffRate": 1.5},
                {"ErrorEquals": ["States.ALL"]}],
      "Catch": [{"ErrorEquals": ["CardRefused"], "ResultPath": "$.error", "Next": "Tell"},
                {"ErrorEquals": ["States.ALL"], "Next": "Rejected"}],
      "Next": "Fulfil"},
    "Fulfil": {"Type": "Parallel", "ResultPath": null, "Next": "Cool off", "Branches": [
      {"StartAt": "Pack", "States": {"Pack": {"Type": "Task",
        "Resource": "arn:aws:states:us-east-1:000000000000:activity:Pack",
        "HeartbeatSeconds": 10, "TimeoutSeconds": 60, "InputPath": "$.items", "End": true}}},
      {"StartAt": "Notify", "States": {
        "Notify": {"Type": "Pass", "Result": "told", "Next": "Inner"},
        "Inner": {"Type": "Parallel", "End": true, "Branches": [
          {"StartAt": "Deep", "States": {"Deep": {"Type": "Succeed"}}}]}}}]},
    "Cool off": {"Type": "Wait", "Seconds": 2, "Next": "Until"},
    "Until": {"Type": "Wait", "TimestampPath": "$.until", "Next": "Done"},
    "Tell": {"Type": "Pass", "OutputPath": "$.error", "Next": "Done"},
    "Rejected": {"Type": "Fail", "Error": "Rejected", "Cause": "The order is not valid."},
    "Done": {"Type": "Succeed"}
  }
}"#;

#[test]
fn an_order_compiles() {
    let definition = executable(ORDER).unwrap();
    assert_eq!(definition.timeout_seconds, Some(3600));
    let main = definition.main();
    let names: Vec<_> = main.states().iter().map(|state| &*state.name).collect();
    assert_eq!(
        names,
        ["Validate", "Charge", "Fulfil", "Cool off", "Until", "Tell", "Rejected", "Done"]
    );
    let charge = main.state(StateId(1));
    let StateKind::Task(task) = &charge.kind else { panic!("{charge:?}") };
    assert!(matches!(&task.resource, Resource::Function(arn) if arn.ends_with(":charge")));
    assert_eq!((&task.timeout, &task.heartbeat), (&Some(Quantity::Literal(30)), &None));
    assert_eq!(charge.transition(), Some(Transition::Next(StateId(2))));
    assert_eq!(charge.retry[0].interval_seconds, 2);
    let defaults = &charge.retry[1];
    assert_eq!((defaults.interval_seconds, defaults.max_attempts), (1, 3));
    assert_eq!((defaults.backoff_rate, defaults.jitter_strategy), (2.0, JitterStrategy::None));
    let caught =
        |error| charge.catch.iter().find(|c| matches(&c.error_equals, Some(error))).map(|c| c.next);
    assert_eq!(caught("CardRefused"), Some(StateId(5)));
    assert_eq!(caught("Other"), Some(StateId(6)));
    assert_eq!(caught("States.Runtime"), None);
    let StateKind::Wait(wait) = &main.state(StateId(4)).kind else { panic!() };
    assert!(matches!(&wait.until, WaitUntil::TimestampPath(path) if path.text() == "$.until"));
}

#[test]
fn flows_are_numbered_in_document_order() {
    let definition = executable(ORDER).unwrap();
    let places: Vec<_> = definition
        .flows()
        .iter()
        .map(|flow| (flow.id.0, flow.parent.map(|(f, s)| (f.0, s.0)), &*flow.location))
        .collect();
    assert_eq!(
        places,
        [
            (0, None, "/"),
            (1, Some((0, 2)), "/States/Fulfil/Branches[0]"),
            (2, Some((0, 2)), "/States/Fulfil/Branches[1]"),
            (3, Some((2, 1)), "/States/Fulfil/Branches[1]/States/Inner/Branches[0]"),
        ]
    );
    let fulfil = definition.main().state(StateId(2));
    assert_eq!(fulfil.data.result_path, DataPath::Nothing);
    let StateKind::Parallel(parallel) = &fulfil.kind else { panic!("{fulfil:?}") };
    assert_eq!(parallel.branches, [FlowId(1), FlowId(2)]);
    assert_eq!(&*definition.flow(FlowId(3)).state(StateId(0)).name, "Deep");
    assert!(definition.contains(FlowId(3), StateId(0)));
    assert!(!definition.contains(FlowId(3), StateId(1)));
    assert!(!definition.contains(FlowId(4), StateId(0)));
}

#[test]
fn the_first_rule_that_holds_is_taken() {
    let definition = executable(ORDER).unwrap();
    let StateKind::Choice(choice) = &definition.main().state(StateId(0)).kind else { panic!() };
    let evaluate = |input: &str| {
        let input = stepwell_json::parse(input).unwrap();
        let variables = &stepwell_json::Object::default();
        choice.rules[0].evaluate(Data { input: &input, context: &Value::Null, variables })
    };
    assert_eq!(evaluate(r#"{"total":1,"items":[]}"#), Ok(true));
    assert_eq!(evaluate(r#"{"total":1.5e0,"items":null}"#), Ok(false));
    // The first operand decides, so that the second is not looked at.
    assert_eq!(evaluate(r#"{"total":"1"}"#), Ok(false));
    assert_eq!(
        evaluate(r#"{"total":1}"#).unwrap_err().to_string(),
        "Invalid path '$.items': The choice state's condition path references an invalid value."
    );
}

/// A definition of `count` states in a row, each with the text of `fields`.
fn row(count: usize, fields: &str) -> String {
    let mut text = r#"{"StartAt":"s0","States":{"#.to_owned();
    for index in 0..count {
        let next = index + 1;
        text += &format!(r#""s{index}":{{"Type":"Pass",{fields}"Next":"s{next}"}},"#);
    }
    text + &format!(r#""s{count}":{{"Type":"Succeed"}}}}}}"#)
}

#[test]
fn a_megabyte_takes_time_in_proportion() {
    let long = "n".repeat(400_000);
    let unknown: String = (0..60_000).map(|index| format!(r#","f{index}":1"#)).collect();
    let timed = |text: &str| {
        let start = Instant::now();
        let parsed = parse(text);
        (parsed, start.elapsed())
    };
    let (parsed, elapsed) = timed(&row(25_000, ""));
    assert!(parsed.definition.is_some_and(|definition| definition.main().states().len() == 25_001));
    let wrong = [
        row(10_000, r#""Nope":1,"InputPath":"x","#),
        format!(r#"{{"StartAt":"{long}","States":{{"{long}":{{"Type":"Pass"{unknown}}}}}}}"#),
    ];
    for text in &wrong {
        let (parsed, again) = timed(text);
        assert_eq!((parsed.definition.is_some(), parsed.findings.len()), (false, 1000));
        assert!(again < Duration::from_secs(20), "{again:?} after {elapsed:?}");
    }
}

/// `levels` Parallel states in each other, the innermost with `inner` as its state.
fn nested(levels: usize, inner: &str) -> String {
    let mut text = format!(r#"{{"StartAt":"s0","States":{{"s0":{inner}}}}}"#);
    for level in 1..=levels {
        text = format!(
            r#"{{"StartAt":"s{level}","States":{{"s{level}":{{"Type":"Parallel","End":true,"Branches":[{text}]}}}}}}"#
        );
    }
    text
}

#[test]
fn nesting_is_bounded_and_fits_a_thread() {
    let at_bound = nested(63, r#"{"Type":"Succeed"}"#);
    let conditions = |depth: usize| {
        let (open, close) = (r#"{"Not":"#.repeat(depth), "}".repeat(depth));
        let rule = r#"{"Variable":"$.a","IsNull":true}"#;
        format!(
            r#"{{"StartAt":"C","States":{{"C":{{"Type":"Choice","Choices":[
                {{"Not":{open}{rule}{close},"Next":"S"}}]}},"S":{{"Type":"Succeed"}}}}}}"#
        )
    };
    let codes = |text: &str| {
        parse(text).findings.iter().map(|finding| finding.code.to_string()).collect::<Vec<_>>()
    };
    // Small, as threads of servers are at times.
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        let definition = executable(&at_bound).unwrap();
        assert_eq!(definition.flows().len(), 64);
        assert_eq!(codes(&nested(64, r#"{"Type":"Succeed"}"#)), ["TOO_DEEPLY_NESTED"]);
        assert_eq!(codes(&nested(1000, r#"{"Type":"Succeed"}"#)), ["TOO_DEEPLY_NESTED"]);
        assert!(executable(&conditions(200)).is_ok());
        assert_eq!(codes(&conditions(300)), ["TOO_DEEPLY_NESTED"]);
    });
    thread.unwrap().join().unwrap();
}

/// JSON of the words that definitions are made of.
fn json() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "StartAt",
        "States",
        "Type",
        "Pass",
        "Task",
        "Choice",
        "Choices",
        "Wait",
        "Parallel",
        "Branches",
        "Map",
        "ItemProcessor",
        "Iterator",
        "Next",
        "End",
        "Retry",
        "Catch",
        "ErrorEquals",
        "States.ALL",
        "Variable",
        "And",
        "Or",
        "Not",
        "StringEqualsPath",
        "IsNull",
        "Seconds",
        "Timestamp",
        "Resource",
        "Assign",
        "Parameters",
        "a.$",
        "$.a",
        "$$.b[0]",
        "$v",
        "QueryLanguage",
        "JSONata",
        "{% 1 %}",
        "Label",
        "Result",
        "ResultPath",
        "",
    ]);
    let text = word.clone().prop_map(|word| format!("\"{word}\""));
    let number = prop_oneof![Just("0"), Just("1"), Just("-1"), Just("1.5"), Just("1e999")];
    let leaf = prop_oneof![
        text,
        number.prop_map(str::to_owned),
        Just("null".to_owned()),
        Just("true".to_owned()),
    ];
    leaf.prop_recursive(8, 64, 6, move |inner| {
        let member = (word.clone(), inner.clone()).prop_map(|(k, v)| format!("\"{k}\":{v}"));
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..6)
                .prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_gets_findings_or_a_definition(text in json()) {
        let parsed = parse(&text);
        prop_assert_eq!(parsed.definition.is_none(), parsed.findings.iter().any(|finding| {
            finding.severity == stepwell_asl::Severity::Error
        }));
    }

    #[test]
    fn any_value_may_stand_anywhere(value in json(), index in 0_usize..200) {
        // Each colon of the order is followed by a value; one of them is exchanged.
        let colons: Vec<_> = ORDER.match_indices("\": ").map(|(at, _)| at + 3).collect();
        let at = colons[index % colons.len()];
        let end = ORDER[at..].find([',', '}', '\n']).map_or(ORDER.len(), |end| at + end);
        let text = format!("{}{value}{}", &ORDER[..at], &ORDER[end..]);
        let parsed = parse(&text);
        prop_assert!(parsed.definition.is_some() || !parsed.findings.is_empty());
    }

    #[test]
    fn any_text_is_survived(text in ".{0,200}", cut in 0_usize..2000) {
        prop_assert!(parse(&text).definition.is_none());
        let end = ORDER.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(ORDER.len() - 1);
        prop_assert!(parse(&ORDER[..end]).definition.is_none());
    }
}
