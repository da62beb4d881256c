//! Nested executions across partitions and nodes: started once, watched to their end, stopped when
//! nobody waits any more, whatever breaks on the way.

#![allow(clippy::unwrap_used)]

mod suite;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use stepwell_engine::{Event, Status, Trigger};
use stepwell_ids::ExecutionArn;
use stepwell_partition::{Execution, HistoryReader, PartitionNode, SubmitError};
use stepwell_storage::{MemoryStore, PartitionStore as _, Store};
use suite::peers::{At, Peers};
use suite::*;

const PATTERNS: [&str; 4] = ["", ".sync", ".sync:2", ".waitForTaskToken"];

/// Machines of one nested execution, each named by the end of its resource.
fn with_parents() -> Arc<Machines> {
    let machines = machines();
    for pattern in PATTERNS {
        let text = format!(
            r#"{{"StartAt":"N","States":{{"N":{{"Type":"Task","End":true,
                "Resource":"arn:aws:states:::states:startExecution{pattern}"}}}}}}"#
        );
        machines.add(format!("parent{pattern}").as_bytes(), &text);
    }
    machines
}

fn child(machine: &str, name: &str) -> ExecutionArn {
    let arn = format!("arn:aws:states:us-east-1:000000000000:execution:{machine}:{name}");
    ExecutionArn::parse(&arn).unwrap()
}

/// What a parent is started with, to start `machine` under the name `c`.
fn input(machine: &str) -> String {
    format!(
        r#"{{"StateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:{machine}",
            "Name":"c","Input":{{"a":1}}}}"#
    )
}

fn parent(pattern: &str, machine: &str) -> stepwell_partition::Action {
    start(format!("parent{pattern}").as_bytes(), &input(machine))
}

async fn has_status(node: &PartitionNode, arn: &ExecutionArn, status: Status) -> Arc<Execution> {
    eventually(&format!("{arn} to be {status:?}"), || async {
        let found = node.read(arn).await.ok()??;
        (found.snapshot().root().status == status).then_some(found)
    })
    .await
}

async fn names(store: &dyn Store, node: &PartitionNode, execution: &Execution) -> Vec<String> {
    let partition = node.partition_of(&execution.origin().identity.arn);
    let mut reader = HistoryReader::new(store, partition, execution);
    let (batches, _) = reader.batches(0, usize::MAX).await.unwrap();
    let public = batches.concat().into_iter().filter(|event| !event.is_private());
    public.map(|event: Event| event.type_name().to_owned()).collect()
}

async fn nothing_is_owed(store: &MemoryStore) {
    eventually("empty outboxes", || async {
        for partition in 0..store.partitions() {
            if !store.outbox(partition, None, 9).await.unwrap().is_empty() {
                return None;
            }
            if !store.triggers(partition, 9).await.unwrap().is_empty() {
                return None;
            }
        }
        Some(())
    })
    .await;
}

const SUCCEEDED: [&str; 8] = [
    "ExecutionStarted",
    "TaskStateEntered",
    "TaskScheduled",
    "TaskStarted",
    "TaskSubmitted",
    "TaskSucceeded",
    "TaskStateExited",
    "ExecutionSucceeded",
];

#[tokio::test]
async fn each_pattern_ends_by_what_it_waits_for() {
    let (store, clock) = memory(4);
    let machines = with_parents();
    for pattern in PATTERNS {
        for machine in ["pass", "wait"] {
            let (store, _) =
                if machine == "pass" { memory(4) } else { (Arc::clone(&store), clock.clone()) };
            let way = Way::new(Arc::clone(&store));
            let node = node(Arc::clone(&way) as Arc<dyn Store>, &machines, quick("a")).await;
            Peers::serve(&[&node]);
            let name = format!("p{pattern}").replace([':', '.'], "-");
            let input = input(machine).replace("\"c\"", &format!("\"c{name}\""));
            let start = start(format!("parent{pattern}").as_bytes(), &input);
            node.submit(&arn(&name), start).await.unwrap();
            let child = child(machine, &format!("c{name}"));
            let begun =
                eventually("the child", || async { node.read(&child).await.unwrap() }).await;
            assert_eq!(begun.snapshot().root().input.text(), r#"{"a":1}"#);
            if machine == "wait" {
                clock.forward(Duration::from_secs(61));
            }
            has_status(&node, &child, Status::Succeeded).await;
            if pattern == ".waitForTaskToken" {
                let waiting = eventually("the answer", || async {
                    let found = node.read(&arn(&name)).await.unwrap().unwrap();
                    let events = names(&*store, &node, &found).await;
                    (events.last().unwrap() == "TaskSubmitted").then_some(found)
                })
                .await;
                let (_, attempt) = waiting.snapshot().attempt(3).unwrap();
                let (task, output) = (attempt.reference(), waiting.snapshot().root().input.clone());
                node.submit(&arn(&name), trigger(Trigger::TaskSucceeded { task, output }))
                    .await
                    .unwrap();
            }
            let ended = has_status(&node, &arn(&name), Status::Succeeded).await;
            let events = names(&*store, &node, &ended).await;
            let expected =
                SUCCEEDED.iter().filter(|it| !pattern.is_empty() || **it != "TaskSubmitted");
            assert_eq!(events, expected.copied().collect::<Vec<_>>(), "{pattern}");
            nothing_is_owed(&store).await;
            // A child that ends as it starts costs its own write and one more of the parent.
            if machine == "pass" && pattern != ".waitForTaskToken" {
                assert_eq!(way.calls()["commit"], 3, "{pattern}");
            }
            node.shutdown().await;
        }
    }
}

#[tokio::test]
async fn a_node_may_die_after_any_of_its_writes() {
    // The parent's start, the child's, the answer; the child's end, the parent's, and that it was told.
    for writes in 1..=6 {
        let (store, clock) = memory(4);
        let ways = [Way::new(Arc::clone(&store)), Way::new(Arc::clone(&store))];
        let machines = with_parents();
        let first = node(Arc::clone(&ways[0]) as Arc<dyn Store>, &machines, quick("first")).await;
        let second = registered(Arc::clone(&ways[1]) as Arc<dyn Store>, &machines, quick("second"));
        let second = second.await;
        let peers = Peers::serve(&[&first, &second]);
        ways[0].writes.forget_permits(usize::MAX);
        ways[0].writes.add_permits(writes);
        let starting = {
            let first = first.clone();
            tokio::spawn(async move { first.submit(&arn("p"), parent(".sync", "wait")).await })
        };
        let made = || ways[0].calls().get("commit").copied().unwrap_or_default();
        eventually("the first writes", || async { (made() >= writes.min(3)).then_some(()) }).await;
        clock.forward(Duration::from_secs(61));
        eventually("the writes", || async { (made() >= writes).then_some(()) }).await;
        peers.leave(0);
        ways[0].cut.store(true, Ordering::SeqCst);
        clock.forward(Duration::from_secs(5));
        let child = child("wait", "c");
        eventually("the child", || async { second.read(&child).await.unwrap() }).await;
        clock.forward(Duration::from_secs(61));
        let ended = has_status(&second, &arn("p"), Status::Succeeded).await;
        assert_eq!(names(&*store, &second, &ended).await, SUCCEEDED, "after {writes} writes");
        let child = second.read(&child).await.unwrap().unwrap();
        assert_eq!(child.snapshot().root().status, Status::Succeeded);
        let listed =
            store.list_all(&child.origin().incarnation, &Default::default()).await.unwrap();
        assert!(listed.len() <= 2, "{listed:?}");
        nothing_is_owed(&store).await;
        starting.abort();
        second.shutdown().await;
    }
}

#[tokio::test]
async fn calls_may_be_lost_before_or_after_they_took_effect() {
    for call in ["start", "report"] {
        for at in [At::Before, At::After] {
            let (store, clock) = memory(4);
            let node =
                node(Arc::clone(&store) as Arc<dyn Store>, &with_parents(), quick("a")).await;
            let peers = Peers::serve(&[&node]);
            peers.lose(call, &[at, at, At::After]);
            node.submit(&arn("p"), parent(".sync:2", "wait")).await.unwrap();
            eventually("the child", || async { node.read(&child("wait", "c")).await.unwrap() })
                .await;
            clock.forward(Duration::from_secs(61));
            let ended = has_status(&node, &arn("p"), Status::Succeeded).await;
            assert_eq!(names(&*store, &node, &ended).await, SUCCEEDED, "{call} lost {at:?}");
            nothing_is_owed(&store).await;
            node.shutdown().await;
        }
    }
}

#[tokio::test]
async fn a_parent_out_of_reach_is_told_by_its_trigger_stream() {
    let (store, clock) = memory(4);
    let node = node(Arc::clone(&store) as Arc<dyn Store>, &with_parents(), quick("a")).await;
    let peers = Peers::serve(&[&node]);
    peers.lose("report", &[At::Before; 100]);
    node.submit(&arn("p"), parent(".sync", "wait")).await.unwrap();
    eventually("the child", || async { node.read(&child("wait", "c")).await.unwrap() }).await;
    clock.forward(Duration::from_secs(61));
    has_status(&node, &arn("p"), Status::Succeeded).await;
    nothing_is_owed(&store).await;
    assert_eq!(peers.calls("report"), 1);
    node.shutdown().await;
}

#[tokio::test]
async fn a_failed_child_fails_its_parent_and_a_refused_start_too() {
    let (store, _) = memory(4);
    let machines = with_parents();
    machines.add(b"fail", r#"{"StartAt":"F","States":{"F":{"Type":"Fail","Error":"E"}}}"#);
    let node = node(Arc::clone(&store) as Arc<dyn Store>, &machines, quick("a")).await;
    let peers = Peers::serve(&[&node]);
    node.submit(&arn("p"), parent(".sync", "fail")).await.unwrap();
    let failed = has_status(&node, &arn("p"), Status::Failed).await;
    let reason = &failed.snapshot().root().reason;
    assert_eq!(reason.error.as_deref(), Some("States.TaskFailed"));
    assert!(reason.cause.as_deref().unwrap().contains(r#""Error":"E""#), "{reason:?}");
    // Its name is taken, and it runs no more.
    node.submit(&arn("q"), parent(".sync", "fail")).await.unwrap();
    let refused = has_status(&node, &arn("q"), Status::Failed).await;
    assert_eq!(refused.snapshot().root().reason.error.as_deref(), Some("Refused.NameTaken"));
    assert_eq!(peers.calls("start"), 2);
    nothing_is_owed(&store).await;
    node.shutdown().await;
}

#[tokio::test]
async fn the_child_of_a_parent_that_stops_is_stopped() {
    for (pattern, stopped) in [(".sync", true), (".sync:2", true), (".waitForTaskToken", false)] {
        let (store, _) = memory(4);
        let node = node(Arc::clone(&store) as Arc<dyn Store>, &with_parents(), quick("a")).await;
        let peers = Peers::serve(&[&node]);
        peers.lose("stop", &[At::Before, At::After]);
        node.submit(&arn("p"), parent(pattern, "wait")).await.unwrap();
        let child = child("wait", "c");
        eventually("the child", || async { node.read(&child).await.unwrap() }).await;
        node.submit(&arn("p"), abort()).await.unwrap();
        if stopped {
            has_status(&node, &child, Status::Aborted).await;
        }
        nothing_is_owed(&store).await;
        let status = node.read(&child).await.unwrap().unwrap().snapshot().root().status;
        assert_eq!(status == Status::Aborted, stopped, "{pattern}");
        assert_eq!(peers.calls("stop"), if stopped { 3 } else { 0 });
        node.shutdown().await;
    }
}

/// The start was given up by its caller, and is on its way yet.
#[tokio::test]
async fn a_child_whose_start_arrives_after_the_stop_is_stopped() {
    let (store, _) = memory(4);
    let node = node(Arc::clone(&store) as Arc<dyn Store>, &with_parents(), quick("a")).await;
    let peers = Peers::serve(&[&node]);
    peers.lose("start", &[At::Before; 1_000]);
    node.submit(&arn("p"), parent(".sync", "wait")).await.unwrap();
    eventually("the start", || async { (peers.calls("start") > 0).then_some(()) }).await;
    node.submit(&arn("p"), abort()).await.unwrap();
    eventually("the stop", || async { (peers.calls("stop") > 1).then_some(()) }).await;
    peers.start_arrives().await;
    has_status(&node, &child("wait", "c"), Status::Aborted).await;
    nothing_is_owed(&store).await;
    node.shutdown().await;
}

#[tokio::test]
async fn an_execution_that_runs_with_the_same_input_is_waited_for_and_left_alone() {
    let (store, clock) = memory(4);
    let node = node(Arc::clone(&store) as Arc<dyn Store>, &with_parents(), quick("a")).await;
    let peers = Peers::serve(&[&node]);
    let other = start(b"wait", r#"{"a":1}"#);
    node.submit(&child("wait", "c"), other).await.unwrap();
    // The second start of each finds the task known.
    peers.lose("start", &[At::After, At::After]);
    for name in ["p", "q", "r"] {
        node.submit(&arn(name), parent(".sync", "wait")).await.unwrap();
        eventually("the answer", || async {
            let found = node.read(&arn(name)).await.unwrap().unwrap();
            (names(&*store, &node, &found).await.len() == 5).then_some(())
        })
        .await;
    }
    node.submit(&arn("r"), abort()).await.unwrap();
    eventually("the call", || async { (peers.calls("stop") == 1).then_some(()) }).await;
    assert!(node.read(&child("wait", "c")).await.unwrap().unwrap().snapshot().is_running());
    clock.forward(Duration::from_secs(61));
    for name in ["p", "q"] {
        let ended = has_status(&node, &arn(name), Status::Succeeded).await;
        assert_eq!(names(&*store, &node, &ended).await, SUCCEEDED);
    }
    nothing_is_owed(&store).await;
    node.shutdown().await;
}

#[tokio::test]
async fn a_child_stays_until_its_parent_knows_of_its_end() {
    let (store, clock) = memory(1);
    let config =
        stepwell_partition::NodeConfig { retention: Duration::from_secs(30), ..quick("a") };
    let node = node(Arc::clone(&store) as Arc<dyn Store>, &with_parents(), config).await;
    let peers = Peers::serve(&[&node]);
    peers.hold("report");
    node.submit(&arn("p"), parent(".sync", "wait")).await.unwrap();
    let child = child("wait", "c");
    eventually("the child", || async { node.read(&child).await.unwrap() }).await;
    clock.forward(Duration::from_secs(61));
    has_status(&node, &child, Status::Succeeded).await;
    eventually("the call", || async { (peers.calls("report") == 1).then_some(()) }).await;
    clock.forward(Duration::from_secs(31));
    // Another execution of the partition leaves meanwhile.
    node.submit(&arn("e"), start(b"pass", "1")).await.unwrap();
    clock.forward(Duration::from_secs(31));
    eventually("the other to leave", || async {
        node.read(&arn("e")).await.unwrap().is_none().then_some(())
    })
    .await;
    // By a clock that is behind, the parent would end long ago.
    eventually("the clock", || async {
        (store.now_ms().await.unwrap() - node.now_ms() < 1_000).then_some(())
    })
    .await;
    assert!(node.read(&child).await.unwrap().is_some());
    peers.let_go("report");
    has_status(&node, &arn("p"), Status::Succeeded).await;
    clock.forward(Duration::from_secs(31));
    eventually("the child to leave", || async {
        node.read(&child).await.unwrap().is_none().then_some(())
    })
    .await;
    node.shutdown().await;
}

#[tokio::test]
async fn a_node_without_a_way_to_others_keeps_its_calls() {
    let (store, _) = memory(1);
    let node = node(Arc::clone(&store) as Arc<dyn Store>, &with_parents(), quick("a")).await;
    node.submit(&arn("p"), parent("", "pass")).await.unwrap();
    assert_eq!(store.outbox(0, None, 9).await.unwrap().len(), 1);
    Peers::serve(&[&node]);
    has_status(&node, &arn("p"), Status::Succeeded).await;
    nothing_is_owed(&store).await;
    assert_eq!(node.submit(&arn("p"), abort()).await.map(drop), Err(closed()));
    node.shutdown().await;
}

fn closed() -> SubmitError {
    stepwell_partition::Refused::Trigger(stepwell_engine::Refusal::Closed).into()
}
