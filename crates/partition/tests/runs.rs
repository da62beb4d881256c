//! What executions leave in the store, and how they go on.

#![allow(clippy::unwrap_used)]

mod suite;

use std::sync::Arc;
use std::time::Duration;
use stepwell_engine::{Event, Status};
use stepwell_partition::{Execution, HistoryReader, PartitionNode, activity_queue, key_of};
use stepwell_storage::Store;
use stepwell_storage_embedded::EmbeddedStore;
use suite::*;

async fn ended(node: &PartitionNode, name: &str) -> Arc<Execution> {
    eventually("the end", || async {
        let found = node.read(&arn(name)).await.unwrap().unwrap();
        (!found.snapshot().is_running()).then_some(found)
    })
    .await
}

async fn events(store: &dyn Store, node: &PartitionNode, execution: &Execution) -> Vec<Event> {
    let partition = node.partition_of(&execution.origin().identity.arn);
    let mut reader = HistoryReader::new(store, partition, execution);
    let (batches, _) = reader.batches(0, usize::MAX).await.unwrap();
    let events: Vec<Event> = batches.concat().into_iter().filter(|e| !e.is_private()).collect();
    assert!((1..).zip(&events).all(|(id, event)| event.id == id), "{events:?}");
    events
}

#[tokio::test]
async fn waits_and_tasks_go_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let machines = machines();
    machines
        .add(b"soon", r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":1,"End":true}}}"#);
    {
        let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(folder.path(), 4).unwrap());
        let node = node(Arc::clone(&store), &machines, quick("before")).await;
        for name in ["1", "2", "3", "4", "5"] {
            node.submit(&arn(name), start(b"soon", "1")).await.unwrap();
        }
        node.submit(&arn("t"), start(b"task", "1")).await.unwrap();
        node.shutdown().await;
    }
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(folder.path(), 4).unwrap());
    let node = node(Arc::clone(&store), &machines, quick("after")).await;
    for name in ["1", "2", "3", "4", "5"] {
        let found = ended(&node, name).await;
        assert_eq!(found.snapshot().root().status, Status::Succeeded);
        assert_eq!(events(&*store, &node, &found).await.len(), 4);
    }
    let queue = activity_queue(ACTIVITY, INCARNATION);
    eventually("the task", || async { store.queue_claim(&queue, "w", 1).await.unwrap().pop() })
        .await;
    node.shutdown().await;
}

#[tokio::test]
async fn a_decision_that_reaches_its_bound_goes_on_by_itself() {
    let (store, _) = memory(1);
    let machines = machines();
    let state = |n: u32| format!(r#""S{n}":{{"Type":"Pass","Next":"S{}"}},"#, n + 1);
    let states: String = (0..30).map(state).collect();
    let definition =
        format!(r#"{{"StartAt":"S0","States":{{{states}"S30":{{"Type":"Pass","End":true}}}}}}"#);
    machines.add(b"long", &definition);
    let mut config = quick("a");
    config.limits.steps = 5;
    let store: Arc<dyn Store> = store;
    let node = node(Arc::clone(&store), &machines, config).await;
    let started = node.submit(&arn("e"), start(b"long", "1")).await.unwrap();
    assert!(started.snapshot().is_running());
    let found = ended(&node, "e").await;
    assert!(found.batches() > 5, "{}", found.batches());
    assert_eq!(events(&*store, &node, &found).await.len(), 2 + 2 * 31);
    node.shutdown().await;
}

#[tokio::test]
async fn others_are_answered_while_an_execution_runs_and_runs() {
    let (store, _) = memory(1);
    let machines = machines();
    let definition = r#"{"StartAt":"C","States":{"D":{"Type":"Succeed"},"C":{"Type":"Choice","Choices":[
        {"Variable":"$","NumericEquals":1,"Next":"C"}],"Default":"D"}}}"#;
    machines.add(b"loop", definition);
    let mut config = quick("a");
    // A decision takes so long that the next one is due when it is written.
    config.limits.steps = 1_000;
    let node = node(store, &machines, config).await;
    node.submit(&arn("e"), start(b"loop", "1")).await.unwrap();
    let other = node.submit(&arn("other"), start(b"pass", "1")).await.unwrap();
    assert_eq!(other.snapshot().root().status, Status::Succeeded);
    assert!(node.read(&arn("e")).await.unwrap().unwrap().snapshot().is_running());
    assert_eq!(ended(&node, "e").await.snapshot().root().status, Status::Failed);
    node.shutdown().await;
}

#[tokio::test]
async fn a_history_with_large_payloads_is_cut_into_batches_of_a_mebibyte() {
    let (store, _) = memory(1);
    let machines = machines();
    let state = |n: u32| {
        format!(r#""S{n}":{{"Type":"Pass","Result":{n},"ResultPath":"$.r","Next":"S{}"}},"#, n + 1)
    };
    let states: String = (0..20).map(state).collect();
    let definition =
        format!(r#"{{"StartAt":"S0","States":{{{states}"S20":{{"Type":"Pass","End":true}}}}}}"#);
    machines.add(b"large", &definition);
    let store: Arc<dyn Store> = store;
    let node = node(Arc::clone(&store), &machines, quick("a")).await;
    let input = format!(r#"{{"x":"{}"}}"#, "y".repeat(200_000));
    node.submit(&arn("e"), start(b"large", &input)).await.unwrap();
    let found = ended(&node, "e").await;
    let batches = store.history(0, &key_of(&arn("e")), 0, 99).await.unwrap();
    assert!(batches.iter().all(|batch| batch.len() <= 1 << 20));
    let bytes: usize = batches.iter().map(bytes::Bytes::len).sum();
    // The input and twenty outputs, each once.
    assert!((21 * 200_000..22 * 200_000).contains(&bytes), "{bytes}");
    assert_eq!(events(&*store, &node, &found).await.len(), 2 + 2 * 21);
    let output = found.snapshot().root().output.clone().unwrap();
    assert!(output.text().ends_with(r#"","r":19}"#) && output.size() > 200_000);
    node.shutdown().await;
}

#[tokio::test]
async fn a_parked_execution_is_small() {
    let (store, _) = memory(1);
    let store: Arc<dyn Store> = store;
    let node = node(Arc::clone(&store), &machines(), quick("a")).await;
    let input = format!(r#"{{"x":"{}"}}"#, "y".repeat(504));
    assert_eq!(input.len(), 512);
    for (name, definition) in [("wait", b"wait"), ("task", b"task")] {
        node.submit(&arn(name), start(definition, &input)).await.unwrap();
        let key = key_of(&arn(name));
        let record = store.load(0, &key).await.unwrap().unwrap();
        let parts: usize = record.parts.iter().map(|(_, part)| part.len()).sum();
        let history: usize =
            store.history(0, &key, 0, 9).await.unwrap().iter().map(bytes::Bytes::len).sum();
        let outbox = store.outbox(0, None, 9).await.unwrap();
        let outbox: usize = outbox.iter().map(|entry| entry.body.len()).sum();
        let bytes = parts + history + outbox + 4 * key.len();
        assert!(bytes < 1_800, "{name}: {parts} + {history} + {outbox}");
    }
    node.shutdown().await;
}

#[tokio::test]
async fn many_waits_end_and_closed_executions_leave_after_their_retention() {
    let (store, clock) = memory(2);
    let store: Arc<dyn Store> = store;
    let mut config = quick("a");
    config.retention = Duration::from_secs(3_600);
    config.waiting = 4_000;
    let node = node(Arc::clone(&store), &machines(), config).await;
    let names: Vec<String> = (0..1_500).map(|n| n.to_string()).collect();
    let starts = names.iter().map(|name| {
        let node = &node;
        async move { node.submit(&arn(name), start(b"wait", name)).await.map(drop) }
    });
    futures::future::try_join_all(starts).await.unwrap();
    let group = stepwell_partition::group_of(arn("0").state_machine().namespace());
    assert_eq!(store.open_total(&group).await.unwrap(), 1_500);
    clock.forward(Duration::from_secs(61));
    eventually("all ends", || async {
        (store.open_total(&group).await.unwrap() == 0).then_some(())
    })
    .await;
    for name in &names {
        let found = node.read(&arn(name)).await.unwrap().unwrap();
        let root = found.snapshot().root();
        assert!(root.stopped_ms.unwrap() - root.started_ms >= 60_000, "early: {root:?}");
    }
    clock.forward(Duration::from_secs(3_700));
    eventually("all to be gone", || async {
        let (one, two) = (store.timers(0, 1).await.unwrap(), store.timers(1, 1).await.unwrap());
        (one.is_empty() && two.is_empty()).then_some(())
    })
    .await;
    assert!(node.read(&arn("7")).await.unwrap().is_none());
    node.shutdown().await;
}

#[tokio::test]
async fn an_activity_of_another_account_does_not_exist() {
    let (store, _) = memory(4);
    let machines = machines();
    let foreign = ACTIVITY.replace("000000000000", "111111111111");
    let task = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{foreign}","End":true}}}}}}"#
    );
    machines.add(b"foreign", &task);
    let node = node(store, &machines, quick("n")).await;
    let execution = node.submit(&arn("f"), start(b"foreign", "1")).await.unwrap();
    let root = execution.snapshot().root();
    assert_eq!(root.status, Status::Failed);
    assert!(root.reason.cause.as_deref().unwrap().contains("does not exist"));
    node.shutdown().await;
}
