//! The nodes that deliver, and the entries of tasks that another delivery has.
//!
//! An entry can be claimed again while its task is being handed over: after a lost answer a node puts
//! all of its claims back, and a push may come twice. Should the node that hands over die, the entry
//! is all that can bring the task to a worker; so it is forgotten by whoever handed the task over, or
//! once no delivery of before can be under way any more.

use crate::claim::Claim;
use crate::delivery_id::{DeliveryId, NodeTag};
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::ApiError;
use stepwell_service_kit::{Directory, Role};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// How long a delivery may be under way: a stream waits 30 seconds for a worker's word, after its
/// transport took the task.
const UNDER_WAY: Duration = Duration::from_secs(120);
/// How often it is looked whether the delivering node still lives.
const LOOK: Duration = Duration::from_secs(5);

/// Knows which nodes live.
#[derive(Clone)]
pub(crate) struct Deliverers {
    directory: Arc<dyn Directory>,
    here: NodeTag,
    draining: CancellationToken,
}

impl Deliverers {
    pub(crate) fn new(
        directory: Arc<dyn Directory>,
        here: NodeTag,
        draining: CancellationToken,
    ) -> Self {
        Self { directory, here, draining }
    }

    /// Whether the node that makes the delivery is gone.
    pub(crate) async fn is_of_the_dead(&self, delivery: DeliveryId) -> Result<bool, ApiError> {
        if delivery.is_by(self.here) {
            return Ok(false);
        }
        let live = self.directory.live_peers(Role::Activity).await?;
        Ok(!live.iter().any(|peer| delivery.is_by(NodeTag::of(&peer.id))))
    }

    /// Keeps the entry of a task that the delivery has. Where its node dies before the delivery is
    /// done with, the entry goes back to its queue, as it does where this node drains: unless the
    /// delivery has taken it out of there.
    pub(crate) async fn keep(self, claim: Claim, delivery: DeliveryId) {
        let until = Instant::now() + UNDER_WAY;
        loop {
            if timeout(LOOK, self.draining.cancelled()).await.is_ok() {
                return claim.give_back();
            }
            match self.is_of_the_dead(delivery).await {
                Ok(true) => return claim.give_back(),
                // That it lived until then must be known.
                Ok(false) if Instant::now() >= until => return claim.finish(),
                Ok(false) | Err(_) => {}
            }
        }
    }
}
