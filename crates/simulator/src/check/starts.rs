//! I1 for StartExecution and StopExecution: what was acknowledged was decided, and nothing else.

use super::Findings;
use super::runs::RunView;
use crate::journal::{Answer, Entries, Start, Stop};
use std::collections::{BTreeMap, BTreeSet};
use stepwell_engine::EventBody;

pub(super) fn check(findings: &mut Findings, views: &[RunView], entries: &Entries) {
    let mut by_arn: BTreeMap<String, Vec<&RunView>> = BTreeMap::new();
    let mut children = BTreeSet::new();
    for view in views {
        by_arn.entry(view.arn.to_string()).or_default().push(view);
        let request_id = &view.execution.origin().request_id;
        if request_id.starts_with("nested/") {
            findings.expect(children.insert(request_id), || {
                format!("I2: {} is a second nested execution of {request_id}", view.arn)
            });
            nested(findings, view, views);
        } else {
            asked_for(findings, view, entries);
        }
    }
    for start in &entries.starts {
        started(findings, by_arn.get(&start.arn).map_or(&[], Vec::as_slice), start);
    }
    for stop in &entries.stops {
        stopped(findings, by_arn.get(&stop.arn).map_or(&[], Vec::as_slice), stop);
    }
}

/// A nested execution has a task that it was started for.
fn nested(findings: &mut Findings, child: &RunView, views: &[RunView]) {
    let request_id = &child.execution.origin().request_id;
    let mut parts = request_id.split('/').skip(1);
    let parent = parts.next().and_then(|run| u128::from_str_radix(run, 16).ok());
    let scheduled = parts.next().and_then(|event| event.parse().ok());
    let asked = views.iter().any(|view| {
        let event = scheduled.and_then(|scheduled| view.event(scheduled));
        Some(view.run_id()) == parent
            && event.is_some_and(|(event, commit)| {
                matches!(event.body, EventBody::TaskScheduled(_))
                    && view.at(*commit) < child.began()
            })
    });
    findings.expect(asked, || format!("I2: no task started {} as {request_id}", child.arn));
}

/// Nothing runs or was stopped that nobody asked for.
fn asked_for(findings: &mut Findings, view: &RunView, entries: &Entries) {
    let (arn, origin) = (view.arn.to_string(), view.execution.origin());
    let root = view.execution.snapshot().root();
    let asked = entries.starts.iter().any(|start| {
        start.arn == arn
            && start.request_id == origin.request_id
            && start.input == root.input.text()
            && start.span.asked < view.began()
    });
    findings.expect(asked, || format!("I1: nobody started {arn} as {}", origin.request_id));
    if root.status == stepwell_engine::Status::Aborted {
        let asked = |stop: &Stop| stop.arn == arn && stop.span.asked < view.closed();
        findings.expect(entries.stops.iter().any(asked), || format!("I1: nobody stopped {arn}"));
    }
}

fn started(findings: &mut Findings, runs: &[&RunView], start: &Start) {
    let span = start.span;
    match &start.answer {
        Answer::Unknown => {}
        Answer::Done(started_ms) => {
            let holds = runs.iter().any(|run| {
                let root = run.execution.snapshot().root();
                let same_call = run.execution.origin().request_id == start.request_id;
                let same_start = root.input.text() == start.input && run.closed() >= span.asked;
                root.started_ms == *started_ms
                    && run.was_there(span.asked, span.answered)
                    && (same_call || same_start)
            });
            findings.expect(holds, || {
                format!("I1: {} was acknowledged and is not there: {start:?}", start.arn)
            });
        }
        Answer::Refused(_) => {
            // Another call has the name; or this one, closed, whose name a different input asks for.
            let holds = runs.iter().any(|run| {
                run.was_there(span.asked, span.answered)
                    && run.execution.origin().request_id != start.request_id
            });
            findings.expect(holds, || {
                format!("I1: the name of {} was refused while it was free: {start:?}", start.arn)
            });
        }
    }
}

fn stopped(findings: &mut Findings, runs: &[&RunView], stop: &Stop) {
    let span = stop.span;
    match &stop.answer {
        Answer::Unknown => {}
        Answer::Done(stopped_ms) => {
            let holds = runs.iter().any(|run| {
                let root = run.execution.snapshot().root();
                root.stopped_ms == *stopped_ms
                    && run.closed() <= span.answered
                    && run.was_there(span.asked, span.answered)
            });
            findings.expect(holds, || {
                format!("I1: the stop of {} was acknowledged in vain: {stop:?}", stop.arn)
            });
        }
        Answer::Refused(_) => {
            findings.expect(absent(runs, span.asked, span.answered), || {
                format!("I1: {} was there and could not be stopped: {stop:?}", stop.arn)
            });
        }
    }
}

/// Whether there was a time between the two places at which none of the runs was there.
pub(super) fn absent(runs: &[&RunView], from: u64, to: u64) -> bool {
    let covered = runs.iter().fold(from, |at, run| {
        if run.began() <= at && run.removed() >= at { run.removed().max(at) } else { at }
    });
    covered < to
}
