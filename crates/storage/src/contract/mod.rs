//! The suite that every adapter passes: a function a rule. Each takes an empty store of four
//! partitions and panics where the store breaks the port's contract. [`all`] runs every one.

mod closed;
mod control;
mod listing;
mod node;
mod partition;
mod queue;

use crate::{Store, StoreError};
use std::ops::Deref;

pub use closed::closed_records;
pub use control::{control_limits, control_lists, control_writes};
pub use listing::{all_partitions, gates, listings};
pub use node::nodes;
pub use partition::{bounds, fencing, outbox_and_triggers, removal, takeover, timers, versions};
pub use queue::{
    queue_generations, queue_replaces, queue_returns, queue_tasks, queue_wakes,
    queue_wakes_after_giving_up,
};

/// Runs every rule, each on a store that `open` gives. The store's clock must go by itself.
///
/// # Errors
/// What the stores' calls give.
pub async fn all<S>(open: impl AsyncFn() -> S) -> Result<(), StoreError>
where
    S: Deref<Target: Store + Sized>,
{
    versions(&*open().await).await?;
    fencing(&*open().await).await?;
    takeover(&*open().await).await?;
    bounds(&*open().await).await?;
    removal(&*open().await).await?;
    timers(&*open().await).await?;
    outbox_and_triggers(&*open().await).await?;
    listings(&*open().await).await?;
    closed_records(&*open().await).await?;
    all_partitions(&*open().await).await?;
    gates(&*open().await).await?;
    control_writes(&*open().await).await?;
    control_limits(&*open().await).await?;
    control_lists(&*open().await).await?;
    nodes(&*open().await).await?;
    queue_tasks(&*open().await).await?;
    queue_returns(&*open().await).await?;
    queue_replaces(&*open().await).await?;
    queue_generations(&*open().await).await?;
    queue_wakes(&*open().await).await?;
    queue_wakes_after_giving_up(&*open().await).await
}
