//! Definitions whose decisions took long of late, and how others are kept from waiting for them.
//!
//! A decision is made on a thread of the runtime, and all else that this thread would do waits
//! for it: calls, leases, other partitions. That is right for microseconds. What a stranger's
//! expressions take is bounded, but may be a good part of a second; a few dozen executions that do
//! nothing else would bring a process to a stand. So a definition that had such a decision has its
//! next ones made outside of the runtime's threads, in smaller pieces, and by fewer threads at once
//! than there are processors.

use bytes::Bytes;
use std::collections::HashMap;
use std::panic::resume_unwind;
use std::sync::{PoisonError, RwLock};
use std::thread::available_parallelism;
use std::time::Duration;
use stepwell_engine::Limits;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

/// A decision that takes so long is a costly one.
const LONG: Duration = Duration::from_millis(50);
/// How long a definition is remembered after a costly decision.
const MEMORY: Duration = Duration::from_secs(60);
/// Definitions that are remembered, at most.
const REMEMBERED: usize = 1_024;
/// A costly decision makes so many times fewer steps.
const PIECES: u32 = 8;

/// See the module.
pub(crate) struct CostlyDefinitions {
    long: Duration,
    memory: Duration,
    /// By the hash of a definition, when a decision last took long.
    seen: RwLock<HashMap<Bytes, Instant>>,
    room: Semaphore,
}

impl Default for CostlyDefinitions {
    fn default() -> Self {
        Self::new(LONG, MEMORY)
    }
}

impl CostlyDefinitions {
    /// `long` is what a costly decision takes, `memory` for how long it is remembered.
    fn new(long: Duration, memory: Duration) -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        let room = Semaphore::new((processors / 2).max(1));
        Self { long, memory, seen: RwLock::default(), room }
    }

    /// Makes a decision on an execution of the definition with this hash, within `limits` or
    /// tighter ones.
    pub(crate) async fn decide<T: Send + 'static>(
        &self,
        definition: &Bytes,
        limits: &Limits,
        decide: impl FnOnce(&Limits) -> T + Send + 'static,
    ) -> T {
        let costly = self.is_costly(definition);
        // Nobody closes it, and without a permit a decision is only less polite.
        let permit = if costly { self.room.acquire().await.ok() } else { None };
        let began = Instant::now();
        let decided = if costly {
            let steps = (limits.steps / PIECES).max(1);
            let limits = Limits { steps, ..limits.clone() };
            match spawn_blocking(move || decide(&limits)).await {
                Ok(decided) => decided,
                Err(error) => match error.try_into_panic() {
                    Ok(fault) => resume_unwind(fault),
                    // The runtime ends before the decision began, and this task with it.
                    Err(_) => std::future::pending().await,
                },
            }
        } else {
            decide(limits)
        };
        drop(permit);
        // A piece of what was costly is still that, though it takes less.
        let long = if costly { self.long / PIECES } else { self.long };
        if began.elapsed() >= long {
            self.remember(definition);
        }
        decided
    }

    fn is_costly(&self, definition: &Bytes) -> bool {
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        seen.get(definition).is_some_and(|last| last.elapsed() < self.memory)
    }

    fn remember(&self, definition: &Bytes) {
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED && !seen.contains_key(definition) {
            seen.retain(|_, last| last.elapsed() < self.memory);
            if seen.len() >= REMEMBERED {
                // They are seen again where they are still at it.
                seen.clear();
            }
        }
        seen.insert(definition.clone(), Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::{CostlyDefinitions, MEMORY, PIECES, REMEMBERED};
    use bytes::Bytes;
    use std::sync::mpsc;
    use std::time::Duration;
    use stepwell_engine::Limits;

    const HASH: Bytes = Bytes::from_static(b"costly");

    fn limits() -> Limits {
        Limits { steps: PIECES * 100, ..Limits::default() }
    }

    async fn steps(definitions: &CostlyDefinitions, hash: &Bytes) -> u32 {
        definitions.decide(hash, &limits(), |limits| limits.steps).await
    }

    #[tokio::test]
    async fn others_run_beside_a_costly_decision() {
        let decided = tokio::spawn(async {
            let definitions = CostlyDefinitions::new(Duration::ZERO, MEMORY);
            steps(&definitions, &HASH).await;
            // The only thread of the runtime decides; the other task is to have its turn.
            let (say, heard) = mpsc::channel();
            tokio::spawn(async move { say.send(()) });
            let wait = move |_: &Limits| heard.recv_timeout(Duration::from_secs(20));
            definitions.decide(&HASH, &limits(), wait).await
        });
        assert_eq!(decided.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn costly_decisions_are_made_in_pieces() {
        let always = CostlyDefinitions::new(Duration::ZERO, MEMORY);
        let never = CostlyDefinitions::new(Duration::MAX, MEMORY);
        let forgotten = CostlyDefinitions::new(Duration::ZERO, Duration::ZERO);
        for (definitions, then) in [(always, 100), (never, 800), (forgotten, 800)] {
            assert_eq!(steps(&definitions, &HASH).await, 800);
            assert_eq!(steps(&definitions, &HASH).await, then);
            assert_eq!(steps(&definitions, &HASH).await, then);
            assert_eq!(steps(&definitions, &Bytes::from_static(b"other")).await, 800);
        }
    }

    #[tokio::test]
    async fn what_is_remembered_is_bounded() {
        let definitions = CostlyDefinitions::new(Duration::ZERO, MEMORY);
        for number in 0..=REMEMBERED {
            let hash = Bytes::from(number.to_le_bytes().to_vec());
            steps(&definitions, &hash).await;
            assert!(definitions.is_costly(&hash));
        }
        assert!(definitions.seen.read().unwrap().len() <= REMEMBERED);
    }
}
