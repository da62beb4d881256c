//! Medians, and each row as a share of the first.

use std::time::Duration;

/// One round of one load.
#[derive(Clone, Copy)]
pub(crate) struct Figure {
    /// Calls a second.
    rate: f64,
    /// CPU microseconds of the server per call.
    cpu: f64,
}

impl Figure {
    pub(crate) fn new(calls: u64, time: Duration, cpu_micros: u64) -> Self {
        let calls = calls as f64;
        Self { rate: calls / time.as_secs_f64(), cpu: cpu_micros as f64 / calls.max(1.0) }
    }
}

/// The rounds of every load.
pub(crate) struct Table(Vec<(String, Vec<Figure>)>);

impl Table {
    pub(crate) fn new(names: impl Iterator<Item = String>) -> Self {
        Self(names.map(|name| (name, Vec::new())).collect())
    }

    pub(crate) fn add(&mut self, row: usize, figure: Figure) {
        if let Some((_, figures)) = self.0.get_mut(row) {
            figures.push(figure);
        }
    }

    /// Prints medians; the first row is what the others are compared with.
    pub(crate) fn print(&self) {
        println!("{:32} {:>9} {:>7} {:>9} {:>7}", "", "calls/s", "share", "CPU µs", "times");
        let mut limit = None;
        for (name, figures) in &self.0 {
            let rate = median(figures.iter().map(|figure| figure.rate));
            let cpu = median(figures.iter().map(|figure| figure.cpu));
            let (best, least) = *limit.get_or_insert((rate, cpu));
            let (share, times) = (rate / best * 100.0, cpu / least);
            println!("{name:32} {rate:9.0} {share:6.0}% {cpu:9.1} {times:7.1}");
        }
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
