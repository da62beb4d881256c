//! Tasks that are given to nodes that ask for them, past their queues.

#![allow(clippy::unwrap_used)]

mod suite;

use bytes::Bytes;
use prost::Message as _;
use std::slice;
use std::sync::Arc;
use std::time::Duration;
use stepwell_engine::{Payload, TaskRef, Trigger};
use stepwell_partition::{Action, Execution, PartitionNode, activity_queue};
use stepwell_storage::{
    MemoryStore, NodeRecord, NodeStore as _, PartitionStore as _, QueueStore as _, QueueTask,
};
use suite::{ACTIVITY, INCARNATION, abort, arn, eventually, machines, memory, node, quick, start};

const PATIENCE: Duration = Duration::from_secs(600);

fn queue() -> Bytes {
    activity_queue(ACTIVITY, INCARNATION)
}

/// A node, and the first task that it gives: that of the execution `e`.
async fn one_given() -> (Arc<MemoryStore>, PartitionNode, QueueTask) {
    let (store, _) = memory(1);
    let node = node(store.clone(), &machines(), quick("n")).await;
    let asking = node.clone();
    let asked = tokio::spawn(async move { asking.take_tasks(&queue(), "a", 8).await.unwrap() });
    // The question has to be there first.
    tokio::time::sleep(Duration::from_millis(20)).await;
    node.submit(&arn("e"), start(b"task", "1")).await.unwrap();
    let mut tasks = asked.await.unwrap();
    assert_eq!(tasks.len(), 1);
    (store, node, tasks.remove(0))
}

fn reference(task: &QueueTask) -> (u128, TaskRef) {
    let read = stepwell_api::internal::TaskRef::decode(task.body.clone()).unwrap();
    let number = |bytes: &Bytes| u128::from_be_bytes(bytes.as_ref().try_into().unwrap());
    let (scheduled_event, nonce) = (read.scheduled_event_id, number(&read.nonce));
    (number(&read.run_id), TaskRef { scheduled_event, attempt: read.attempt as u32, nonce })
}

async fn begin(node: &PartitionNode, task: &QueueTask) -> Arc<Execution> {
    let (run_id, task) = reference(task);
    let trigger = Trigger::TaskStarted { task, delivery_id: 1, worker_name: None };
    node.submit(&arn("e"), Action::StartGiven { run_id, trigger }).await.unwrap()
}

async fn outbox(store: &MemoryStore) -> usize {
    store.outbox(0, None, 10).await.unwrap().len()
}

async fn queued(store: &MemoryStore) -> Option<Vec<QueueTask>> {
    Some(store.queue_claim(&queue(), "other", 10).await.unwrap()).filter(|some| !some.is_empty())
}

#[tokio::test]
async fn a_given_task_keeps_its_entry_until_it_has_ended() {
    let (store, node, task) = one_given().await;
    begin(&node, &task).await;
    assert_eq!(outbox(&store).await, 1, "nothing else says who has it");
    let (run_id, reference) = reference(&task);
    let output = Payload::parse("2").unwrap();
    let trigger = Trigger::TaskSucceeded { task: reference, output };
    let action = Action::Trigger { run_id: Some(run_id), trigger };
    let ended = node.submit(&arn("e"), action).await.unwrap();
    assert!(!ended.snapshot().is_running());
    assert_eq!(outbox(&store).await, 0);
    assert_eq!(queued(&store).await, None);
}

#[tokio::test]
async fn the_entry_of_a_delivered_task_that_goes_on_is_retired() {
    let (store, node, task) = one_given().await;
    node.settle_tasks(slice::from_ref(&task.id), &[], &[]);
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(outbox(&store).await, 1, "it is not even started");
    let (store, node, task) = one_given().await;
    begin(&node, &task).await;
    node.settle_tasks(slice::from_ref(&task.id), &[], &[]);
    eventually("end of the entry", async || (outbox(&store).await == 0).then_some(())).await;
    assert_eq!(queued(&store).await, None);
}

#[tokio::test]
async fn what_is_not_started_or_given_back_goes_to_the_queue() {
    let (store, _node, task) = one_given().await;
    let late = eventually("queued task", async || queued(&store).await).await;
    assert_eq!(late, [task]);
    let (store, node, task) = one_given().await;
    node.settle_tasks(&[], slice::from_ref(&task.id), &[]);
    let back = eventually("queued task", async || queued(&store).await).await;
    assert_eq!(back, [task]);
}

#[tokio::test]
async fn what_nobody_takes_in_time_goes_to_the_queue() {
    let (store, node, task) = one_given().await;
    // The queue counts as asked for, for a while.
    node.submit(&arn("f"), start(b"task", "1")).await.unwrap();
    assert_eq!(queued(&store).await, None, "it is held");
    let late = eventually("queued task", async || queued(&store).await).await;
    assert!(late.len() == 1 && late[0] != task);
}

#[tokio::test]
async fn a_started_task_of_a_dead_node_goes_to_the_queue() {
    let (store, node, task) = one_given().await;
    let record = |id: &str| NodeRecord {
        id: id.to_owned(),
        role: "activity".to_owned(),
        address: String::new(),
        info: Bytes::new(),
    };
    let ttl_ms = i64::try_from(PATIENCE.as_millis()).unwrap();
    store.node_renew(&record("a"), ttl_ms).await.unwrap();
    begin(&node, &task).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(queued(&store).await, None, "the node lives");
    store.node_remove("a").await.unwrap();
    let lost = eventually("queued task", async || queued(&store).await).await;
    assert_eq!(lost, [task]);
    assert_eq!(outbox(&store).await, 1);
}

#[tokio::test]
async fn a_task_that_ends_on_its_way_leaves_nothing() {
    let (store, node, _) = one_given().await;
    node.submit(&arn("e"), abort()).await.unwrap();
    assert_eq!(outbox(&store).await, 0);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(queued(&store).await, None);
}
