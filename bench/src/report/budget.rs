//! Budgets: what the project wants to reach, beside what was found.

use super::{Report, Round};
use crate::scenario::name;

/// What is compared.
enum Measure {
    Rate,
    Cpu,
}

/// A wanted ratio of two rows.
struct Budget {
    store: &'static str,
    row: &'static str,
    of: (&'static str, &'static str),
    measure: Measure,
    /// At least this for rates, at most this for CPU.
    wanted: f64,
}

const fn rate(
    store: &'static str,
    row: &'static str,
    of: (&'static str, &'static str),
    wanted: f64,
) -> Budget {
    Budget { store, row, of, measure: Measure::Rate, wanted }
}

const fn cpu(
    store: &'static str,
    row: &'static str,
    of: (&'static str, &'static str),
    wanted: f64,
) -> Budget {
    Budget { store, row, of, measure: Measure::Cpu, wanted }
}

const BUDGETS: &[Budget] = &[
    cpu("embedded", name::PASS, ("", name::FIXED), 7.0),
    // One of the two is enough.
    rate("embedded", name::PASS, ("embedded", name::RAW), 0.6),
    rate("embedded", name::PASS, ("", name::FIXED), 0.4),
    rate("everysec", name::PASS, ("", name::GATEWAY), 0.4),
    cpu("everysec", name::PASS, ("", name::GATEWAY), 2.5),
    rate("always", name::PASS, ("everysec", name::PASS), 0.3),
    cpu("embedded", name::CHAIN, ("embedded", name::PASS), 1.5),
    cpu("everysec", name::CHAIN, ("everysec", name::PASS), 1.5),
    cpu("always", name::CHAIN, ("always", name::PASS), 1.5),
    cpu("embedded", name::FAN_OUT, ("embedded", name::PASS), 4.0),
    cpu("everysec", name::FAN_OUT, ("everysec", name::PASS), 4.0),
    cpu("always", name::FAN_OUT, ("always", name::PASS), 4.0),
    rate("embedded", name::ACTIVITY, ("embedded", name::PASS), 0.25),
    rate("everysec", name::ACTIVITY, ("everysec", name::PASS), 0.25),
    rate("always", name::ACTIVITY, ("always", name::PASS), 0.25),
    rate("embedded", name::HISTORY, ("", name::GATEWAY), 0.2),
    rate("everysec", name::HISTORY, ("", name::GATEWAY), 0.2),
    rate("everysec", name::TWO_NODES, ("everysec", name::ONE_NODE), 0.95),
];

/// Most milliseconds: of a row's median or 99th percentile.
const LATENCIES: &[(&str, Percentile, f64)] =
    &[(name::HANDOVER, Percentile::P50, 3.0), (name::TIMERS, Percentile::P99, 50.0)];

#[derive(Clone, Copy, Debug)]
enum Percentile {
    P50,
    P99,
}

/// Prints each budget whose rows were measured.
pub(crate) fn print_budgets(report: &Report) {
    println!("\nbudgets");
    for Budget { store, row, of, measure, wanted } in BUDGETS {
        let (of_round, what): (fn(&Round) -> f64, _) = match measure {
            Measure::Rate => (|round| round.rate, "rate"),
            Measure::Cpu => (|round| round.cpu, "CPU"),
        };
        let median = |store, row| report.get(store, row)?.median(of_round);
        let (Some(found), Some(base)) = (median(store, row), median(of.0, of.1)) else { continue };
        let found = found / base;
        let (met, bound) = match measure {
            Measure::Rate => (found >= *wanted, "at least"),
            Measure::Cpu => (found <= *wanted, "at most"),
        };
        let of = format!("{} {}", of.0, of.1);
        let subject = format!("{store} {row}: {what} of {}", of.trim());
        println!("{subject:72} {found:7.2}  {bound} {wanted} {}", verdict(met));
    }
    for store in ["embedded", "everysec", "always"] {
        for (name, percentile, most) in LATENCIES {
            let of_round: fn(&Round) -> f64 = match percentile {
                Percentile::P50 => |round| round.p50,
                Percentile::P99 => |round| round.p99,
            };
            let row = report.get(store, name).and_then(|row| row.median(of_round));
            let Some(found) = row else { continue };
            let subject = format!("{store} {name}: {percentile:?} ms");
            println!("{subject:72} {found:7.2}  at most {most} {}", verdict(found <= *most));
        }
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "NOT MET" }
}
