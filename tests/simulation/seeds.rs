//! Whole runs of the suite under faults, one a seed. A failure prints the seed, and
//! `cargo run -p stepwell-simulator -- --seed N` repeats it.

#![allow(clippy::unwrap_used)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use stepwell_simulator::{Stats, Verdict, run};

/// Seeds of every build.
const SEEDS: u64 = 300;

/// Runs the seeds on two threads: each run has a runtime, a store and a clock of its own.
fn run_all(seeds: std::ops::Range<u64>) -> Vec<Verdict> {
    let (next, verdicts) = (AtomicU64::new(seeds.start), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let verdict = run(seed);
                    verdicts.lock().unwrap().push(verdict);
                }
            });
        }
    });
    verdicts.into_inner().unwrap()
}

#[test]
fn no_seed_goes_against_the_invariants() {
    let verdicts = run_all(0..SEEDS);
    let failed: Vec<String> = verdicts
        .iter()
        .filter(|verdict| !verdict.violations.is_empty())
        .map(|verdict| format!("seed {}: {:#?}", verdict.seed, verdict.violations))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    // Runs in which nothing happens show nothing.
    let all = verdicts.iter().fold(Stats::default(), |all, verdict| all.and(&verdict.stats));
    assert!(all.runs > SEEDS * 10, "{all:?}");
    assert!(all.compared > SEEDS * 5, "{all:?}");
    assert!(all.refused > SEEDS && all.leases > SEEDS * 5, "{all:?}");
}

#[test]
fn a_seed_repeats_exactly() {
    for seed in [3, 39, 65] {
        let (one, other) = (run(seed), run(seed));
        assert_eq!(one.digest, other.digest, "seed {seed}");
        assert_eq!(one.violations, other.violations, "seed {seed}");
    }
    assert_ne!(run(3).digest, run(4).digest);
}
