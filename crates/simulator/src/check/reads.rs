//! Whatever is shown was committed, and is no older than what anybody had been told before.

use super::Findings;
use super::known::Known;
use super::runs::RunView;
use super::starts::absent;
use crate::journal::{Entries, Read, Shown};
use std::collections::BTreeMap;
use stepwell_api::execution::HistoryEvent;
use stepwell_api::to_millis;

pub(super) fn check(findings: &mut Findings, views: &[RunView], entries: &Entries) {
    let mut by_arn: BTreeMap<String, Vec<&RunView>> = BTreeMap::new();
    for view in views {
        by_arn.entry(view.arn.to_string()).or_default().push(view);
    }
    let known = Known::new(views, entries);
    for read in &entries.reads {
        let runs = by_arn.get(&read.arn).map_or(&[][..], Vec::as_slice);
        let (from, to) = (read.span.asked, read.span.answered);
        let there = runs.iter().filter(|run| run.began() <= to && !known.is_gone(run, from));
        let holds = match &read.shown {
            Shown::Nothing => absent(runs, from, to),
            Shown::Execution { running, started_ms, stopped_ms, output } => {
                there.clone().any(|run| {
                    let root = run.execution.snapshot().root();
                    let open = known.events(run, from)
                        < run.events.iter().filter(|(event, _)| !event.is_private()).count()
                        || run.closed() == u64::MAX;
                    let timely = if *running { open } else { run.closed() <= to };
                    let ending = *running
                        || (root.stopped_ms == *stopped_ms
                            && root.output.as_ref().map(|output| output.text().to_owned())
                                == *output);
                    root.started_ms == *started_ms && timely && ending
                })
            }
            Shown::History(events) => {
                there.clone().any(|run| is_history(run, events, read, &known))
            }
        };
        findings.expect(holds, || {
            let were: Vec<_> = runs.iter().map(|run| run.outline()).collect();
            format!("I3: {} was shown as it never was: {read:?}, {were:?}", read.arn)
        });
    }
}

/// Whether the history was exactly this at some time of the call.
fn is_history(run: &RunView, shown: &[HistoryEvent], read: &Read, known: &Known) -> bool {
    let public = run.events.iter().filter(|(event, _)| !event.is_private());
    let before = known.events(run, read.span.asked).max(1);
    let after = public.clone().filter(|(_, commit)| run.at(*commit) <= read.span.answered).count();
    let same = public.zip(shown).all(|((event, _), shown)| {
        i64::try_from(event.id) == Ok(shown.id)
            && i64::try_from(event.previous) == Ok(shown.previous_event_id)
            && shown.timestamp.as_ref().map(to_millis) == Some(event.time_ms)
    });
    // Histories of this length come in one page.
    same && (before..=after).contains(&shown.len())
}
