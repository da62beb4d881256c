//! Records are found whatever waits, whatever was taken back, and after every restart.

use super::Keys;
use crate::EmbeddedStore;
use crate::writer::Transaction;
use bytes::Bytes;
use futures::future::join_all;
use proptest::prelude::*;
use rusqlite::StatementStatus;
use std::collections::BTreeMap;
use std::path::Path;
use stepwell_storage::{Commit, Expect, Lease, Outcome, PartitionStore};

/// So few that sweeps come round within a test.
const FEW: usize = 5;

fn open(folder: &Path) -> EmbeddedStore {
    EmbeddedStore::open_with(folder, 1, Keys::new(FEW)).unwrap()
}

async fn lease(store: &EmbeddedStore) -> Lease {
    store.acquire(0, "node", 1, 60_000).await.unwrap().unwrap()
}

fn key(number: u8) -> Bytes {
    Bytes::copy_from_slice(&[number])
}

fn put(number: u8, version: u64) -> Commit {
    let expect = if version == 0 { Expect::Absent } else { Expect::Version(version) };
    let mut commit = Commit::new(version.into(), key(number), expect);
    commit.batch = Some(key(number));
    commit
}

fn remove(number: u8, version: u64) -> Commit {
    let mut commit = Commit::new(version.into(), key(number), Expect::Version(version));
    commit.remove = true;
    commit
}

/// Versions of the records that are to be there.
type Known = BTreeMap<u8, u64>;

async fn check(store: &EmbeddedStore, known: &Known) {
    for number in 0..=u8::MAX {
        let found = store.load(0, &key(number)).await.unwrap().map(|record| record.version);
        assert_eq!(found, known.get(&number).copied(), "{number}");
        let history = store.history(0, &key(number), 0, 1).await.unwrap();
        assert_eq!(history.len(), usize::from(found.is_some()), "{number}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// Writes of one transaction: each makes a record, changes it, or removes it.
    Write(Vec<(u8, bool)>),
    /// The same beside one that fails after it has made a record.
    BesideFailure(Vec<(u8, bool)>, u8),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let writes = || prop::collection::vec((any::<u8>(), prop::bool::weighted(0.3)), 1..12);
    let step = prop_oneof![
        6 => writes().prop_map(Step::Write),
        2 => (writes(), any::<u8>()).prop_map(|(writes, failed)| Step::BesideFailure(writes, failed)),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..30)
}

/// The commits of these writes, which `known` holds afterwards.
fn commits(known: &mut Known, writes: &[(u8, bool)]) -> Vec<Commit> {
    let mut commits = Vec::new();
    for (number, gone) in writes {
        let version = known.get(number).copied().unwrap_or_default();
        if *gone && version > 0 {
            known.remove(number);
            commits.push(remove(*number, version));
        } else {
            known.insert(*number, version + 1);
            commits.push(put(*number, version));
        }
    }
    commits
}

async fn run(steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let mut held = lease(&store).await;
    let mut known = Known::new();
    for step in steps {
        let (writes, failed) = match step {
            Step::Write(writes) => (writes, None),
            Step::BesideFailure(writes, failed) => (writes, Some(failed)),
            Step::Restart => {
                drop(store);
                store = open(folder.path());
                held = lease(&store).await;
                check(&store, &known).await;
                continue;
            }
        };
        let before = known.clone();
        let written = store.commit(held, commits(&mut known, &writes));
        let failing = failed.filter(|number| !before.contains_key(number)).map(|number| {
            let commit = put(number, 0);
            let fail = move |transaction: &Transaction<'_>| {
                crate::apply::apply(transaction, held, std::slice::from_ref(&commit))?;
                Err::<(), _>(rusqlite::Error::InvalidQuery)
            };
            store.writer.write(fail)
        });
        // The failing one is asked first, so that both are in one transaction, mostly.
        let (failed, outcomes) = tokio::join!(join_all(failing), written);
        assert!(failed.iter().all(Result::is_err));
        let all = |outcome: &Outcome| matches!(outcome, Outcome::Committed { .. });
        assert!(outcomes.unwrap().iter().all(all));
    }
    check(&store, &known).await;
    drop(store);
    check(&open(folder.path()), &known).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn records_are_found_after_any_steps(steps in steps()) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(run(steps));
    }
}

#[test]
fn statements_are_planned_once() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch(crate::schema::SCHEMA).unwrap();
    let plans = |sql, found: &dyn Fn(&mut rusqlite::Statement<'_>, u8) -> bool| {
        let mut statement = connection.prepare(sql).unwrap();
        assert!(!(0..10).any(|number| found(&mut statement, number)));
        statement.get_status(StatementStatus::RePrepare)
    };
    let by_number = |statement: &mut rusqlite::Statement<'_>, number: u8| {
        statement.exists(rusqlite::params![number, number % 3, vec![1, number]]).unwrap()
    };
    assert_eq!(plans(query!("version").0, &by_number), 0);
    assert_eq!(plans(super::ENTRIES, &|statement, digest| statement.exists([digest]).unwrap()), 0);
}

#[tokio::test]
async fn a_sweep_writes_no_more_than_has_come_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let held = lease(&store).await;
    let entries = |transaction: &Transaction<'_>| {
        let connection = transaction.connection;
        let count = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        Ok((
            count("SELECT count(*) FROM record_key")?,
            count(
                "SELECT count(*) FROM record WHERE id < (SELECT keys_from FROM store)
                   AND id NOT IN (SELECT id FROM record_key)",
            )?,
        ))
    };
    for number in 0..100 {
        store.commit(held, vec![put(number, 0)]).await.unwrap();
        let (written, missing) = store.writer.write(entries).await.unwrap();
        // Those beyond the ones that may wait; the asking transaction sweeps as well.
        assert_eq!(written, (i64::from(number) + 1 - FEW as i64).max(0));
        assert_eq!(missing, 0, "a record below the lowest that waits has no entry");
    }
    let lowest = |transaction: &Transaction<'_>| {
        let sql = "SELECT max(id) - keys_from FROM record, store";
        transaction.connection.query_row(sql, [], |row| row.get::<_, i64>(0))
    };
    let behind = store.writer.write(lowest).await.unwrap();
    assert!(behind < 60, "after a restart {behind} records would be looked at");
}
