//! Commits whose outcome is unknown or refused, and what was decided on top of them.

#![allow(clippy::unwrap_used)]

mod suite;

use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use stepwell_engine::{Refusal, Status, Trigger};
use stepwell_partition::{Action, PartitionNode, Refused, SubmitError, activity_queue};
use stepwell_storage::{Gate, MemoryStore, PartitionStore as _, QueueStore as _, Store};
use suite::*;

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_found_and_answered() {
    let (store, _) = memory(1);
    let way = Way::new(store);
    let node = node(Arc::clone(&way) as Arc<dyn Store>, &machines(), quick("a")).await;
    way.next(Fault::AnswerLost);
    let started = node.submit(&arn("e"), start(b"task", "1")).await.unwrap();
    assert!(started.snapshot().is_running());
    // What the commit was to do outside is done as well.
    let queue = activity_queue(ACTIVITY, INCARNATION);
    let queued =
        eventually("the task", || async { way.queue_claim(&queue, "w", 9).await.unwrap().pop() });
    queued.await;
    assert_eq!(way.calls()["commit"], 1);
    node.shutdown().await;
}

#[tokio::test]
async fn a_commit_that_never_arrived_is_answered_as_unknown_and_may_be_repeated() {
    let (store, _) = memory(1);
    let way = Way::new(store);
    let node = node(Arc::clone(&way) as Arc<dyn Store>, &machines(), quick("a")).await;
    way.next(Fault::RequestLost);
    let lost = node.submit(&arn("e"), start(b"wait", "1")).await.unwrap_err();
    assert!(matches!(lost, SubmitError::Unavailable(_)), "{lost}");
    assert!(node.read(&arn("e")).await.unwrap().is_none());
    // The node takes the partition anew, since the lost write may still be on its way.
    eventually("the start", || async { node.submit(&arn("e"), start(b"wait", "1")).await.ok() })
        .await;
    way.next(Fault::Refused);
    let refused = node.submit(&arn("e"), abort()).await.unwrap_err();
    assert!(matches!(refused, SubmitError::Unavailable(_)), "{refused}");
    let still = node.read(&arn("e")).await.unwrap().unwrap();
    assert!(still.snapshot().is_running());
    node.submit(&arn("e"), abort()).await.unwrap();
    node.shutdown().await;
}

#[tokio::test]
async fn what_the_store_shows_the_owner_shows_though_it_has_no_answer_yet() {
    let (store, _) = memory(1);
    let way = Way::new(Arc::clone(&store));
    let owner = node(Arc::clone(&way) as Arc<dyn Store>, &machines(), quick("a")).await;
    let other = node(store, &machines(), quick("b")).await;
    owner.submit(&arn("e"), start(b"wait", "1")).await.unwrap();
    way.answers.forget_permits(usize::MAX);
    let stop = tokio::spawn({
        let owner = owner.clone();
        async move { owner.submit(&arn("e"), abort()).await }
    });
    eventually("the stop in the store", || async {
        let found = other.read(&arn("e")).await.unwrap().unwrap();
        (!found.snapshot().is_running()).then_some(())
    })
    .await;
    let shown = owner.read(&arn("e")).await.unwrap().unwrap();
    assert_eq!(shown.snapshot().root().status, Status::Aborted);
    assert!(!stop.is_finished());
    way.answers.add_permits(1_000);
    stop.await.unwrap().unwrap();
    owner.shutdown().await;
    other.shutdown().await;
}

#[tokio::test]
async fn the_wait_of_a_commit_whose_answer_was_lost_ends() {
    let (store, clock) = memory(1);
    let way = Way::new(store);
    let node = node(Arc::clone(&way) as Arc<dyn Store>, &machines(), quick("a")).await;
    way.next(Fault::AnswerLost);
    node.submit(&arn("e"), start(b"wait", "1")).await.unwrap();
    clock.forward(Duration::from_secs(61));
    eventually("the end", || async {
        let found = node.read(&arn("e")).await.unwrap().unwrap();
        (found.snapshot().root().status == Status::Succeeded).then_some(())
    })
    .await;
    node.shutdown().await;
}

#[tokio::test]
async fn a_wait_until_a_time_ends_by_the_store_s_clock() {
    let (store, clock) = memory(1);
    let machines = machines();
    let at = Timestamp::from_millisecond(store.now_ms().await.unwrap() - 10_000).unwrap();
    let wait = format!(
        r#"{{"StartAt":"W","States":{{"W":{{"Type":"Wait","Timestamp":"{at}","End":true}}}}}}"#
    );
    machines.add(b"until", &wait);
    let node = node(Arc::clone(&store) as Arc<dyn Store>, &machines, quick("a")).await;
    // The time is past by the clock as the node knows it, and not by the store's.
    clock.back(Duration::from_secs(40));
    let started = node.submit(&arn("e"), start(b"until", "1")).await.unwrap();
    assert!(started.snapshot().is_running());
    assert_eq!(started.snapshot().next_due_ms(), Some(at.as_millisecond()));
    clock.forward(Duration::from_secs(40));
    eventually("the end", || async {
        // What is written shows the node how late it is.
        node.submit(&arn("f"), start(b"pass", "1")).await.unwrap();
        let found = node.read(&arn("e")).await.unwrap().unwrap();
        (found.snapshot().root().status == Status::Succeeded).then_some(())
    })
    .await;
    node.shutdown().await;
}

/// Holds up a write, so that requests that come now are one turn. Counts as one commit.
async fn hold(way: &Way<MemoryStore>, node: &PartitionNode) {
    way.writes.forget_permits(usize::MAX);
    let (node, name) = (node.clone(), arn("first"));
    tokio::spawn(async move { node.submit(&name, start(b"pass", "1")).await });
    eventually("the first write", || async {
        way.calls().contains_key("commit asked").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_refused_commit_takes_along_what_was_decided_on_top_of_it() {
    let (store, _) = memory(1);
    let way = Way::new(store);
    let node = node(Arc::clone(&way) as Arc<dyn Store>, &machines(), quick("a")).await;
    hold(&way, &node).await;
    let e = arn("e");
    // The second stop rests on the first, the first on the start. None of them may be answered
    // from a start that was not stored.
    let (start_e, stop, again) =
        (node.submit(&e, start(b"wait", "1")), node.submit(&e, abort()), node.submit(&e, abort()));
    let all = async { tokio::join!(start_e, stop, again) };
    way.next(None);
    way.next(Fault::RequestLost);
    let release = async { way.writes.add_permits(1_000) };
    let ((started, stopped, again), ()) = tokio::join!(all, release);
    assert!(matches!(started, Err(SubmitError::Unavailable(_))), "{started:?}");
    assert!(matches!(stopped, Err(SubmitError::Unavailable(_))), "{stopped:?}");
    assert!(matches!(again, Err(SubmitError::Unavailable(_))), "{again:?}");
    assert!(node.read(&e).await.unwrap().is_none());
    node.shutdown().await;
}

#[tokio::test]
async fn requests_of_one_turn_are_one_write_and_build_on_each_other() {
    let (store, _) = memory(1);
    let way = Way::new(store);
    let node = node(Arc::clone(&way) as Arc<dyn Store>, &machines(), quick("a")).await;
    hold(&way, &node).await;
    let e = arn("e");
    let other_input = start(b"wait", "2");
    let all = async {
        tokio::join!(
            node.submit(&e, start(b"wait", "1")),
            node.submit(&e, start(b"wait", "1")),
            node.submit(&e, trigger(Trigger::TimerFired)),
            node.submit(&e, abort()),
            node.submit(&e, abort()),
        )
    };
    let release = async { way.writes.add_permits(1_000) };
    let ((first, same, early, stopped, again), ()) = tokio::join!(all, release);
    let (first, same) = (first.unwrap(), same.unwrap());
    assert_eq!(first.origin().run_id, same.origin().run_id);
    assert!(first.snapshot().is_running());
    assert_eq!(early.unwrap_err(), Refused::Trigger(Refusal::NothingDue).into());
    assert_eq!(stopped.unwrap().snapshot().root().status, Status::Aborted);
    assert_eq!(again.unwrap_err(), Refused::Trigger(Refusal::Closed).into());
    assert_eq!(way.calls()["commit"], 2);
    let mut call = other_input;
    if let Action::Start(start) = &mut call {
        start.request_id = "another".into();
    }
    assert_eq!(node.submit(&e, call).await.unwrap_err(), Refused::NameTaken.into());
    node.shutdown().await;
}

#[tokio::test]
async fn a_closed_gate_refuses_a_start() {
    let (store, _) = memory(1);
    let node = node(Arc::clone(&store) as Arc<dyn Store>, &machines(), quick("a")).await;
    store.set_gates(&[7; 16], Gate::Closed).await.unwrap();
    let refused = node.submit(&arn("e"), start(b"pass", "1")).await.unwrap_err();
    assert_eq!(refused, Refused::Gated.into());
    node.shutdown().await;
}
