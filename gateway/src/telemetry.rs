//! The edge's metric: how long requests took, by action and error.

use opentelemetry::metrics::Histogram;
use opentelemetry::{KeyValue, global};
use std::time::Duration;
use stepwell_api::ErrorCode;

/// Upper bounds of the histogram's buckets, in seconds; the last ones are long polls.
const BOUNDS: [f64; 12] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0, 60.0];

/// The instruments of one gateway.
#[derive(Debug)]
pub(crate) struct Instruments {
    duration: Histogram<f64>,
}

impl Instruments {
    pub(crate) fn new() -> Self {
        let duration = global::meter("stepwell-gateway")
            .f64_histogram("stepwell.gateway.request.duration")
            .with_description("Time from a request's head to the head of its answer")
            .with_unit("s")
            .with_boundaries(BOUNDS.to_vec())
            .build();
        Self { duration }
    }

    /// Counts a request for `action` (empty where it named none) that ended with `error`, if any.
    pub(crate) fn record(&self, action: &'static str, error: Option<ErrorCode>, took: Duration) {
        let error = error.map_or("", ErrorCode::name);
        let attributes = [KeyValue::new("action", action), KeyValue::new("error", error)];
        self.duration.record(took.as_secs_f64(), &attributes);
    }
}
