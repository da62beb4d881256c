//! Recorded cases of the service that use only what the engine executes. Skipped where the
//! recordings are not at hand.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use stepwell_engine::{
    EventBody, Payload, Reason, StateType, TaskFailure, Trigger, Variables, WorkerKind,
};
use stepwell_json::{Number, Value, parse};
use support::Run;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance/dev/cases");

#[test]
fn histories_are_those_of_the_service() {
    let mut areas = BTreeMap::<String, [usize; 2]>::new();
    for file in files(Path::new(CASES)) {
        let text = std::fs::read_to_string(&file).unwrap();
        let case = parse(&text).unwrap();
        if case.get("aws_validated").and_then(Value::as_bool) == Some(true) {
            let executions = Case { id: text_of(&case, "id"), case: &case }.check();
            let [cases, checked] = areas.entry(text_of(&case, "area").into()).or_default();
            *cases += usize::from(executions > 0);
            *checked += executions;
        }
    }
    for (area, [cases, checked]) in areas.iter().filter(|(_, [cases, _])| *cases > 0) {
        println!("{checked} executions of {cases} cases in {area}");
    }
    let checked: usize = areas.values().map(|[_, checked]| checked).sum();
    println!("{checked} recorded executions checked");
    assert!(checked >= 587 || !Path::new(CASES).exists(), "only {checked} cases were found");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

struct Case<'a> {
    id: &'a str,
    case: &'a Value,
}

/// A start of the case: the text of the definition and the input.
#[derive(Clone)]
struct Start {
    machine: String,
    definition: Option<String>,
    input: String,
}

/// Whether the case had a call made, or a Map run, that is not available here.
fn asks_too_much(run: &Run) -> bool {
    let told = |reason: &Reason| {
        reason.cause.as_ref().is_some_and(|cause| cause.contains("is not available in this"))
    };
    run.events.iter().any(|event| match &event.body {
        EventBody::TaskStartFailed(_, reason) | EventBody::ExecutionFailed(reason) => told(reason),
        EventBody::StateExited { output, .. } => output.text().contains("is not available in this"),
        _ => false,
    })
}

impl Case<'_> {
    /// Runs the executions of the case whose history or output was recorded.
    fn check(&self) -> usize {
        let mut machines: Vec<(String, String)> = Vec::new();
        let mut starts: Vec<Start> = Vec::new();
        let mut looked_at = None;
        let mut checked = 0;
        for step in self.case.get("steps").and_then(Value::as_array).unwrap() {
            let request = step.get("request").unwrap_or(&Value::Null);
            let arn = |member| text_of(request, member).to_owned();
            match step.get("operation").and_then(Value::as_str) {
                Some("CreateStateMachine") => {
                    machines.push((text_of(request, "name").into(), self.definition(request)));
                }
                Some("StartExecution") => {
                    let machine = arn("stateMachineArn");
                    let name = machine.rsplit(':').next().unwrap();
                    let found = machines.iter().rev().find(|(known, _)| known == name);
                    let definition = found.map(|(_, text)| text.clone());
                    let input = request.get("input").and_then(Value::as_str).unwrap_or("{}");
                    starts.push(Start { machine: name.into(), definition, input: input.into() });
                }
                Some("GetExecutionHistory") => {
                    looked_at = arn("executionArn").rsplit(':').nth(1).map(str::to_owned);
                }
                _ => {}
            }
            let key = step.get("compare").and_then(Value::as_str).unwrap_or_default();
            let recorded = self.case.get("expected").and_then(|expected| expected.get(key));
            if let Some(events) = recorded.and_then(|it| it.get("events")).and_then(Value::as_array)
            {
                let start =
                    starts.iter().rev().find(|start| Some(&start.machine) == looked_at.as_ref());
                checked += start.map_or(0, |start| self.check_history(start, events));
            }
            if let (true, Some(cases)) = (key == "cases", recorded.and_then(Value::as_array)) {
                for (start, expected) in starts.iter().zip(cases) {
                    checked += self.check_output(start, expected.get("output").unwrap());
                }
            }
        }
        checked
    }

    fn definition(&self, request: &Value) -> String {
        let definition = request.get("definition").unwrap_or(&Value::Null);
        let at = definition.get("$definition").and_then(Value::as_f64).unwrap_or(-1.0);
        let all = self.case.get("definitions").and_then(Value::as_array).unwrap_or_default();
        let entry = all.get(at as usize).unwrap_or(&Value::Null);
        let text = entry.get("definition_text").and_then(Value::as_str).map(str::to_owned);
        let text =
            text.unwrap_or_else(|| entry.get("definition").unwrap_or(&Value::Null).to_json());
        lengthened(&text)
    }

    fn run(&self, start: &Start) -> Option<Run> {
        let text = start.definition.as_deref()?;
        stepwell_asl::executable(text).ok()?;
        let mut run = Run::new(text);
        if self.id.contains("on_deleted") {
            run.missing_activities
                .extend(text.split('"').filter(|t| t.contains(":activity:")).map(Into::into));
        }
        run.start(&start.input);
        Some(run)
    }

    fn check_output(&self, start: &Start, expected: &Value) -> usize {
        let Some(mut run) = self.run(start) else { return 0 };
        run.work(&[]);
        if asks_too_much(&run) {
            return 0;
        }
        let output = run.snapshot.root().output.as_ref().unwrap_or_else(|| panic!("{}", self.id));
        assert_eq!(output.value().unwrap(), expected, "{} {}", self.id, start.input);
        1
    }

    /// Plays the recorded outcomes of tasks to the engine and compares what it makes of them.
    fn check_history(&self, start: &Start, expected: &[Value]) -> usize {
        let Some(mut run) = self.run(start) else { return 0 };
        let mut outcomes = expected.iter().filter(|event| is_outcome(text_of(event, "type")));
        loop {
            if public(&run) >= length(expected) {
                break;
            }
            if run.queue.is_empty() {
                if !run.wait_for_due() {
                    break;
                }
                continue;
            }
            if run.queue.values().any(|task| task.child().is_some()) {
                self.report_child(&mut run, expected);
                break;
            }
            let worker =
                expected.iter().find_map(|event| details(event)?.get("workerName")?.as_str());
            let task = run.take_task(worker);
            let Some(outcome) = outcomes.next() else { break };
            let (kind, details) = (text_of(outcome, "type"), details(outcome).unwrap());
            let member = |name| details.get(name).map(|value| bare(value).into());
            if kind.ends_with("Succeeded") {
                let output = Payload::parse(bare(details.get("output").unwrap())).unwrap();
                run.trigger(Trigger::TaskSucceeded { task, output }).unwrap();
            } else if kind.ends_with("Failed") {
                let (error, cause) = (member("error"), member("cause"));
                let failure = TaskFailure::Failed;
                run.trigger(Trigger::TaskFailed { task, failure, error, cause }).unwrap();
            } else {
                assert!(run.wait_for_due());
            }
        }
        if asks_too_much(&run) {
            return 0;
        }
        self.compare(&run, expected);
        1
    }

    /// Tells what was recorded of the only nested execution.
    fn report_child(&self, run: &mut Run, expected: &[Value]) {
        let task = run.queue.values().next().unwrap().reference();
        let recorded = |kind: &str| {
            let found = expected.iter().find(|event| text_of(event, "type") == kind);
            found.map(|event| details(event).unwrap())
        };
        let answer = recorded("TaskSubmitted").or_else(|| recorded("TaskSucceeded"));
        let failed = recorded("TaskFailed").map(|details| {
            let member = |name| details.get(name).map(|value| bare(value).into());
            Reason { error: member("error"), cause: member("cause") }
        });
        if answer.is_none() {
            let Reason { error, cause } = failed.unwrap();
            let failure = TaskFailure::Failed;
            return run.trigger(Trigger::CallFailed { task, failure, error, cause }).unwrap();
        }
        let succeeded = recorded("TaskSucceeded").and_then(|details| details.get("output"));
        let succeeded = succeeded.map(|output| Payload::parse(bare(output)).unwrap());
        let end = failed.map(Err).or_else(|| succeeded.map(Ok));
        let child = run.queue.values().next().unwrap().child().unwrap();
        let machine = child.state_machine_arn.replace(":stateMachine:", ":execution:");
        let child = format!("{machine}:{}", child.name).into();
        // Of a time of that year's kind, so that the length of the answer is the recorded one.
        let started_ms = 1_688_564_956_123;
        run.trigger(Trigger::NestedReported { task, child, started_ms, end }).unwrap();
    }

    fn compare(&self, run: &Run, expected: &[Value]) {
        let events: Vec<_> = run.events.iter().filter(|event| !event.is_private()).collect();
        let context = || format!("{}\n{}", self.id, run.history());
        let length = length(expected);
        assert!(events.len() >= length, "{}", context());
        let mut others: Vec<_> = events[..length].iter().map(|event| event.type_name()).collect();
        for recorded in expected {
            let kind = text_of(recorded, "type");
            let at = others.iter().position(|other| *other == kind);
            others.remove(at.unwrap_or_else(|| panic!("no {kind} in {}", context())));
        }
        // Where branches are recorded without ids, their ends are left out.
        assert!(others.is_empty() || expected.iter().any(|it| number(it, "id") == 0), "{others:?}");
        for recorded in expected {
            let id = number(recorded, "id");
            // Events of branches were recorded without ids, because their order is not stable.
            if id == 0 {
                continue;
            }
            let event = events[usize::try_from(id).unwrap() - 1];
            assert_eq!(event.type_name(), text_of(recorded, "type"), "{id} of {}", context());
            let previous = i64::try_from(event.previous).unwrap();
            assert_eq!(previous, number(recorded, "previousEventId"), "{id} of {}", context());
            let Some(details) = details(recorded) else { continue };
            if let EventBody::StateExited { assigned, .. } = &event.body {
                assert!(self.assigns(assigned, details), "{id} of {}", context());
            }
            for (member, value) in ours(&event.body) {
                let recorded = details.get(member);
                let same = self.same(value.as_ref(), recorded);
                assert!(same, "{member} of {id}: {value:?} is not {recorded:?} in {}", context());
            }
        }
    }

    fn assigns(&self, assigned: &Variables, details: &Value) -> bool {
        let recorded = details.get("assignedVariables").and_then(Value::as_object);
        let recorded = recorded.map(|variables| variables.iter()).into_iter().flatten();
        let value = |payload: &Payload| Value::from(payload.text());
        recorded.clone().count() == assigned.len()
            && recorded.zip(assigned.iter()).all(|((key, text), (name, ours))| {
                key == name && self.same(Some(&value(ours)), Some(text))
            })
    }

    fn same(&self, value: Option<&Value>, recorded: Option<&Value>) -> bool {
        match (value, recorded) {
            (None, None) => true,
            (Some(value), Some(recorded)) => {
                let text = |value: &Value| parse(&bare(value)).unwrap_or_else(|_| value.clone());
                self.alike(&text(value), &text(recorded))
            }
            _ => false,
        }
    }

    /// Equal up to what the recording replaced by placeholders.
    fn alike(&self, value: &Value, recorded: &Value) -> bool {
        match (value, recorded) {
            (Value::Object(one), Value::Object(two)) => {
                // Contexts from before there were redrives lack their count.
                let known = |key: &str| key != "RedriveCount" || two.contains_key(key);
                let ours: Vec<_> = one.iter().filter(|(key, _)| known(key)).collect();
                ours.len() == two.len()
                    && ours.iter().zip(two.iter()).all(|((key, value), (other, recorded))| {
                        // The length of an answer changes with the time in it.
                        let is_length = key.as_ref() == "Content-Length";
                        *key == other && (is_length || self.alike(value, recorded))
                    })
            }
            (Value::Array(one), Value::Array(two)) => {
                one.len() == two.len() && one.iter().zip(two.iter()).all(|(a, b)| self.alike(a, b))
            }
            (Value::String(one), Value::String(two)) => {
                let placeholders = [
                    "<",
                    "_arn",
                    "_url",
                    "date",
                    "timestamp",
                    "RequestId",
                    "111111111111",
                    "function_name",
                ];
                one == two || placeholders.iter().any(|placeholder| two.contains(placeholder))
            }
            // One word for the list of one header.
            (Value::Array(one), Value::String(_)) if one.len() == 1 => {
                self.alike(&one[0], recorded)
            }
            (Value::Number(_), Value::String(text)) if text.contains("-date") => true,
            // The recording left out what is drawn at random.
            (Value::Number(_), Value::String(text)) if &**text == "RandomNumberGenerated" => true,
            (one, two) => one == two,
        }
    }
}

/// The text with the runs of one letter that the recording shortened: `a…[3 more]` is `aaaa`.
fn lengthened(text: &str) -> String {
    let Some((before, rest)) = text.split_once("…[") else { return text.to_owned() };
    let (count, after) = rest.split_once(" more]").unwrap();
    let run = before[before.len() - 1..].repeat(count.parse().unwrap());
    format!("{before}{run}{after}")
}

fn is_outcome(kind: &str) -> bool {
    let end = ["Succeeded", "Failed", "TimedOut"].iter().any(|end| kind.ends_with(end));
    let starts = ["Activity", "LambdaFunction", "Task"];
    end && !kind.starts_with("TaskState") && starts.iter().any(|start| kind.starts_with(start))
}

/// The number of events of a recorded history.
fn length(expected: &[Value]) -> usize {
    let last = expected.iter().map(|event| number(event, "id")).max();
    usize::try_from(last.unwrap_or(0)).unwrap().max(expected.len())
}

fn public(run: &Run) -> usize {
    run.events.iter().filter(|event| !event.is_private()).count()
}

/// The members that the history of the API shows, by name.
fn ours(body: &EventBody) -> Vec<(&'static str, Option<Value>)> {
    let payload = |payload: &Payload| Some(Value::from(payload.text()));
    let reason = |reason: &Reason| {
        let text = |text: &Option<std::sync::Arc<str>>| text.clone().map(Value::String);
        vec![("error", text(&reason.error)), ("cause", text(&reason.cause))]
    };
    match body {
        EventBody::ExecutionStarted { input, .. } => vec![("input", payload(input))],
        EventBody::ExecutionSucceeded { output }
        | EventBody::TaskSucceeded { output, .. }
        | EventBody::TaskSubmitted { output, .. } => vec![("output", payload(output))],
        EventBody::StateEntered { name, input, .. } => {
            vec![("name", Some(Value::String(name.clone()))), ("input", payload(input))]
        }
        EventBody::StateExited { kind, name, output, .. } => {
            assert_ne!(*kind, StateType::Fail);
            vec![("name", Some(Value::String(name.clone()))), ("output", payload(output))]
        }
        EventBody::MapStateStarted { length, .. } => {
            vec![("length", Some(i64::from(*length).into()))]
        }
        EventBody::MapIterationStarted { name, index, .. }
        | EventBody::MapIterationSucceeded { name, index }
        | EventBody::MapIterationFailed { name, index }
        | EventBody::MapIterationAborted { name, index } => vec![
            ("name", Some(Value::String(name.clone()))),
            ("index", Some(i64::from(*index).into())),
        ],
        EventBody::TaskScheduled(schedule) => {
            let seconds = |seconds: Option<u32>| seconds.map(|it| Value::from(i64::from(it)));
            let shown = schedule.worker.kind == WorkerKind::Activity;
            let input = match schedule.worker.kind {
                WorkerKind::Integration(_) => "parameters",
                _ => "input",
            };
            vec![
                (input, payload(&schedule.input)),
                ("timeoutInSeconds", seconds(schedule.timeout_seconds)),
                ("heartbeatInSeconds", seconds(schedule.heartbeat_seconds.filter(|_| shown))),
            ]
        }
        EventBody::TaskStarted { worker: WorkerKind::Activity, worker_name, .. } => {
            vec![("workerName", worker_name.clone().map(Value::String))]
        }
        EventBody::EvaluationFailed { state, location, reason: it } => {
            let location = location.clone().map(Value::String);
            let place = [("state", Some(Value::String(state.clone()))), ("location", location)];
            reason(it).into_iter().chain(place).collect()
        }
        EventBody::ExecutionFailed(it)
        | EventBody::TaskFailed(_, it)
        | EventBody::TaskTimedOut(_, it) => reason(it),
        _ => Vec::new(),
    }
}

fn details(event: &Value) -> Option<&Value> {
    event.as_object()?.iter().find(|(key, _)| key.ends_with("EventDetails")).map(|(_, it)| it)
}

fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_json(), str::to_owned)
}

fn text_of<'v>(value: &'v Value, member: &str) -> &'v str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, member: &str) -> i64 {
    value.get(member).and_then(Value::as_number).and_then(Number::as_i64).unwrap_or(0)
}
