//! Group commit: one thread, one connection, one sync for all who wait.

use rusqlite::{Connection, ErrorCode};
use std::sync::mpsc::{Receiver, Sender, channel};
use stepwell_storage::StoreError;
use tokio::sync::oneshot;

/// Most jobs of one transaction.
const MAX_GROUP: usize = 512;

/// A write: changes rows, and says what to answer once they are on disk.
type Job = Box<dyn FnOnce(Result<&Connection, &StoreError>) -> rusqlite::Result<Reply> + Send>;
type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Hands writes to the writing thread, which ends when this is dropped.
pub(crate) struct Writer {
    jobs: Sender<Job>,
}

impl Writer {
    pub(crate) fn start(connection: Connection) -> std::io::Result<Self> {
        let (jobs, queue) = channel();
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(&connection, &queue))?;
        Ok(Self { jobs })
    }

    /// Runs `write` inside the next transaction and answers after its sync.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let value = match connection {
                Ok(connection) => write(connection),
                Err(error) => {
                    // The caller may have gone; then nobody waits for the answer.
                    let _ = answer.send(Err(error.clone()));
                    return Ok(Box::new(|_| {}));
                }
            };
            match value {
                Ok(value) => Ok(Box::new(move |outcome: Result<(), StoreError>| {
                    let _ = answer.send(outcome.map(|()| value));
                })),
                Err(error) => {
                    let _ = answer.send(Err(StoreError::Unavailable(error.to_string())));
                    Err(error)
                }
            }
        });
        let gone = || StoreError::Unavailable("the store has been closed".to_owned());
        self.jobs.send(job).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

fn run(connection: &Connection, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let mut jobs = vec![first];
        jobs.extend(queue.try_iter().take(MAX_GROUP - 1));
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            let error = StoreError::Unavailable(error.to_string());
            // A job that is given no connection only answers.
            jobs.into_iter().for_each(|job| drop(job(Err(&error))));
            continue;
        }
        let replies: Vec<_> =
            jobs.into_iter().filter_map(|job| savepoint(connection, job)).collect();
        let outcome = commit(connection);
        replies.into_iter().for_each(|reply| reply(outcome.clone()));
    }
}

/// A write that fails leaves the others of its transaction alone.
fn savepoint(connection: &Connection, job: Job) -> Option<Reply> {
    let reply = connection.execute_batch("SAVEPOINT write").and_then(|()| job(Ok(connection)));
    let end = if reply.is_ok() { "RELEASE write" } else { "ROLLBACK TO write; RELEASE write" };
    // A full disk can end the whole transaction here; the commit then fails and tells everyone.
    let _ = connection.execute_batch(end);
    reply.ok()
}

fn commit(connection: &Connection) -> Result<(), StoreError> {
    let Err(error) = connection.execute_batch("COMMIT") else {
        return Ok(());
    };
    if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) {
        // After a failed sync nobody knows what the disk holds. What was answered is safe; only
        // a restart that reads the log again can go on from there.
        eprintln!("the embedded store could not sync its log and ends the process: {error}");
        std::process::abort();
    }
    // A full disk may have ended the transaction early, with later writes on their own.
    let _ = connection.execute_batch("ROLLBACK");
    Err(StoreError::Unknown(error.to_string()))
}
