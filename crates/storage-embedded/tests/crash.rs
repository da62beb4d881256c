//! What a process acknowledged is there after it was killed in the middle of its commits, and so
//! are the tasks that it had claimed before its last commit.

#![allow(clippy::unwrap_used, reason = "test code outside of test functions")]

use bytes::Bytes;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use stepwell_storage::{Commit, Expect, Outcome, PartitionStore, QueueStore, QueueTask};
use stepwell_storage_embedded::EmbeddedStore;

const DIRECTORY: &str = "STEPWELL_TEST_CRASH_DIRECTORY";
const WRITERS: u8 = 16;

/// The child: commits without end, and prints what was acknowledged.
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn commit_until_killed(directory: &Path) {
    let store = Arc::new(EmbeddedStore::open(directory, 4).unwrap());
    let lease = store.acquire(0, "child", 1, 600_000).await.unwrap().unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for key in 0..WRITERS {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for version in 0.. {
                let expect = if version == 0 { Expect::Absent } else { Expect::Version(version) };
                let mut commit = Commit::new(version.into(), Bytes::from(vec![key]), expect);
                commit.batch = Some(Bytes::from(vec![key; 300]));
                let outcomes = store.commit(lease, vec![commit]).await.unwrap();
                assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
                // One write, so that the lines of the writers don't mix.
                let line = format!("acknowledged {key} {}\n", version + 1);
                std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
            }
        });
    }
    writers.join_all().await;
}

#[tokio::test]
async fn acknowledged_commits_survive_kill_9() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        // The runtime of the child is its own.
        let child = move || commit_until_killed(Path::new(&directory));
        std::thread::spawn(child).join().unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = [0_u64; WRITERS as usize];
    for round in 1..=3_u64 {
        let directory = folder.path().join(round.to_string());
        let mut child = child("acknowledged_commits_survive_kill_9", &directory);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        acknowledged.fill(0);
        let mut count = 0;
        let mut read = |line: String| {
            let Some((_, words)) = line.split_once("acknowledged ") else { return 0 };
            let (key, version) = words.split_once(' ').unwrap();
            let key: usize = key.parse().unwrap();
            acknowledged[key] = acknowledged[key].max(version.parse().unwrap());
            1
        };
        while count < 150 * round {
            count += read(lines.next().unwrap().unwrap());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it printed before the kill counts too; the last line may be cut.
        lines.map_while(Result::ok).filter(|line| line.ends_with(char::is_numeric)).for_each(
            |line| {
                read(line);
            },
        );
        check(&folder.path().join(round.to_string()), &acknowledged).await;
    }
}

/// The test itself once more, in a process that can be killed.
fn child(test: &str, directory: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

const QUEUE: &[u8] = b"queue";

/// The child: claims two tasks, finishes one, commits as an owner that records a start, says so and
/// waits to be killed.
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn claim_until_killed(directory: &Path) {
    let store = EmbeddedStore::open(directory, 4).unwrap();
    let lease = store.acquire(0, "child", 1, 600_000).await.unwrap().unwrap();
    let task = |id: &'static str| QueueTask { id: id.into(), body: format!("body of {id}").into() };
    store.queue_push(QUEUE, &["started", "handed over", "pending"].map(task)).await.unwrap();
    assert_eq!(store.queue_claim(QUEUE, "child", 2).await.unwrap().len(), 2);
    store.queue_finish(QUEUE, &["handed over".into()]).await.unwrap();
    let commit = Commit::new(1, Bytes::from_static(b"key"), Expect::Absent);
    let outcomes = store.commit(lease, vec![commit]).await.unwrap();
    assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
    std::io::stdout().lock().write_all(b"committed\n").unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn claims_survive_kill_9_with_the_commits_after_them() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        let child = move || claim_until_killed(Path::new(&directory));
        std::thread::spawn(child).join().unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = child("claims_survive_kill_9_with_the_commits_after_them", folder.path());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while !lines.next().unwrap().unwrap().contains("committed") {}
    child.kill().unwrap();
    child.wait().unwrap();
    let store = EmbeddedStore::open(folder.path(), 4).unwrap();
    let started = QueueTask { id: "started".into(), body: "body of started".into() };
    assert_eq!(store.queue_claim(QUEUE, "next", 9).await.unwrap(), [started]);
}

async fn check(directory: &Path, acknowledged: &[u64]) {
    let store = EmbeddedStore::open(directory, 4).unwrap();
    assert!(acknowledged.iter().sum::<u64>() >= 150, "{acknowledged:?}");
    for (key, version) in (0..WRITERS).zip(acknowledged) {
        let record = store.load(0, &[key]).await.unwrap();
        let found = record.as_ref().map_or(0, |record| record.version);
        // The answer to one more commit may have been on its way.
        assert!((*version..=version + 1).contains(&found), "{key}: {version} but {found}");
        let history = store.history(0, &[key], 0, usize::MAX).await.unwrap();
        assert_eq!(history.len() as u64, found, "no torn commit");
        assert!(record.is_none_or(|record| record.commit == u128::from(found - 1)));
    }
}
