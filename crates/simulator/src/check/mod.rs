//! The verdict on a run: its invariants, from what the store took and what those outside saw.

mod endings;
mod history;
mod known;
mod reads;
mod runs;
mod starts;
mod tasks;
mod timers;

use crate::world::World;
use runs::{RunView, views};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

/// What was looked at.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Executions that were started.
    pub runs: u64,
    /// Events of their histories.
    pub events: u64,
    /// Commits that took effect.
    pub commits: u64,
    /// Commits that were refused.
    pub refused: u64,
    /// Leases that were acquired.
    pub leases: u64,
    /// Executions whose ending was compared with the naive evaluator's.
    pub compared: u64,
    /// Calls and reports that were answered or not.
    pub calls: u64,
    /// Milliseconds of virtual time.
    pub virtual_ms: u64,
}

impl Stats {
    /// Both together.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            runs: self.runs + other.runs,
            events: self.events + other.events,
            commits: self.commits + other.commits,
            refused: self.refused + other.refused,
            leases: self.leases + other.leases,
            compared: self.compared + other.compared,
            calls: self.calls + other.calls,
            virtual_ms: self.virtual_ms + other.virtual_ms,
        }
    }
}

/// Everything that a check may look at, and what it found.
pub(super) struct Findings(Vec<String>);

impl Findings {
    /// Notes a violation of an invariant unless it holds.
    fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push(what());
        }
    }
}

/// Looks at everything. Faults were over at `healed_ms` on the store's clock.
pub(crate) async fn check(world: &World, healed_ms: i64) -> (Vec<String>, Stats, u64) {
    let entries = world.journal.entries().clone();
    let mut findings = Findings(world.audit.log().violations.clone());
    findings.0.extend(entries.surprises.iter().cloned());
    let views = match views(world).await {
        Ok(views) => views,
        Err(error) => {
            findings.0.push(format!("I5: a history can't be read: {error}"));
            Vec::new()
        }
    };
    let mut compared = 0;
    for view in &views {
        history::check(&mut findings, view);
        timers::check(&mut findings, view, world, healed_ms);
        compared += u64::from(endings::check(&mut findings, view, world));
    }
    starts::check(&mut findings, &views, &entries);
    reads::check(&mut findings, &views, &entries);
    tasks::check(&mut findings, &views, &entries);
    let (acquired, refused) = {
        let log = world.audit.log();
        (log.acquired, log.refused)
    };
    let calls = entries.starts.len() + entries.stops.len() + entries.reads.len();
    let stats = Stats {
        runs: views.len() as u64,
        events: views.iter().map(|view| view.events.len() as u64).sum(),
        commits: views.iter().map(|view| view.run.written.len() as u64).sum(),
        refused,
        leases: acquired,
        compared,
        calls: (calls + entries.reports.len()) as u64,
        virtual_ms: world.audit.time.elapsed_ms().unsigned_abs(),
    };
    (findings.0, stats, digest(&views, &entries))
}

fn digest(views: &[RunView], entries: &crate::journal::Entries) -> u64 {
    let mut digest = DefaultHasher::new();
    for view in views {
        format!("{:?}", view.run).hash(&mut digest);
        view.execution.origin().run_id.hash(&mut digest);
        for (event, _) in &view.events {
            format!("{event:?}").hash(&mut digest);
        }
    }
    format!("{entries:?}").hash(&mut digest);
    digest.finish()
}
