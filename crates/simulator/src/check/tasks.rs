//! I4: a task ends once, by what its own worker said, and its token is good for nothing else.

use super::Findings;
use super::runs::RunView;
use crate::journal::{Answer, Entries, Report, Reported};
use std::collections::{BTreeMap, BTreeSet};
use stepwell_engine::{Event, EventBody, WorkerKind};

/// What became of a task: the event that ended it, and the commit.
pub(super) type End<'a> = Option<(&'a Event, usize)>;

pub(super) fn check(findings: &mut Findings, views: &[RunView], entries: &Entries) {
    let by_id: BTreeMap<u128, &RunView> = views.iter().map(|view| (view.run_id(), view)).collect();
    let mut ends = BTreeSet::new();
    for report in &entries.reports {
        let place = (report.task.run_id, report.task.scheduled_event_id);
        let Some(view) = by_id.get(&report.task.run_id) else {
            findings.expect(false, || format!("I4: a token of no execution: {report:?}"));
            continue;
        };
        match &report.answer {
            // A function's end may be kept for its owner, and is not decided yet.
            Answer::Unknown => {}
            Answer::Done(()) if report.is_function || report.what == Reported::Heartbeat => {}
            Answer::Done(()) => {
                findings.expect(ends.insert(place), || {
                    format!("I4: two ends of one task were accepted: {report:?}")
                });
                accepted(findings, view, report);
            }
            Answer::Refused(_) => refused(findings, view, report),
        }
    }
    let mut calls = BTreeSet::new();
    for delivery in &entries.deliveries {
        let task = &delivery.task;
        let place = (task.run_id, task.scheduled_event_id);
        let new = calls.insert(place);
        findings.expect(new || !delivery.is_function, || {
            format!("I4: a call was made twice: {task:?}")
        });
        let started = by_id.get(&task.run_id).and_then(|view| started(view, place.1));
        findings.expect(started.is_some_and(|at| at < delivery.at), || {
            format!("I2: a token left before its start was stored: {task:?}")
        });
    }
    for view in views {
        reported(findings, view, entries);
    }
}

/// When the start of a task was stored.
fn started(view: &RunView, scheduled: u64) -> Option<u64> {
    let start = view.events.iter().find(|(event, _)| {
        event.previous == scheduled && matches!(event.body, EventBody::TaskStarted { .. })
    });
    start.map(|(_, commit)| view.at(*commit))
}

pub(super) fn end(view: &RunView, scheduled: u64) -> End<'_> {
    let start = view.events.iter().find(|(event, _)| {
        event.previous == scheduled && matches!(event.body, EventBody::TaskStarted { .. })
    });
    let start = start.map_or(scheduled, |(event, _)| event.id);
    let end = view.events.iter().find(|(event, _)| {
        event.previous == start
            && matches!(
                event.body,
                EventBody::TaskSucceeded { .. }
                    | EventBody::TaskFailed(..)
                    | EventBody::TaskTimedOut(..)
                    | EventBody::StateAborted { .. }
            )
    });
    end.map(|(event, commit)| (event, *commit))
}

fn accepted(findings: &mut Findings, view: &RunView, report: &Report) {
    let end = end(view, report.task.scheduled_event_id);
    let holds = end.is_some_and(|(event, commit)| {
        is_end(&event.body, &report.what) && view.at(commit) <= report.span.answered
    });
    findings.expect(holds, || {
        format!("I1: the end of a task of {} was accepted in vain: {report:?}, {end:?}", view.arn)
    });
}

/// A refusal says that the task is over, and so it is.
fn refused(findings: &mut Findings, view: &RunView, report: &Report) {
    let end = end(view, report.task.scheduled_event_id);
    let over = end.is_some_and(|(_, commit)| view.at(commit) <= report.span.answered)
        || view.closed() <= report.span.answered
        || aborted(view, report);
    findings
        .expect(over, || format!("I4: an open task of {} was called over: {report:?}", view.arn));
}

/// Whether the scope of the task was cut off before the answer.
fn aborted(view: &RunView, report: &Report) -> bool {
    let scheduled = view.event(report.task.scheduled_event_id);
    let Some((scheduled, _)) = scheduled else { return false };
    let end = view.events.iter().find(|(event, _)| {
        event.scope == scheduled.scope
            && event.id > scheduled.id
            && matches!(
                event.body,
                EventBody::StateAborted { .. } | EventBody::MapIterationAborted { .. }
            )
    });
    end.is_some_and(|(_, commit)| view.at(*commit) <= report.span.answered)
}

fn is_end(body: &EventBody, what: &Reported) -> bool {
    match (body, what) {
        (EventBody::TaskSucceeded { output, .. }, Reported::Success(text)) => {
            stepwell_json::parse(output.text()).ok() == stepwell_json::parse(text).ok()
        }
        (EventBody::TaskFailed(_, reason), Reported::Failure(error, cause)) => {
            reason.error.as_deref() == error.as_deref()
                && reason.cause.as_deref() == cause.as_deref()
        }
        _ => false,
    }
}

/// No task has an end that its worker did not report.
fn reported(findings: &mut Findings, view: &RunView, entries: &Entries) {
    for (event, commit) in &view.events {
        let worker = match &event.body {
            EventBody::TaskSucceeded { worker, .. } | EventBody::TaskFailed(worker, _) => worker,
            _ => continue,
        };
        // The end of a nested execution, and of a call whose node is gone, nobody reports.
        if matches!(worker, WorkerKind::Integration(_))
            || (is_lost_call(&event.body) && *worker != WorkerKind::Activity)
        {
            continue;
        }
        let scheduled = view.event(event.previous).map(|(started, _)| started.previous);
        let told = entries.reports.iter().any(|report| {
            report.task.run_id == view.run_id()
                && Some(report.task.scheduled_event_id) == scheduled
                && report.span.asked < view.at(*commit)
                && is_end(&event.body, &report.what)
        });
        findings.expect(told, || {
            format!("I4: no worker of task {scheduled:?} of {} reported {event:?}", view.arn)
        });
    }
}

/// Whether it is the end of a call whose node is gone.
pub(super) fn is_lost_call(body: &EventBody) -> bool {
    match body {
        EventBody::TaskFailed(_, reason) => reason.error.as_deref() == Some("Lambda.Unknown"),
        _ => false,
    }
}
