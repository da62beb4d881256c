//! What all requests share: the way to the services, options, rate limits, instruments.

use crate::telemetry::Instruments;
use crate::throttle::Throttle;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::DEFAULT_ACCOUNT;
use stepwell_service_kit::{Directory, Limits};

/// How the edge behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayOptions {
    /// The account, 12 digits, of callers whose access key id names none.
    pub account_id: String,
    /// Largest body of a request, in bytes.
    pub request_bytes: usize,
    /// How long GetActivityTask waits for a task.
    pub poll: Duration,
    /// Most requests an account may make in a second, and at once; `None` means no limit.
    pub requests_per_second: Option<NonZeroU32>,
}

impl Default for GatewayOptions {
    /// The limits of today's service, without a rate limit.
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            account_id: DEFAULT_ACCOUNT.to_owned(),
            request_bytes: limits.request_bytes,
            poll: Duration::from_secs(limits.poll_seconds),
            requests_per_second: None,
        }
    }
}

/// The edge's shared state; cheap to clone.
#[derive(Clone, Debug)]
pub struct Gateway(pub(crate) Arc<Edge>);

/// See [`Gateway`].
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) options: GatewayOptions,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) instruments: Instruments,
}

impl Gateway {
    /// An edge that finds the services through `directory`. Its metrics go to the global meter
    /// provider as it is now.
    pub fn new(directory: Arc<dyn Directory>, options: GatewayOptions) -> Self {
        let throttle = options.requests_per_second.map(Throttle::new);
        Self(Arc::new(Edge { directory, options, throttle, instruments: Instruments::new() }))
    }
}
