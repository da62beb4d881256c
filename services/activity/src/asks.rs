//! What one line asks of the execution nodes: tasks that they have pending for its queue.
//!
//! Each node is asked once at a time. Tasks that come when no place waits any more are kept for a
//! moment, and then given back.

use crate::claim::Claim;
use crate::taker::Taker;
use bytes::Bytes;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use stepwell_service_kit::Peer;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// How long a task waits for a place.
const KEEP: Duration = Duration::from_millis(25);
/// How long a node is left alone that could not be asked.
const PAUSE: Duration = Duration::from_millis(500);
/// How often the nodes are looked up.
const FRESH: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Default)]
pub(crate) struct Asks {
    nodes: Vec<Arc<Peer>>,
    /// When they were looked up.
    looked: Option<Instant>,
    /// The nodes that are being asked, by id.
    asked: BTreeSet<String>,
    answers: JoinSet<(String, Vec<Claim>)>,
    /// Tasks that were given, and since when they wait.
    given: VecDeque<(Instant, Claim)>,
}

impl Asks {
    /// Asks every node that is not being asked for at most `limit` tasks.
    pub(crate) async fn ask(&mut self, taker: &Arc<Taker>, queue: &Bytes, limit: usize) {
        if self.looked.is_none_or(|looked| looked.elapsed() >= FRESH) {
            self.nodes = taker.execution_nodes().await.into_iter().map(Arc::new).collect();
            self.looked = Some(Instant::now());
        }
        for node in &self.nodes {
            if !self.asked.insert(node.id.clone()) {
                continue;
            }
            let (taker, node, queue) = (Arc::clone(taker), Arc::clone(node), queue.clone());
            self.answers.spawn(async move {
                let claims = match taker.ask(&node, &queue, limit).await {
                    Ok(claims) => claims,
                    Err(status) => {
                        tracing::debug!(node = node.id, %status, "an owner gives no tasks");
                        sleep(PAUSE).await;
                        Vec::new()
                    }
                };
                (node.id.clone(), claims)
            });
        }
    }

    /// Waits for an answer; for ever where there is none to come.
    pub(crate) async fn answered(&mut self) {
        match self.answers.join_next().await {
            Some(Ok((node, claims))) => {
                self.asked.remove(&node);
                let now = Instant::now();
                self.given.extend(claims.into_iter().map(|claim| (now, claim)));
            }
            // Which one it was is not known: all are asked anew.
            Some(Err(_)) => self.end(),
            None => std::future::pending().await,
        }
    }

    /// The task that was given first.
    pub(crate) fn next(&mut self) -> Option<Claim> {
        self.given.pop_front().map(|(_, claim)| claim)
    }

    /// When the first task has waited for too long.
    pub(crate) fn stale_at(&self) -> Option<Instant> {
        self.given.front().map(|(since, _)| *since + KEEP)
    }

    /// Gives back what has waited for too long.
    pub(crate) fn drop_stale(&mut self) {
        while self.stale_at().is_some_and(|at| at <= Instant::now()) {
            drop(self.given.pop_front());
        }
    }

    /// Asks nobody any more, and gives everything back. What is on its way to here its owner has to
    /// look after.
    pub(crate) fn end(&mut self) {
        self.answers = JoinSet::new();
        self.asked.clear();
        self.given.clear();
    }
}
