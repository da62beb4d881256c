//! Definitions that no execution uses, and what is kept of state machines that are gone, are removed.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "suite/lossy.rs"]
#[allow(dead_code, reason = "another test uses it")]
mod lossy;
#[path = "suite/nodes.rs"]
#[allow(dead_code, reason = "another test uses the rest")]
mod nodes;

use nodes::Suite;
use std::sync::atomic::Ordering;
use std::time::Duration;
use stepwell_api::controlplane::*;
use stepwell_service_kit::Limits;
use stepwell_storage::ControlStore as _;

const PASS: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
const SPACED: &str = r#"{"StartAt":"A", "States":{"A":{"Type":"Pass","End":true}}}"#;
const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

fn create(name: &str, definition: &str) -> CreateStateMachineRequest {
    CreateStateMachineRequest {
        name: name.into(),
        definition: definition.into(),
        role_arn: "arn:aws:iam::000000000000:role/a".into(),
        ..Default::default()
    }
}

fn update(definition: &str) -> UpdateStateMachineRequest {
    UpdateStateMachineRequest {
        state_machine_arn: MACHINE.into(),
        definition: Some(definition.into()),
        ..Default::default()
    }
}

/// The definitions and the reminders that the store has.
async fn stored(suite: &Suite) -> (usize, usize) {
    let definitions = suite.store.control_list(b"000000000000/us-east-1", b"d/", None, 99).await;
    let reminders = suite.store.control_list(b"retired", b"", None, 99).await;
    (definitions.unwrap().len(), reminders.unwrap().len())
}

/// Lets the store's clock and the sweeps, one in ten minutes, go on until `done`.
async fn swept(suite: &Suite, done: impl AsyncFn() -> bool) {
    let minute = Duration::from_secs(60);
    let sweeps = async {
        while !done().await {
            suite.now_ms.fetch_add(60_000, Ordering::SeqCst);
            tokio::time::sleep(minute).await;
        }
    };
    tokio::time::timeout(minute * 120, sweeps).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn definitions_go_with_the_last_execution_that_uses_them() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    client.create_state_machine(create("m", PASS)).await.unwrap();
    client.update_state_machine(update(SPACED)).await.unwrap();
    client.update_state_machine(update(&SPACED.replace(' ', "  "))).await.unwrap();
    assert_eq!(stored(&suite).await, (3, 2));
    suite.nodes.kept.store(true, Ordering::SeqCst);
    // Two sweeps have asked for both of them.
    swept(&suite, async || suite.nodes.looked.load(Ordering::SeqCst) >= 4).await;
    assert_eq!(stored(&suite).await, (3, 2), "executions are kept that may use them");
    suite.nodes.kept.store(false, Ordering::SeqCst);
    // Another state machine has the same text: it stays for that one.
    client.create_state_machine(create("n", SPACED)).await.unwrap();
    swept(&suite, async || stored(&suite).await.1 == 0).await;
    assert_eq!(stored(&suite).await, (3, 0), "each text is named by a state machine");
    suite.nodes.take_asked();
    client
        .delete_state_machine(DeleteStateMachineRequest { state_machine_arn: MACHINE.into() })
        .await
        .unwrap();
    swept(&suite, async || stored(&suite).await.1 == 0).await;
    assert_eq!(stored(&suite).await, (1, 0), "what the other state machine has stays");
    let asked = suite.nodes.take_asked();
    assert!(asked.contains(&"release all".to_owned()), "{asked:?}");
    let refreshed = asked.iter().position(|what| what == "refresh m");
    let released = asked.iter().position(|what| what.starts_with("release"));
    assert!(refreshed < released, "no node starts by it before it is released: {asked:?}");
}
