//! Runs many seeds: `cargo run --release -p stepwell-simulator -- --seeds 1000000`.

use clap::Parser;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use stepwell_simulator::{Stats, Verdict, run};

/// Simulates the suite under faults, and checks its invariants.
#[derive(Debug, Parser)]
struct Arguments {
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many seeds to run.
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Threads to run them on.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Say of each seed what it came to.
    #[arg(long)]
    verbose: bool,
    /// Go on after seeds that fail.
    #[arg(long)]
    keep_going: bool,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let began = Instant::now();
    let (next, failed) = (AtomicU64::new(arguments.seed), AtomicU64::new(0));
    let end = arguments.seed.saturating_add(arguments.seeds);
    let all = Mutex::new((0_u64, Stats::default()));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end || (failed.load(Ordering::Relaxed) > 0 && !arguments.keep_going) {
                return;
            }
            let verdict = run(seed);
            if arguments.verbose {
                println!("seed {seed}: {:016x} {:?}", verdict.digest, verdict.stats);
            }
            if !verdict.violations.is_empty() {
                failed.fetch_add(1, Ordering::Relaxed);
                report(&verdict);
            }
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            *all = (all.0 + 1, all.1.and(&verdict.stats));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads.max(1) {
            scope.spawn(work);
        }
    });
    let (seeds, stats) = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    let failed = failed.into_inner();
    println!("{seeds} seeds in {:.1?}, {failed} failed: {stats:?}", began.elapsed());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn report(verdict: &Verdict) {
    println!("seed {} (again: --seed {}):", verdict.seed, verdict.seed);
    for violation in verdict.violations.iter().take(20) {
        println!("  {violation}");
    }
}
