//! What is measured, a module each. Each store has a suite of its own, started and ended here.

mod activity;
mod history;
mod list;
mod nodes;
mod parked;
mod start;
mod timers;

use crate::limit::append;
use crate::limit::server::Limit;
use crate::options::{Options, Scenario};
use crate::report::{Report, measure, print_budgets, print_table};
use crate::suite::{Store, Suite, build};
use anyhow::{Context as _, Result};
use std::path::Path;

/// Names of rows.
pub(crate) mod name {
    pub(crate) const FIXED: &str = "fixed answer";
    pub(crate) const GATEWAY: &str = "gateway with one hop";
    pub(crate) const APPEND: &str = "synced append of 64 KiB";
    pub(crate) const RAW: &str = "raw commit of a start";
    pub(crate) const PASS: &str = "start, one Pass";
    pub(crate) const CHAIN: &str = "start, ten Pass";
    pub(crate) const FAN_OUT: &str = "start, Choice+Parallel+Map 20";
    pub(crate) const ACTIVITY: &str = "activity round trip";
    pub(crate) const HANDOVER: &str = "commit to the waiting poll";
    pub(crate) const TIMERS: &str = "timers due: lateness";
    pub(crate) const HISTORY: &str = "history page of 100";
    pub(crate) const LIST: &str = "list page of 100";
    pub(crate) const PARK: &str = "start, parked in Wait";
    pub(crate) const DESCRIBE_PARKED: &str = "describe among the parked";
    pub(crate) const LIST_PARKED: &str = "list among the parked";
    pub(crate) const PASS_PARKED: &str = "start, one Pass, among the parked";
    pub(crate) const RESTART: &str = "restart among the parked";
    pub(crate) const ONE_NODE: &str = "starts on one execution node";
    pub(crate) const TWO_NODES: &str = "starts on two execution nodes";
}

/// The servers that all stores are compared with.
pub(crate) struct Limits {
    fixed: Limit,
    gateway: Limit,
}

/// Runs what the options name, and prints the report.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let program = match &options.program {
        Some(program) => program.clone(),
        None => build()?,
    };
    let limits = Limits { fixed: Limit::fixed()?, gateway: Limit::gateway()? };
    let mut report = Report::default();
    let append = measure(&[], async { append::run(options.round) }).await?;
    report.row("", name::APPEND).rounds.push(append);
    for store in &options.stores {
        of_store(*store, &program, options, &limits, &mut report)
            .await
            .with_context(|| store.name().to_owned())?;
    }
    if options.has(Scenario::Nodes) {
        nodes::run(&program, options, &mut report).await.context("two execution nodes")?;
    }
    print_table(&report);
    print_budgets(&report);
    Ok(())
}

async fn of_store(
    store: Store,
    program: &Path,
    options: &Options,
    limits: &Limits,
    report: &mut Report,
) -> Result<()> {
    let mut suite = Suite::start(program, store, 1).await?;
    for scenario in &options.scenarios {
        eprintln!("{}: {scenario:?}", store.name());
        match scenario {
            Scenario::Start => start::run(&suite, options, limits, report).await?,
            Scenario::Activity => activity::run(&suite, options, report).await?,
            Scenario::Timers => timers::run(&suite, options, report).await?,
            Scenario::History => history::run(&suite, options, limits, report).await?,
            Scenario::List => list::run(&suite, options, report).await?,
            Scenario::Parked => parked::run(&mut suite, options, report).await?,
            Scenario::Nodes => {}
        }
    }
    Ok(())
}
