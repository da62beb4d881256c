//! I5: histories are dense, linked, in order and final, and say the same as the snapshot.

use super::Findings;
use super::runs::RunView;
use stepwell_engine::{EventBody, Snapshot, apply};

pub(super) fn check(findings: &mut Findings, view: &RunView) {
    let arn = &view.arn;
    let mut last_id = 0;
    let mut last_ms = i64::MIN;
    let mut ended = false;
    for (event, _) in &view.events {
        findings.expect(!ended, || format!("I5: {arn} goes on after its end: {event:?}"));
        findings.expect(event.time_ms >= last_ms, || {
            format!("I5: the time of event {} of {arn} runs backwards", event.id)
        });
        last_ms = event.time_ms;
        ended |= event.body.ends_execution();
        if event.is_private() {
            continue;
        }
        findings.expect(event.id == last_id + 1, || {
            format!("I5: event {} of {arn} follows {last_id}", event.id)
        });
        findings.expect(event.previous < event.id, || {
            format!("I5: event {} of {arn} points ahead, to {}", event.id, event.previous)
        });
        last_id = event.id;
    }
    let first = view.events.first().map(|(event, _)| &event.body);
    findings.expect(matches!(first, Some(EventBody::ExecutionStarted { .. })), || {
        format!("I5: {arn} begins with {first:?}")
    });
    let root = view.execution.snapshot().root();
    findings.expect(root.last_event_id == last_id, || {
        format!(
            "I5: the snapshot of {arn} is at event {}, its history at {last_id}",
            root.last_event_id
        )
    });
    let mut replayed = Snapshot::unstarted();
    view.events.iter().for_each(|(event, _)| apply(&mut replayed, event));
    findings.expect(*replayed.root() == *root, || {
        format!("I5: the history of {arn} leads to another state than the stored one")
    });
    links(findings, view);
}

/// Ends of tasks follow their starts, and starts what scheduled them, one each.
fn links(findings: &mut Findings, view: &RunView) {
    let arn = &view.arn;
    let mut ended = std::collections::BTreeSet::new();
    for (event, _) in &view.events {
        let before = view.event(event.previous).map(|(event, _)| &event.body);
        match &event.body {
            EventBody::TaskStarted { .. } => {
                findings.expect(matches!(before, Some(EventBody::TaskScheduled(_))), || {
                    format!("I5: the start {} of a task of {arn} follows {before:?}", event.id)
                });
            }
            EventBody::TaskSucceeded { .. }
            | EventBody::TaskFailed(..)
            | EventBody::TaskTimedOut(..) => {
                let started = matches!(before, Some(EventBody::TaskStarted { .. }));
                let scheduled = matches!(
                    before,
                    Some(EventBody::TaskScheduled(_) | EventBody::TaskSubmitted { .. })
                );
                findings.expect(started || scheduled, || {
                    format!("I5: the end {} of a task of {arn} follows {before:?}", event.id)
                });
                findings.expect(ended.insert(event.previous), || {
                    format!("I4: a task of {arn} ends twice, the second time with {}", event.id)
                });
            }
            _ => {}
        }
    }
}
