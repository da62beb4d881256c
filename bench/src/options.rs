//! The command line.

use crate::limit::server::Kind;
use crate::suite::Store;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// How fast the suite is.
#[derive(Debug, Parser)]
#[command(name = "bench", args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What the engine takes by itself: transitions, paths, templates and expressions.
    Decide,
    /// What the suite is compared with, started by the bench itself.
    #[command(hide = true)]
    Serve {
        #[command(subcommand)]
        kind: Kind,
    },
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// StartExecution to SUCCEEDED.
    Start,
    /// An activity task from start to success.
    Activity,
    /// Waits that end.
    Timers,
    /// GetExecutionHistory.
    History,
    /// ListExecutions among many.
    List,
    /// Executions that wait.
    Parked,
    /// Two execution nodes instead of one.
    Nodes,
}

#[derive(Debug, Args)]
struct Flags {
    /// All where none is named.
    scenarios: Vec<Scenario>,
    /// Only these stores.
    #[arg(long, value_delimiter = ',')]
    stores: Vec<Store>,
    /// Requests in flight.
    #[arg(long, default_value_t = 32)]
    in_flight: usize,
    /// Medians are of so many rounds.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long a round takes, in milliseconds.
    #[arg(long, default_value_t = 2_000)]
    round_ms: u64,
    /// Timers that come due.
    #[arg(long, default_value_t = 100_000)]
    timers: u64,
    /// Executions that there are at least when they are listed.
    #[arg(long, default_value_t = 50_000)]
    executions: u64,
    /// Executions that wait.
    #[arg(long, default_value_t = 50_000)]
    parked: u64,
    /// The suite's program, where it is not to be built.
    #[arg(long)]
    program: Option<PathBuf>,
}

/// What to run.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) stores: Vec<Store>,
    pub(crate) in_flight: usize,
    pub(crate) rounds: usize,
    pub(crate) round: Duration,
    pub(crate) timers: u64,
    pub(crate) executions: u64,
    pub(crate) parked: u64,
    pub(crate) program: Option<PathBuf>,
}

impl Cli {
    pub(crate) fn options(self) -> Options {
        let Flags { scenarios, stores, .. } = self.flags;
        let all = Scenario::value_variants().to_vec();
        Options {
            scenarios: if scenarios.is_empty() { all } else { scenarios },
            stores: if stores.is_empty() { Store::ALL.to_vec() } else { stores },
            in_flight: self.flags.in_flight,
            rounds: self.flags.rounds,
            round: Duration::from_millis(self.flags.round_ms),
            timers: self.flags.timers,
            executions: self.flags.executions,
            parked: self.flags.parked,
            program: self.flags.program,
        }
    }
}

impl Options {
    pub(crate) fn has(&self, scenario: Scenario) -> bool {
        self.scenarios.contains(&scenario)
    }
}
