//! Against recorded behaviour of the service, where the recordings are at hand: what it
//! accepted parses, what it refused is refused with its words.

#![allow(clippy::unwrap_used, reason = "test code outside of test functions")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use stepwell_asl::ast::StateKind;
use stepwell_asl::{Data, Severity, executable, invalid_definition, parse};
use stepwell_json::Value;

/// The recorded cases; none when the recordings are not there.
fn cases() -> Vec<(PathBuf, Value)> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/dev/cases");
    let Ok(areas) = fs::read_dir(folder) else { return Vec::new() };
    let areas = areas.map(|area| area.unwrap().path());
    let files = areas.flat_map(|area| fs::read_dir(area).unwrap().map(|file| file.unwrap().path()));
    files
        .map(|file| {
            let case = stepwell_json::parse(&fs::read_to_string(&file).unwrap()).unwrap();
            (file, case)
        })
        .collect()
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).unwrap_or_default()
}

/// The definitions of a case as texts.
fn definitions(case: &Value) -> Vec<String> {
    let text = |definition: &Value| match definition.get("definition_text") {
        Some(text) => text.as_str().unwrap().to_owned(),
        None => definition.get("definition").unwrap().to_json(),
    };
    items(case, "definitions").iter().map(text).collect()
}

/// Every recorded text or diagnostic about a definition that was refused.
fn refusals(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let at = text.find("Invalid State Machine Definition: '");
            found.extend(at.map(|at| text[at..].replace("arn:<partition>:", "arn:aws:")));
        }
        Value::Array(items) => items.iter().for_each(|item| refusals(item, found)),
        Value::Object(members) => members.values().for_each(|item| refusals(item, found)),
        _ => {}
    }
}

#[test]
fn what_the_service_accepted_parses() {
    for (file, case) in cases() {
        let refused = items(&case, "steps").iter().any(|step| {
            let operation = step.get("operation").and_then(Value::as_str).unwrap_or_default();
            let defines =
                ["CreateStateMachine", "UpdateStateMachine", "ValidateStateMachineDefinition"];
            defines.contains(&operation) && step.get("error_response").is_some()
        });
        let diagnosed = case
            .get("expected")
            .and_then(|expected| expected.get("validation_response"))
            .is_some_and(|answer| !items(answer, "diagnostics").is_empty());
        let mut texts = Vec::new();
        refusals(case.get("expected").unwrap_or(&Value::Null), &mut texts);
        let tests_a_state = case.get("area").and_then(Value::as_str) == Some("test_state");
        if refused || diagnosed || !texts.is_empty() || tests_a_state {
            continue;
        }
        for text in definitions(&case) {
            let parsed = parse(&text);
            let errors: Vec<_> =
                parsed.findings.iter().filter(|f| f.severity == Severity::Error).collect();
            assert!(errors.is_empty(), "{}: {errors:#?}\n{text}", file.display());
            assert!(parsed.definition.is_some(), "{}", file.display());
        }
    }
}

#[test]
fn what_the_service_refused_is_refused_with_its_words() {
    for (file, case) in cases() {
        let express = case.to_json().contains("Express state machine does not support");
        let mut texts = Vec::new();
        refusals(case.get("expected").unwrap_or(&Value::Null), &mut texts);
        for recorded in texts.into_iter().filter(|_| !express) {
            let ours: Vec<_> = definitions(&case)
                .iter()
                .map(|text| parse(text).findings)
                .filter(|findings| !findings.is_empty())
                .map(|findings| invalid_definition(&findings))
                .collect();
            assert!(ours.contains(&recorded), "{}: {recorded}\n{ours:#?}", file.display());
        }
    }
}

#[test]
fn recorded_diagnostics_are_ours() {
    for (file, case) in cases() {
        let Some(answer) = case.get("expected").and_then(|e| e.get("validation_response")) else {
            continue;
        };
        let text =
            |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let recorded: Vec<_> = items(answer, "diagnostics")
            .iter()
            .map(|diagnostic| {
                let text = |key| text(diagnostic, key);
                (text("severity"), text("code"), text("message"), text("location"))
            })
            .collect();
        for definition in definitions(&case) {
            let ours: Vec<_> = parse(&definition)
                .findings
                .into_iter()
                .map(|finding| {
                    (
                        Some(finding.severity.to_string()),
                        Some(finding.code.to_string()),
                        Some(finding.message),
                        finding.location,
                    )
                })
                .collect();
            assert_eq!(ours, recorded, "{}\n{definition}", file.display());
        }
    }
}

/// In the cases of choice operators, execution number n runs the definition that was created
/// as number n; its output names the state that was chosen.
#[test]
fn rules_choose_as_recorded() {
    let mut compared = 0;
    for (file, case) in cases() {
        let requests = |operation: &str| {
            let steps = items(&case, "steps").iter();
            let of =
                |step: &&Value| step.get("operation").and_then(Value::as_str) == Some(operation);
            steps.filter(of).filter_map(|step| step.get("request")).collect::<Vec<_>>()
        };
        let created = requests("CreateStateMachine").into_iter();
        let created = created.filter_map(|request| request.get("definition")?.get("$definition"));
        // The recorded inputs have placeholders for timestamps.
        let started = requests("StartExecution").into_iter();
        let started = started.filter_map(|request| request.get("input")?.as_str());
        let texts = definitions(&case);
        let executions = case.get("expected").map_or(&[][..], |expected| items(expected, "cases"));
        for ((execution, index), input) in executions.iter().zip(created).zip(started) {
            let index = index.as_number().unwrap().as_i64().unwrap();
            let text = &texts[usize::try_from(index).unwrap()];
            let input = &stepwell_json::parse(input).unwrap();
            let expected = execution
                .get("output")
                .unwrap()
                .get("TestResult.$")
                .and_then(Value::as_str)
                .unwrap();
            let definition = executable(text).unwrap();
            let main = definition.main();
            let StateKind::Choice(choice) = &main.state(main.start_at).kind else {
                panic!("{}: the first state is no Choice", file.display());
            };
            let variables = &stepwell_json::Object::default();
            let data = Data { input, context: &Value::Null, variables };
            let taken = choice.rules.iter().find(|rule| rule.evaluate(data).unwrap());
            let taken = taken.map(|rule| rule.next).or(choice.default).unwrap();
            assert_eq!(&*main.state(taken).name, expected, "{input} in {text}");
            compared += 1;
        }
    }
    assert!(compared > 200 || cases().is_empty(), "only {compared} comparisons");
}

#[test]
fn variable_references_are_those_of_the_service() {
    let mut compared = 0;
    for (file, case) in cases() {
        let expected = case.get("expected").and_then(|expected| expected.get("describe_response"));
        let recorded = expected.and_then(|answer| answer.get("variableReferences"));
        let Some(recorded) = recorded else { continue };
        let entry = case.get("definitions").and_then(|all| all.as_array()?.first()).unwrap();
        let text = entry.get("definition").unwrap().to_json();
        let definition = parse(&text).definition.unwrap_or_else(|| panic!("{}", file.display()));
        let found = definition.variable_references();
        let names = |names: &Value| -> BTreeSet<std::sync::Arc<str>> {
            names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().into()).collect()
        };
        let states = recorded.as_object().unwrap().iter();
        let recorded: BTreeMap<_, _> =
            states.map(|(state, value)| (state.clone(), names(value))).collect();
        assert_eq!(found, recorded, "{}", file.display());
        compared += 1;
    }
    assert!(compared >= 8 || cases().is_empty(), "only {compared} comparisons");
}
