//! What the engine takes by itself, without a store or a wire: `cargo run --release -p bench -- decide`.
//!
//! Each row is one measure at several sizes, four times as much from one to the next. The last column
//! says how the cost of a unit (a transition, a byte) grew from the smallest size to the largest: 1 is
//! linear growth of the whole. What must hold on any machine, busy or not, is a test of the engine (`tests/growth.rs`).

mod evaluations;
mod executions;

use anyhow::Result;
use std::time::{Duration, Instant};

/// How long a size is measured at least, and how often; the quickest time counts.
const AT_LEAST: Duration = Duration::from_millis(60);
const ROUNDS: usize = 5;

/// What a transition may take (architecture, budgets).
const BUDGET_NANOS: f64 = 10_000.0;

/// A measure at one size.
struct Point {
    size: usize,
    nanos: f64,
}

/// A measure: nanoseconds by size.
struct Row {
    name: &'static str,
    /// What the sizes count.
    sizes: &'static str,
    /// What the nanoseconds are of.
    of: Of,
    points: Vec<Point>,
}

/// What the time of a measure is the time of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// A unit, of which there are as many as the size says, or whose number is the same at all sizes.
    Unit,
    /// The whole.
    Whole,
}

impl Row {
    fn print(&self) {
        let points: Vec<String> = self
            .points
            .iter()
            .map(|point| format!("{:>9.0} ns at {:<6}", point.nanos, point.size))
            .collect();
        println!("{:<44} {:<8} {}  x{:.2}", self.name, self.sizes, points.join(" "), self.growth());
    }

    /// How the cost grew from the smallest size to the largest, of what is to stay the same.
    fn growth(&self) -> f64 {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return f64::NAN;
        };
        let times = last.nanos / first.nanos;
        if self.of == Of::Unit { times } else { times * first.size as f64 / last.size as f64 }
    }
}

/// The time of one call of `work`, in nanoseconds, of the quickest round.
fn nanos(mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let (started, mut calls) = (Instant::now(), 0_u32);
        while started.elapsed() < AT_LEAST {
            work()?;
            calls += 1;
        }
        best = best.min(started.elapsed().as_nanos() as f64 / f64::from(calls));
    }
    Ok(best)
}

/// Measures and prints.
pub(crate) fn run() -> Result<()> {
    println!("a transition inside decide");
    let transitions = executions::measure()?;
    for row in &transitions {
        row.print();
        if let Some(point) = row.points.first() {
            println!("{:<44} {:>12.0} transitions/s", "", 1e9 / point.nanos);
        }
    }
    println!("\nan evaluation, by the bytes that it reads (growth per byte)");
    evaluations::measure()?.iter().for_each(Row::print);
    let slow =
        transitions.iter().filter_map(|row| row.points.first()).filter(|p| p.nanos > BUDGET_NANOS);
    println!(
        "\nbudget: a transition in single-digit microseconds: {}",
        if slow.count() == 0 { "met at the smallest size of every row" } else { "MISSED" }
    );
    Ok(())
}
