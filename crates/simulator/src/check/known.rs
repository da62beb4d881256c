//! What somebody outside had been told, and when: from then on nobody is to be shown less.
//!
//! A commit takes effect before its owner hears of it, and a read may fall in between. So a state
//! has to be shown not when it was written, but once anybody knew of it.

use super::runs::RunView;
use crate::journal::{Answer, Entries, Reported, Shown};
use std::collections::BTreeMap;
use stepwell_engine::EventBody;

/// See the module.
pub(super) struct Known {
    /// By run: when somebody knew of so many public events.
    events: BTreeMap<u128, Vec<(u64, usize)>>,
    /// By ARN: when somebody was told that there is no such execution.
    absences: BTreeMap<String, Vec<u64>>,
}

impl Known {
    pub(super) fn new(views: &[RunView], entries: &Entries) -> Self {
        let mut known = Self { events: BTreeMap::new(), absences: BTreeMap::new() };
        for read in &entries.reads {
            let at = read.span.answered;
            match &read.shown {
                Shown::Nothing => known.absences.entry(read.arn.clone()).or_default().push(at),
                Shown::Execution { running: true, .. } => {}
                Shown::Execution { started_ms, .. } => {
                    known.note(views, &read.arn, *started_ms, at, usize::MAX);
                }
                Shown::History(events) => {
                    let first = events.first().and_then(|event| event.timestamp.as_ref());
                    let started_ms = first.map(stepwell_api::to_millis).unwrap_or_default();
                    known.note(views, &read.arn, started_ms, at, events.len());
                }
            }
        }
        for stop in &entries.stops {
            if let Answer::Done(stopped_ms) = stop.answer {
                let stopped = |view: &&RunView| {
                    view.arn.to_string() == stop.arn
                        && view.execution.snapshot().root().stopped_ms == stopped_ms
                };
                for view in views.iter().filter(stopped) {
                    known.add(view, stop.span.answered, usize::MAX);
                }
            }
        }
        known.tasks(views, entries);
        known
    }

    fn tasks(&mut self, views: &[RunView], entries: &Entries) {
        let by_id: BTreeMap<u128, &RunView> =
            views.iter().map(|view| (view.run_id(), view)).collect();
        for delivery in &entries.deliveries {
            let Some(view) = by_id.get(&delivery.task.run_id) else { continue };
            let start = view.events.iter().find(|(event, _)| {
                event.previous == delivery.task.scheduled_event_id
                    && matches!(event.body, EventBody::TaskStarted { .. })
            });
            if let Some((event, _)) = start {
                self.add(view, delivery.at, usize::try_from(event.id).unwrap_or_default());
            }
        }
        for report in &entries.reports {
            let counts = report.answer == Answer::Done(())
                && !report.is_function
                && report.what != Reported::Heartbeat;
            let Some(view) = by_id.get(&report.task.run_id).filter(|_| counts) else { continue };
            if let Some((event, _)) = super::tasks::end(view, report.task.scheduled_event_id) {
                let count = usize::try_from(event.id).unwrap_or_default();
                self.add(view, report.span.answered, count);
            }
        }
    }

    fn note(&mut self, views: &[RunView], arn: &str, started_ms: i64, at: u64, count: usize) {
        let same = |view: &&RunView| {
            view.arn.to_string() == arn && view.execution.snapshot().root().started_ms == started_ms
        };
        for view in views.iter().filter(same) {
            self.add(view, at, count);
        }
    }

    fn add(&mut self, view: &RunView, at: u64, count: usize) {
        let public = view.events.iter().filter(|(event, _)| !event.is_private()).count();
        self.events.entry(view.run_id()).or_default().push((at, count.min(public)));
    }

    /// How many public events of the run somebody had known of before.
    pub(super) fn events(&self, view: &RunView, before: u64) -> usize {
        let known = self.events.get(&view.run_id()).map_or(&[][..], Vec::as_slice);
        let known = known.iter().filter(|(at, _)| *at < before).map(|(_, count)| *count);
        known.max().unwrap_or_default()
    }

    /// Whether somebody had known before that the run is gone.
    pub(super) fn is_gone(&self, view: &RunView, before: u64) -> bool {
        let absences = self.absences.get(&view.arn.to_string()).map_or(&[][..], Vec::as_slice);
        absences.iter().any(|at| *at < before && *at > view.removed())
    }
}
