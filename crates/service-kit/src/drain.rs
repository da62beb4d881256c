//! Draining: SIGTERM or Ctrl-C asks a process to stop taking new work and to finish what runs.
//!
//! A second signal doesn't shorten it: killing a process outright is always safe.

use std::future::Future;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The process-wide wish to stop, and the tasks that must end first.
#[derive(Clone, Debug, Default)]
pub struct Drain {
    token: CancellationToken,
    tasks: TaskTracker,
}

impl Drain {
    /// A drain that hasn't begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins draining: every holder of the token is told.
    pub fn begin(&self) {
        self.token.cancel();
    }

    /// Whether draining has begun.
    pub fn has_begun(&self) -> bool {
        self.token.is_cancelled()
    }

    /// The token to select on; it is cancelled when draining begins.
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// Completes when draining begins.
    pub fn begun(&self) -> impl Future<Output = ()> + Send + 'static {
        self.token.clone().cancelled_owned()
    }

    /// Starts a task that [`Drain::finished`] waits for.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(task);
    }

    /// Waits until every task started with [`Drain::spawn`] has ended.
    pub async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Begins draining at SIGTERM or SIGINT.
    ///
    /// # Errors
    /// The handlers can't be installed.
    pub fn on_signals(&self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut term, mut int) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let drain = self.clone();
        tokio::spawn(async move {
            tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
            tracing::info!("draining");
            drain.begin();
        });
        Ok(())
    }
}
