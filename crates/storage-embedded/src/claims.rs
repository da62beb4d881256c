//! Claimed tasks on disk: what a killed process had started and not handed over, the next one
//! delivers.
//!
//! Invariant: a commit that was made after a claim is on disk only together with the claim. A
//! claim is noted in memory before it is answered; a commit that follows reaches the writer after
//! that, and the writer begins each transaction with all that is noted. So the claim stands in the
//! commit's transaction or an earlier one, and the log is recovered from its beginning without a
//! gap. A claim needs neither a transaction nor a sync of its own: where no commit follows, its
//! owner still has the task pending and pushes it again.
//!
//! That a task is finished is noted in the same way and written soon, since a task which stays is
//! delivered a second time, under the same token, by the next process. Where no commit comes along
//! the transaction is not synced: the system keeps it when the process is killed.

use crate::writer::Wakeup;
use bytes::Bytes;
use rusqlite::{Connection, Result, params};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use stepwell_storage::{ClaimLog, QueueTask};

/// A change to the tasks of a queue that are kept.
pub(crate) enum Change {
    Keep { queue: Bytes, task: QueueTask },
    Forget { queue: Bytes, id: Bytes },
    ForgetAll { queue: Bytes },
}

/// Changes that no transaction has taken yet, oldest first.
#[derive(Default)]
pub(crate) struct Noted(Mutex<Vec<Change>>);

impl Noted {
    fn changes(&self) -> MutexGuard<'_, Vec<Change>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them, for a transaction.
    pub(crate) fn take(&self) -> Vec<Change> {
        std::mem::take(&mut *self.changes())
    }

    /// What a transaction took that did not take effect, or may not have: the next one makes the
    /// changes again, which is harmless since it makes them in the same order.
    pub(crate) fn put_back(&self, mut taken: Vec<Change>) {
        let mut changes = self.changes();
        taken.append(&mut changes);
        *changes = taken;
    }
}

/// Notes what becomes of claimed tasks.
pub(crate) struct Claims {
    pub(crate) noted: Arc<Noted>,
    pub(crate) writer: Wakeup,
}

impl ClaimLog for Claims {
    fn claimed(&self, queue: &[u8], tasks: &[QueueTask]) {
        let queue = Bytes::copy_from_slice(queue);
        let keep = |task: &QueueTask| Change::Keep { queue: queue.clone(), task: task.clone() };
        self.noted.changes().extend(tasks.iter().map(keep));
    }

    fn replaced(&self, queue: &[u8], replaced: &[(Bytes, QueueTask)]) {
        let queue = Bytes::copy_from_slice(queue);
        let changes = replaced.iter().flat_map(|(id, task)| {
            let (task, id) = (task.clone(), id.clone());
            [
                Change::Keep { queue: queue.clone(), task },
                Change::Forget { queue: queue.clone(), id },
            ]
        });
        self.noted.changes().extend(changes);
        self.writer.wake();
    }

    fn finished(&self, queue: &[u8], ids: &[Bytes]) {
        let queue = Bytes::copy_from_slice(queue);
        let forget = |id: &Bytes| Change::Forget { queue: queue.clone(), id: id.clone() };
        self.noted.changes().extend(ids.iter().map(forget));
        self.writer.wake();
    }

    fn dropped(&self, queue: &[u8]) {
        let queue = Bytes::copy_from_slice(queue);
        self.noted.changes().push(Change::ForgetAll { queue });
        self.writer.wake();
    }
}

/// Makes the changes, in order.
pub(crate) fn write(connection: &Connection, changes: &[Change]) -> Result<()> {
    for change in changes {
        match change {
            Change::Keep { queue, task } => connection
                .prepare_cached("INSERT OR REPLACE INTO claim VALUES (?1, ?2, ?3)")?
                .execute(params![queue.as_ref(), task.id.as_ref(), task.body.as_ref()])?,
            Change::Forget { queue, id } => connection
                .prepare_cached("DELETE FROM claim WHERE queue = ?1 AND id = ?2")?
                .execute(params![queue.as_ref(), id.as_ref()])?,
            Change::ForgetAll { queue } => connection
                .prepare_cached("DELETE FROM claim WHERE queue = ?1")?
                .execute([queue.as_ref()])?,
        };
    }
    Ok(())
}

/// What an earlier process had claimed and not finished, each task with its queue.
pub(crate) fn left(connection: &Connection) -> Result<Vec<(Bytes, QueueTask)>> {
    let mut claims = connection.prepare("SELECT queue, id, body FROM claim")?;
    let rows = claims.query_map([], |row| {
        let bytes = |column| row.get::<_, Vec<u8>>(column).map(Bytes::from);
        Ok((bytes(0)?, QueueTask { id: bytes(1)?, body: bytes(2)? }))
    })?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    use crate::EmbeddedStore;
    use bytes::Bytes;
    use std::path::Path;
    use stepwell_storage::{Commit, Expect, Lease, Outcome, PartitionStore, QueueStore};
    use stepwell_storage::{QueueTask, StoreError};

    const QUEUE: &[u8] = b"queue";

    async fn open(folder: &Path) -> (EmbeddedStore, Lease) {
        let store = EmbeddedStore::open(folder, 1).unwrap();
        let lease = store.acquire(0, "node", 1, 60_000).await.unwrap().unwrap();
        (store, lease)
    }

    async fn push(store: &EmbeddedStore, ids: &[&'static str]) {
        let tasks = ids.iter().map(|id| QueueTask { id: Bytes::from(*id), body: Bytes::from("b") });
        store.queue_push(QUEUE, &tasks.collect::<Vec<_>>()).await.unwrap();
    }

    async fn on_disk(store: &EmbeddedStore) -> Vec<Bytes> {
        let left = store.readers.read(|connection| super::left(connection)).await.unwrap();
        left.into_iter().map(|(_, task)| task.id).collect()
    }

    /// A write of a size that does not fit where the database may not grow.
    async fn commit(store: &EmbeddedStore, lease: Lease, number: u8) -> Result<(), StoreError> {
        let mut commit = Commit::new(1, Bytes::from(vec![number]), Expect::Absent);
        commit.batch = Some(Bytes::from(vec![1; 100_000]));
        let outcomes = store.commit(lease, vec![commit]).await?;
        assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
        Ok(())
    }

    async fn pragma(store: &EmbeddedStore, pragma: &str) -> u32 {
        let sql = format!("PRAGMA {pragma}");
        let value = move |connection: &rusqlite::Connection| {
            connection.query_row(&sql, [], |row| row.get(0))
        };
        store.writer.write(move |transaction| value(transaction.connection)).await.unwrap()
    }

    #[tokio::test]
    async fn claims_come_with_the_next_commit_and_go_by_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let (store, lease) = open(folder.path()).await;
        push(&store, &["a", "b", "c"]).await;
        assert_eq!(store.queue_claim(QUEUE, "node", 2).await.unwrap().len(), 2);
        commit(&store, lease, 1).await.unwrap();
        assert_eq!(on_disk(&store).await, ["a", "b"]);
        store.queue_give_back(QUEUE, &["b".into()]).await.unwrap();
        store.queue_finish(QUEUE, &["a".into()]).await.unwrap();
        while on_disk(&store).await != ["b"] {
            tokio::task::yield_now().await;
        }
        assert_eq!(pragma(&store, "synchronous").await, 2, "full again");
        store.queue_drop(QUEUE).await.unwrap();
        while !on_disk(&store).await.is_empty() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn claims_that_a_full_disk_refused_come_with_a_later_commit() {
        let folder = tempfile::tempdir().unwrap();
        let (store, lease) = open(folder.path()).await;
        push(&store, &["a", "b"]).await;
        let pages = pragma(&store, "page_count").await;
        pragma(&store, &format!("max_page_count = {pages}")).await;
        assert_eq!(store.queue_claim(QUEUE, "node", 9).await.unwrap().len(), 2);
        let refused = commit(&store, lease, 1).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        store.queue_finish(QUEUE, &["a".into()]).await.unwrap();
        pragma(&store, "max_page_count = 1000000").await;
        commit(&store, lease, 2).await.unwrap();
        assert_eq!(on_disk(&store).await, ["b"]);
    }
}
