//! What was measured, and how it is told.

mod budget;
mod table;

pub(crate) use budget::print_budgets;
pub(crate) use table::print_table;

use crate::client::Outcome;
use crate::process::{self, Measured};
use anyhow::Result;
use std::collections::BTreeMap;
use std::time::Instant;

/// One round of one load.
#[derive(Clone, Debug)]
pub(crate) struct Round {
    /// Operations a second.
    pub(crate) rate: f64,
    /// Milliseconds.
    pub(crate) p50: f64,
    /// Milliseconds.
    pub(crate) p99: f64,
    /// CPU microseconds of all servers for an operation.
    pub(crate) cpu: f64,
    /// The client's share of the CPU time that it and the servers used.
    pub(crate) client: f64,
    /// What each of the servers has of the CPU.
    pub(crate) split: Vec<(&'static str, f64)>,
}

/// A line of the table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) rounds: Vec<Round>,
    /// In the store, for each execution.
    pub(crate) bytes: Option<f64>,
    /// Names of the rows of limits that this one is a share of.
    pub(crate) limits: Vec<String>,
    pub(crate) note: String,
}

/// Which row: of a store (empty for limits of the machine), and what was done.
pub(crate) type Key = (String, String);

/// All that was measured.
#[derive(Debug, Default)]
pub(crate) struct Report {
    order: Vec<Key>,
    rows: BTreeMap<Key, Row>,
}

impl Report {
    /// The row, made where it is missing.
    pub(crate) fn row(&mut self, store: &str, name: &str) -> &mut Row {
        let key = (store.to_owned(), name.to_owned());
        if !self.rows.contains_key(&key) {
            self.order.push(key.clone());
        }
        self.rows.entry(key).or_default()
    }

    pub(crate) fn get(&self, store: &str, name: &str) -> Option<&Row> {
        self.rows.get(&(store.to_owned(), name.to_owned()))
    }

    fn rows(&self) -> impl Iterator<Item = (&Key, &Row)> {
        self.order.iter().filter_map(|key| Some((key, self.rows.get(key)?)))
    }
}

impl Row {
    /// The medians of what each server has of the CPU, where there are several.
    pub(crate) fn split(&self) -> Option<String> {
        let servers = self.rounds.first().filter(|round| round.split.len() > 1)?.split.iter();
        let of = |at: usize| self.median(|round| round.split.get(at).map_or(0.0, |(_, cpu)| *cpu));
        let parts = servers.enumerate().filter_map(|(at, (name, _))| {
            of(at).filter(|cpu| *cpu >= 1.0).map(|cpu| format!("{name} {cpu:.0}"))
        });
        Some(parts.collect::<Vec<_>>().join(" + "))
    }

    /// The median of something over the rounds; none where there was no round.
    pub(crate) fn median(&self, of: impl Fn(&Round) -> f64) -> Option<f64> {
        let mut values: Vec<f64> = self.rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    }
}

/// Runs a load and takes its measure; `servers` are the processes whose CPU counts.
pub(crate) async fn measure(
    servers: &[Measured],
    load: impl Future<Output = Result<Outcome>>,
) -> Result<Round> {
    let (before, own_before) = (process::cpu_micros(servers)?, process::own_cpu_micros()?);
    let began = Instant::now();
    let outcome = load.await?;
    let took = began.elapsed().max(outcome.took);
    let after = process::cpu_micros(servers)?;
    let spent = after.iter().zip(before).map(|(after, before)| after - before);
    let cpu: Vec<_> = servers.iter().map(|(name, _)| *name).zip(spent).collect();
    let own = process::own_cpu_micros()? - own_before;
    Ok(round(outcome, took.as_secs_f64(), &cpu, own))
}

fn round(mut outcome: Outcome, seconds: f64, spent: &[(&'static str, u64)], own: u64) -> Round {
    let operations = outcome.operations.max(1) as f64;
    let cpu: u64 = spent.iter().map(|(_, micros)| micros).sum();
    let each = |(name, micros): &(&'static str, u64)| (*name, *micros as f64 / operations);
    outcome.micros.sort_unstable();
    Round {
        rate: outcome.operations as f64 / seconds,
        p50: percentile(&outcome.micros, 50) / 1_000.0,
        p99: percentile(&outcome.micros, 99) / 1_000.0,
        cpu: cpu as f64 / operations,
        client: own as f64 / (cpu + own).max(1) as f64,
        split: spent.iter().map(each).collect(),
    }
}

/// Of sorted values; zero where there are none.
pub(crate) fn percentile(sorted: &[u32], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().map_or(0.0, f64::from)
}
