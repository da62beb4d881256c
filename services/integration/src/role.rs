//! The role: how it starts.

use crate::endpoint::{Endpoint, EndpointError};
use crate::poll::Poll;
use crate::reporter::Reporter;
use std::sync::Arc;
use std::time::Duration;
use stepwell_service_kit::{Directory, Drain};
use tokio::sync::Semaphore;

/// What an installation decides about its integrations.
#[derive(Clone, Debug)]
pub struct Options {
    /// URL of the server that functions are called on; without it calls fail.
    pub lambda_endpoint: Option<String>,
    /// How many calls this node makes at once.
    pub max_concurrency: usize,
    /// How long a call may take; after that what became of it is not known.
    pub call_timeout: Duration,
}

impl Default for Options {
    /// No endpoint, 256 calls at once, and a minute more than the 15 that a function may take.
    fn default() -> Self {
        Self {
            lambda_endpoint: None,
            max_concurrency: 256,
            call_timeout: Duration::from_secs(16 * 60),
        }
    }
}

/// The role. It works until draining begins; calls that run then are finished and reported before
/// [`Drain::finished`] completes.
#[derive(Debug)]
pub struct Integration;

impl Integration {
    /// Starts the role.
    ///
    /// # Errors
    /// The endpoint can't be used.
    pub fn start(
        directory: Arc<dyn Directory>,
        options: Options,
        drain: &Drain,
    ) -> Result<Self, EndpointError> {
        let Options { lambda_endpoint, max_concurrency, call_timeout } = options;
        let endpoint = lambda_endpoint.as_deref().filter(|url| !url.is_empty());
        let endpoint = endpoint.map(|url| Endpoint::new(url, call_timeout)).transpose()?;
        let poll = Poll {
            endpoint,
            reporter: Reporter::new(Arc::clone(&directory)),
            directory,
            slots: Arc::new(Semaphore::new(max_concurrency.clamp(1, Semaphore::MAX_PERMITS))),
            drain: drain.clone(),
        };
        drain.spawn(poll.run());
        Ok(Self)
    }
}
