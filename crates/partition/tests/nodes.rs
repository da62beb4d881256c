//! Several nodes: sharing, taking over, fencing.

#![allow(clippy::unwrap_used)]

mod suite;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use stepwell_engine::{Status, Trigger};
use stepwell_partition::{Owner, PartitionNode, SubmitError, activity_queue};
use stepwell_storage::{MemoryStore, QueueStore as _, Store};
use suite::*;

async fn shared_evenly(nodes: &[&PartitionNode], each: usize) {
    eventually("even shares", || async {
        nodes.iter().all(|node| node.owned() == each).then_some(())
    })
    .await;
}

/// What is started on whichever node owns it.
async fn start_on(nodes: &[&PartitionNode], name: &str, definition: &[u8]) {
    for node in nodes {
        match node.submit(&arn(name), start(definition, "1")).await {
            Err(SubmitError::NotOwner) => {}
            started => return drop(started.unwrap()),
        }
    }
    panic!("{name} has no owner");
}

#[tokio::test]
async fn partitions_are_shared_moved_on_leave_and_answer_everywhere() {
    let (store, _) = memory(16);
    let machines = machines();
    let a = registered(Arc::clone(&store) as Arc<dyn Store>, &machines, quick("a")).await;
    assert_eq!(a.owned(), 16);
    for name in ["1", "2", "3", "4"] {
        start_on(&[&a], name, b"wait").await;
    }
    let b = registered(Arc::clone(&store) as Arc<dyn Store>, &machines, quick("b")).await;
    shared_evenly(&[&a, &b], 8).await;
    for name in ["1", "2", "3", "4"] {
        for node in [&a, &b] {
            assert!(node.read(&arn(name)).await.unwrap().unwrap().snapshot().is_running());
        }
        let partition = a.partition_of(&arn(name));
        let owner =
            (a.find_owner(partition).await.unwrap(), b.find_owner(partition).await.unwrap());
        let by_a = (Owner::This, Owner::Other("a".into()));
        let by_b = (Owner::Other("b".into()), Owner::This);
        assert!(owner == by_a || owner == by_b, "{owner:?}");
    }
    a.shutdown().await;
    stepwell_storage::NodeStore::node_remove(&*store, "a").await.unwrap();
    shared_evenly(&[&b], 16).await;
    for name in ["1", "2", "3", "4"] {
        b.submit(&arn(name), abort()).await.unwrap();
    }
    b.shutdown().await;
}

/// Two nodes, each with a way of its own to one store; the first owns everything.
async fn first_and_second()
-> (Arc<MemoryStore>, TestClock, [Arc<Way<MemoryStore>>; 2], [PartitionNode; 2]) {
    let (store, clock) = memory(2);
    let ways = [Way::new(Arc::clone(&store)), Way::new(Arc::clone(&store))];
    let machines = machines();
    // The first is not registered, so that the second claims all once the leases are over.
    let first = node(Arc::clone(&ways[0]) as Arc<dyn Store>, &machines, quick("first")).await;
    let second = registered(Arc::clone(&ways[1]) as Arc<dyn Store>, &machines, quick("second"));
    let second = second.await;
    assert_eq!((first.owned(), second.owned()), (2, 0));
    (store, clock, ways, [first, second])
}

#[tokio::test]
async fn a_dead_node_is_taken_over_with_its_timers_and_its_outbox() {
    let (store, clock, ways, [first, second]) = first_and_second().await;
    start_on(&[&first], "w", b"wait").await;
    start_on(&[&first], "t", b"task").await;
    let queue = activity_queue(ACTIVITY, INCARNATION);
    let task = eventually("the task", || async {
        store.queue_claim(&queue, "worker", 1).await.unwrap().pop()
    });
    let task = task.await;
    ways[0].cut.store(true, Ordering::SeqCst);
    store.queue_drop(&queue).await.unwrap();
    clock.forward(Duration::from_secs(61));
    shared_evenly(&[&second], 2).await;
    eventually("the end of the wait", || async {
        let found = second.read(&arn("w")).await.unwrap().unwrap();
        (found.snapshot().root().status == Status::Succeeded).then_some(())
    })
    .await;
    let again = eventually("the task", || async {
        store.queue_claim(&queue, "worker", 1).await.unwrap().pop()
    });
    assert_eq!(again.await, task);
    second.shutdown().await;
}

#[tokio::test]
async fn a_node_that_lost_its_lease_can_not_commit_and_shows_nothing_old() {
    let (_, clock, ways, [first, second]) = first_and_second().await;
    start_on(&[&first], "w", b"wait").await;
    ways[0].cut.store(true, Ordering::SeqCst);
    clock.forward(Duration::from_secs(5));
    shared_evenly(&[&second], 2).await;
    second.submit(&arn("w"), abort()).await.unwrap();
    // The first one's memory has the execution running. Once its lease is over by its own clock
    // it asks the store, which it can't reach.
    eventually("the end of the lease", || async { first.read(&arn("w")).await.err() }).await;
    let known = first.submit(&arn("w"), start(b"wait", "1")).await.unwrap_err();
    assert_eq!(known, SubmitError::NotOwner);
    let early = first.submit(&arn("w"), trigger(Trigger::TimerFired)).await.unwrap_err();
    assert_eq!(early, SubmitError::NotOwner, "and no refusal");
    ways[0].cut.store(false, Ordering::SeqCst);
    let found = first.read(&arn("w")).await.unwrap().unwrap();
    assert_eq!(found.snapshot().root().status, Status::Aborted);
    let refused = first.submit(&arn("w"), abort()).await.unwrap_err();
    assert_eq!(refused, SubmitError::NotOwner);
    eventually("the first to give up", || async { (first.owned() == 0).then_some(()) }).await;
    first.shutdown().await;
    second.shutdown().await;
}

#[tokio::test]
async fn a_write_of_an_old_owner_is_fenced_though_it_never_heard_of_the_new_one() {
    let (_, clock, ways, [first, second]) = first_and_second().await;
    start_on(&[&first], "w", b"wait").await;
    // A write of the first is on its way while the partition changes hands.
    ways[0].writes.forget_permits(usize::MAX);
    let late = {
        let first = first.clone();
        tokio::spawn(async move { first.submit(&arn("w"), abort()).await })
    };
    eventually("the write", || async {
        (ways[0].calls().get("commit asked") > ways[0].calls().get("commit")).then_some(())
    })
    .await;
    ways[0].cut.store(true, Ordering::SeqCst);
    clock.forward(Duration::from_secs(5));
    shared_evenly(&[&second], 2).await;
    ways[0].writes.add_permits(1_000);
    assert_eq!(late.await.unwrap().unwrap_err(), SubmitError::NotOwner);
    let record = second.read(&arn("w")).await.unwrap().unwrap();
    assert!(record.snapshot().is_running());
    first.shutdown().await;
    second.shutdown().await;
}

#[tokio::test]
async fn an_idle_node_asks_the_store_nothing_by_partition() {
    let (store, _) = memory(256);
    let way = Way::new(store);
    let node = node(Arc::clone(&way) as Arc<dyn Store>, &machines(), quick("a")).await;
    eventually("all partitions to be read", || async {
        (way.calls().get("triggers") == Some(&256)).then_some(())
    })
    .await;
    let before = way.calls();
    let looks = |calls: &std::collections::BTreeMap<&str, usize>| {
        calls.get("has_triggers").copied().unwrap_or_default()
    };
    eventually("more looks", || async { (looks(&way.calls()) > looks(&before) + 5).then_some(()) })
        .await;
    let after = way.calls();
    for call in ["timers", "outbox", "triggers", "load", "acquire"] {
        assert_eq!(after.get(call), before.get(call), "{call}");
    }
    assert_eq!(after.get("queue_generations"), None);
    node.shutdown().await;
}
