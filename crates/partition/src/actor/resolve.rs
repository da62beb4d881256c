//! The unknown outcome of a write: evict, read again, compare commit ids, only then answer.

use super::Actor;
use crate::Execution;
use crate::load::{ReadError, load};
use crate::request::SubmitError;
use crate::work::{Step, Then};
use bytes::Bytes;
use futures::future::try_join_all;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use stepwell_ids::ExecutionArn;
use stepwell_storage::CommitId;
use tokio::time::Instant;

type Found = HashMap<Bytes, Option<Arc<Execution>>>;

impl Actor {
    /// Finds out which of the commits took effect. What did not is answered as unknown, not as
    /// refused: the write may still be on its way, and would leave a timer and an outbox that the
    /// actor knows nothing of. So the actor ends, and whoever owns the partition next does so
    /// under a fence that such a write does not have.
    pub(super) async fn resolve(&mut self, steps: Vec<Step>, why: &str) {
        tracing::warn!(partition = self.partition(), why, "the outcome of a write is unknown");
        // Timers and outbox of what took effect are read from the store.
        self.behind = true;
        let mut arns = BTreeMap::new();
        for Step { work, .. } in &steps {
            self.slot.cache().remove(&work.key);
            arns.insert(work.key.clone(), work.arn.clone());
        }
        let found = self.read_again(arns).await;
        let mut applied = found.as_ref().map(|found| Applied::new(found, &steps));
        for Step { work, then } in steps {
            let took_effect = applied.as_mut().is_some_and(|applied| match &then {
                Then::Committed(done) => applied.reached(&work.key, done.id),
                Then::Answer(_) => applied.so_far(&work.key),
            });
            match (took_effect, then) {
                (true, Then::Answer(reply)) => work.reply(reply),
                (true, Then::Committed(done)) => {
                    if let Some(next) = done.plan.next {
                        work.reply(Ok(next));
                    }
                }
                (false, _) => {
                    self.unsettled = true;
                    self.fail(work, SubmitError::Unavailable(why.to_owned()));
                }
            }
        }
    }

    /// Reads the records, trying again while the store may come back soon.
    async fn read_again(&self, arns: BTreeMap<Bytes, ExecutionArn>) -> Option<Found> {
        let deadline = Instant::now() + self.shared.patience;
        let mut pause = Duration::from_millis(20);
        loop {
            let read = try_join_all(arns.iter().map(|(key, arn)| async move {
                let execution = load(&*self.shared.store, self.partition(), arn).await?;
                Ok::<_, ReadError>((key.clone(), execution))
            }));
            match read.await {
                Ok(found) => return Some(found.into_iter().collect()),
                Err(error) if Instant::now() + pause > deadline => {
                    tracing::warn!(partition = self.partition(), %error, "it stays unknown");
                    return None;
                }
                Err(_) => tokio::time::sleep(pause).await,
            }
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }
}

/// Which commits of a turn took effect: of each record the first ones, up to the one that the
/// record names.
struct Applied {
    left: HashMap<Bytes, HashSet<CommitId>>,
    broken: HashSet<Bytes>,
}

impl Applied {
    fn new(found: &Found, steps: &[Step]) -> Self {
        let mut chains: HashMap<Bytes, Vec<(CommitId, bool)>> = HashMap::new();
        for Step { work, then } in steps {
            if let Then::Committed(done) = then {
                let chain = chains.entry(work.key.clone()).or_default();
                chain.push((done.id, done.plan.next.is_none()));
            }
        }
        let applied = |(key, chain): (Bytes, Vec<(CommitId, bool)>)| {
            let stored = found.get(&key).and_then(Option::as_ref).map(|found| found.commit);
            // A record that is gone was removed by the commit that was to remove it.
            let last = chain.iter().rposition(|(id, removes)| match stored {
                Some(stored) => stored == *id,
                None => *removes,
            });
            let ids = chain.iter().take(last.map_or(0, |last| last + 1)).map(|(id, _)| *id);
            let ids = ids.collect();
            (key, ids)
        };
        Self { left: chains.into_iter().map(applied).collect(), broken: HashSet::new() }
    }

    fn reached(&mut self, key: &Bytes, id: CommitId) -> bool {
        let reached = self.left.get(key).is_some_and(|ids| ids.contains(&id));
        if !reached {
            self.broken.insert(key.clone());
        }
        reached
    }

    fn so_far(&self, key: &Bytes) -> bool {
        !self.broken.contains(key)
    }
}
