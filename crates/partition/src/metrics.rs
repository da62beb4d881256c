//! What is counted.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, UpDownCounter};

/// The instruments of the execution role.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// Executions that were started.
    pub(crate) starts: Counter<u64>,
    /// Events that were committed.
    pub(crate) events: Counter<u64>,
    /// Commits by outcome.
    commits: Counter<u64>,
    /// Seconds of one write of a turn's commits.
    pub(crate) write_seconds: Histogram<f64>,
    /// Partitions that the node owns.
    pub(crate) partitions: UpDownCounter<i64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = opentelemetry::global::meter("stepwell");
        Self {
            starts: meter.u64_counter("stepwell.executions.started").build(),
            events: meter.u64_counter("stepwell.events").build(),
            commits: meter.u64_counter("stepwell.commits").build(),
            write_seconds: meter.f64_histogram("stepwell.write.duration").with_unit("s").build(),
            partitions: meter.i64_up_down_counter("stepwell.partitions").build(),
        }
    }

    /// Counts the commits of one write that had this outcome.
    pub(crate) fn committed(&self, count: usize, outcome: &'static str) {
        if count > 0 {
            self.commits.add(count as u64, &[KeyValue::new("outcome", outcome)]);
        }
    }
}
