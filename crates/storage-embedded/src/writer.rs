//! Group commit: one thread, one connection, one sync for all who wait. Each transaction begins
//! with the changes of claims that are noted, for which nobody waits.

use crate::claims::{self, Noted};
use crate::clock::Clock;
use crate::keys::Keys;
use rusqlite::{Connection, ErrorCode};
use std::fs::File;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use stepwell_storage::StoreError;
use tokio::sync::oneshot;

/// Most jobs of one transaction.
const MAX_GROUP: usize = 512;

/// An open transaction and its time, in milliseconds since 1970.
pub(crate) struct Transaction<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) now_ms: i64,
    pub(crate) keys: &'a Keys,
}

/// What the writing thread shares with the rest of the store.
pub(crate) struct State {
    pub(crate) clock: Arc<Clock>,
    pub(crate) noted: Arc<Noted>,
    pub(crate) keys: Arc<Keys>,
}

/// A write that a caller waits for.
trait Job: Send {
    /// Changes rows; once more where what it did before was taken back.
    fn run(&mut self, transaction: &Transaction<'_>) -> rusqlite::Result<()>;

    /// Tells the caller what came of the transaction.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// The last run's value, and the answer for it.
struct Call<W, T> {
    write: W,
    value: Result<T, StoreError>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<W, T> Job for Call<W, T>
where
    W: FnMut(&Transaction<'_>) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn run(&mut self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        match (self.write)(transaction) {
            Ok(value) => {
                self.value = Ok(value);
                Ok(())
            }
            Err(error) => {
                self.value = Err(refused(&error));
                Err(error)
            }
        }
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        // The caller may have gone; then nobody waits for the answer.
        let _ = self.answer.send(outcome.and(self.value));
    }
}

enum Work {
    Write(Box<dyn Job>),
    /// Only changes of claims, which are noted.
    Claims,
}

/// Hands writes to the writing thread; dropping it waits until the thread has ended.
pub(crate) struct Writer {
    work: Option<Arc<Sender<Work>>>,
    thread: Option<JoinHandle<()>>,
}

/// Has the writing thread look at what is noted, for as long as there is one.
pub(crate) struct Wakeup(Weak<Sender<Work>>);

impl Wakeup {
    pub(crate) fn wake(&self) {
        if let Some(work) = self.0.upgrade() {
            // The thread looks a last time when it ends.
            let _ = work.send(Work::Claims);
        }
    }
}

impl Writer {
    /// The thread holds `lock` for as long as it may write.
    pub(crate) fn start(connection: Connection, state: State, lock: File) -> std::io::Result<Self> {
        let (work, queue) = channel();
        let run = move || {
            run(&connection, &state, &queue);
            drop(connection);
            drop(lock);
        };
        let thread = std::thread::Builder::new().name("store-writer".to_owned()).spawn(run)?;
        Ok(Self { work: Some(Arc::new(work)), thread: Some(thread) })
    }

    /// For who notes changes.
    pub(crate) fn wakeup(&self) -> Wakeup {
        Wakeup(self.work.as_ref().map_or_else(Weak::new, Arc::downgrade))
    }

    /// Runs `write` inside the next transaction and answers after its sync. It may be run twice:
    /// what the first time did is taken back then.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        write: impl FnMut(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let value = Err(StoreError::Unavailable("the write was not made".to_owned()));
        let work = Work::Write(Box::new(Call { write, value, answer }));
        let gone = || StoreError::Unavailable("the store has been closed".to_owned());
        self.work.as_ref().and_then(|queue| queue.send(work).ok()).ok_or_else(gone)?;
        // The thread answers every job that it took, unless it panicked in the middle of one.
        answered.await.map_err(|_| StoreError::Unknown("the writing thread ended".to_owned()))?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.work = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed; there is nothing to add to it here.
            let _ = thread.join();
        }
    }
}

/// Why a statement that took no effect failed.
pub(crate) fn refused(error: &rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::ToSqlConversionFailure(_) => StoreError::Invalid(error.to_string()),
        _ => StoreError::Unavailable(error.to_string()),
    }
}

fn run(connection: &Connection, state: &State, queue: &Receiver<Work>) {
    while let Ok(first) = queue.recv() {
        let work = std::iter::once(first).chain(queue.try_iter().take(MAX_GROUP - 1));
        let jobs: Vec<_> = work.filter_map(Work::job).collect();
        if jobs.is_empty() {
            write_claims(connection, &state.noted);
        } else {
            group(connection, state, jobs);
        }
    }
    write_claims(connection, &state.noted);
}

impl Work {
    fn job(self) -> Option<Box<dyn Job>> {
        match self {
            Self::Write(job) => Some(job),
            Self::Claims => None,
        }
    }
}

/// How jobs of one transaction are kept apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Apart {
    /// Not at all: where one fails, all of them are taken back. The cheap way, and the usual one.
    No,
    /// Each in a savepoint, so that one that fails leaves the others alone.
    Savepoints,
}

/// Jobs of one transaction, answered after its sync.
fn group(connection: &Connection, state: &State, mut jobs: Vec<Box<dyn Job>>) {
    let State { clock, noted, keys } = state;
    // After the jobs were taken, so that what was noted before they came is in it.
    let changes = noted.take();
    let transaction = Transaction { connection, now_ms: clock.now_ms(), keys };
    let mut attempt = |apart| {
        begin(&transaction)?;
        claims::write(connection, &changes).map_err(|error| undo(connection, &error))?;
        jobs.iter_mut().try_for_each(|job| run_job(&transaction, job.as_mut(), apart))?;
        end(&transaction)
    };
    let written = attempt(Apart::No).or_else(|_| attempt(Apart::Savepoints));
    let outcome = written.and_then(|()| commit(connection));
    match &outcome {
        Ok(()) => keys.committed(),
        Err(StoreError::Unknown(_)) => keys.unknown(),
        Err(_) => keys.undone(),
    }
    if outcome.is_err() {
        noted.put_back(changes);
    }
    jobs.into_iter().for_each(|job| job.answer(outcome.clone()));
}

/// Changes of claims by themselves, without a sync. What fails is made again with what comes next.
fn write_claims(connection: &Connection, noted: &Noted) {
    let changes = noted.take();
    if changes.is_empty() {
        return;
    }
    // Begin, in a transaction of jobs, asks for syncs again.
    let written = connection
        .execute_batch("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE")
        .and_then(|()| claims::write(connection, &changes))
        .map_err(|error| undo(connection, &error))
        .and_then(|()| commit(connection));
    if written.is_err() {
        noted.put_back(changes);
    }
}

fn begin(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let Transaction { connection, keys, .. } = transaction;
    let begun = connection.execute_batch("PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
    begun.and_then(|()| keys.begin(connection)).map_err(|error| undo(connection, &error))
}

/// Writes what the next process has to know.
fn end(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let Transaction { connection, now_ms, keys } = transaction;
    let write = || {
        connection
            .prepare_cached("UPDATE store SET clock_ms = ?1, keys_from = ?2")?
            .execute([*now_ms, keys.lowest()])
    };
    write().map(drop).map_err(|error| undo(connection, &error))
}

/// Nothing of the transaction takes effect.
fn undo(connection: &Connection, error: &rusqlite::Error) -> StoreError {
    // Fails where no transaction is open, which is what it is for.
    let _ = connection.execute_batch("ROLLBACK");
    refused(error)
}

/// One job. An error is one of the whole transaction, of which nothing takes effect then: SQLite
/// itself may end it, as on a full disk.
fn run_job(
    transaction: &Transaction<'_>,
    job: &mut dyn Job,
    apart: Apart,
) -> Result<(), StoreError> {
    let Transaction { connection, keys, .. } = transaction;
    let failed = |error| undo(connection, &error);
    if apart == Apart::No {
        return job.run(transaction).map_err(failed);
    }
    let execute = |sql| connection.prepare_cached(sql)?.execute([]).map(drop);
    execute("SAVEPOINT write").map_err(failed)?;
    let mark = keys.mark();
    match job.run(transaction) {
        Ok(()) => execute("RELEASE write").map_err(failed),
        Err(error) if connection.is_autocommit() => Err(refused(&error)),
        Err(_) => {
            keys.take_back(mark);
            connection.execute_batch("ROLLBACK TO write; RELEASE write").map_err(failed)
        }
    }
}

fn commit(connection: &Connection) -> Result<(), StoreError> {
    let Err(error) = connection.prepare_cached("COMMIT").and_then(|mut sql| sql.execute([])) else {
        return Ok(());
    };
    if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) {
        // After a failed sync nobody knows what the disk holds. What was answered is safe; only
        // a restart that reads the log again can go on from there.
        eprintln!("the embedded store could not sync its log and ends the process: {error}");
        std::process::abort();
    }
    // A full disk fails the writing of the log, before its end mark: SQLite takes the transaction
    // back by itself, and this takes back one that any other failure left open.
    let open = !connection.is_autocommit();
    let undone = connection.execute_batch("ROLLBACK").is_ok();
    if error.sqlite_error_code() == Some(ErrorCode::DiskFull) || (open && undone) {
        return Err(StoreError::Unavailable(error.to_string()));
    }
    Err(StoreError::Unknown(error.to_string()))
}

#[cfg(test)]
mod tests {
    use crate::EmbeddedStore;
    use crate::keys::Keys;
    use bytes::Bytes;
    use futures::future::join_all;
    use stepwell_storage::{Commit, Expect, Outcome, PartitionStore, StoreError};

    fn commit(number: u64) -> Commit {
        let key = Bytes::copy_from_slice(&number.to_be_bytes());
        let mut commit = Commit::new(1, key, Expect::Absent);
        commit.batch = Some(Bytes::from(vec![1; 10_000]));
        commit
    }

    /// Lets the database grow to so many pages: SQLite then says that the disk is full.
    async fn limit_pages(store: &EmbeddedStore, pages: u32) {
        let sql = format!("PRAGMA max_page_count = {pages}");
        let limit = move |connection: &rusqlite::Connection| {
            connection.query_row(&sql, [], |row| row.get::<_, u32>(0))
        };
        store.writer.write(move |transaction| limit(transaction.connection)).await.unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_refuses_writes_and_the_store_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        // So few keys wait that transactions which fail have written some.
        let store = EmbeddedStore::open_with(folder.path(), 1, Keys::new(4)).unwrap();
        let lease = store.acquire(0, "node", 1, 60_000).await.unwrap().unwrap();
        limit_pages(&store, 200).await;
        let mut written = Vec::new();
        let mut refused = Vec::new();
        for turn in 0..20 {
            // Callers of one transaction: when it ends early, none of them may be told a success.
            let numbers = turn * 8..(turn + 1) * 8;
            let calls = numbers.clone().map(|number| store.commit(lease, vec![commit(number)]));
            for (number, outcome) in numbers.zip(join_all(calls).await) {
                match outcome {
                    Ok(outcomes) => {
                        assert!(matches!(outcomes[..], [Outcome::Committed { .. }]));
                        written.push(number);
                    }
                    Err(StoreError::Unavailable(_)) => refused.push(number),
                    Err(error) => panic!("{error}"),
                }
            }
        }
        assert!(written.len() > 8 && refused.len() > 8, "{written:?} {refused:?}");
        for (numbers, there) in [(&written, true), (&refused, false)] {
            for number in numbers {
                let found = store.load(0, &number.to_be_bytes()).await.unwrap();
                assert_eq!(found.is_some(), there, "{number}");
            }
        }
        limit_pages(&store, 1_000_000).await;
        let outcomes = store.commit(lease, vec![commit(refused[0])]).await.unwrap();
        assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
    }

    #[tokio::test]
    async fn keeping_a_lease_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = EmbeddedStore::open(folder.path(), 1).unwrap();
        let changes =
            |transaction: &super::Transaction<'_>| Ok(transaction.connection.total_changes());
        let lease = store.acquire(0, "node", 1, 60_000).await.unwrap().unwrap();
        let before = store.writer.write(changes).await.unwrap();
        assert_eq!(store.renew(&[lease], 60_000).await.unwrap(), [true]);
        assert_eq!(store.owner(0).await.unwrap().as_deref(), Some("node"));
        // The asking transaction stores its own time.
        assert_eq!(store.writer.write(changes).await.unwrap(), before + 1);
    }
}
