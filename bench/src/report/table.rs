//! The table.

use super::{Report, Round, Row};

/// Prints medians, and each row as a share of its limits: of the rate, and how often their CPU.
pub(crate) fn print_table(report: &Report) {
    println!(
        "{:9} {:30} {:>8} {:>8} {:>8} {:>8} {:>6} {:>8}  share of the rate, times the CPU of",
        "store", "operation", "rate/s", "p50 ms", "p99 ms", "CPU µs", "client", "bytes"
    );
    for ((store, name), row) in report.rows() {
        let shares = row.limits.iter().filter_map(|limit| share(report, store, row, limit));
        let notes = row
            .split()
            .into_iter()
            .chain(shares)
            .chain(Some(row.note.clone()).filter(|note| !note.is_empty()));
        let notes = notes.collect::<Vec<_>>().join("; ");
        println!(
            "{store:9} {name:30} {:>8} {:>8} {:>8} {:>8} {:>6} {:>8}  {notes}",
            number(row.median(|round| round.rate), 0),
            number(row.median(|round| round.p50), 2),
            number(row.median(|round| round.p99), 2),
            number(row.median(|round| round.cpu), 1),
            number(row.median(|round| round.client * 100.0), 0) + "%",
            number(row.bytes, 0),
        );
    }
}

fn share(report: &Report, store: &str, row: &Row, limit: &str) -> Option<String> {
    let of = report.get(store, limit).or_else(|| report.get("", limit))?;
    let times = |of_round: fn(&Round) -> f64| Some(row.median(of_round)? / of.median(of_round)?);
    let (rate, cpu) = (times(|round| round.rate)? * 100.0, times(|round| round.cpu)?);
    let cpu = if cpu.is_finite() { format!(", {cpu:.1}×") } else { String::new() };
    Some(format!("{rate:.0}%{cpu} {limit}"))
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}
