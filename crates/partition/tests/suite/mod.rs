//! Nodes of partitions over one store.

// No test uses all of it.
#![allow(dead_code, unused_imports)]

pub(crate) mod peers;
mod store;

use async_trait::async_trait;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use stepwell_api::internal::Revision;
use stepwell_asl::Definition;
use stepwell_engine::{MachineStatus, Payload, TaskRef, Trigger};
use stepwell_ids::{ExecutionArn, StateMachineArn};
use stepwell_partition::*;
use stepwell_storage::{Clock, MemoryStore, NodeRecord, Store};
pub(crate) use store::{Fault, Way};

pub(crate) const INCARNATION: u128 = 7;
pub(crate) const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:act";
pub(crate) const PASS: &str = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#;

/// A clock that goes by itself and can be put forward.
#[derive(Clone, Default)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn forward(&self, by: Duration) {
        self.0.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
    }

    pub(crate) fn back(&self, by: Duration) {
        self.0.fetch_sub(by.as_millis() as i64, Ordering::SeqCst);
    }

    pub(crate) fn clock(&self) -> Clock {
        let ahead = Arc::clone(&self.0);
        Arc::new(move || {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
            now.as_millis() as i64 + ahead.load(Ordering::SeqCst)
        })
    }
}

/// Definitions by a hash that the test makes up; every activity exists.
#[derive(Default)]
pub(crate) struct Machines(Mutex<HashMap<Vec<u8>, Arc<Definition>>>);

impl Machines {
    pub(crate) fn add(&self, hash: &[u8], text: &str) {
        let definition = stepwell_asl::executable(text).unwrap();
        self.0.lock().unwrap().insert(hash.to_vec(), Arc::new(definition));
    }
}

#[async_trait]
impl Resources for Machines {
    async fn definition(
        &self,
        arn: &StateMachineArn,
        hash: &[u8],
    ) -> Result<Arc<Definition>, ResourceError> {
        let definition = self.0.lock().unwrap().get(hash).cloned();
        definition.ok_or_else(|| ResourceError::Broken(format!("{arn} has no such definition")))
    }

    async fn activity(&self, _: &str) -> Result<Option<u128>, ResourceError> {
        Ok(Some(INCARNATION))
    }

    fn task_token(
        &self,
        execution: &ExecutionArn,
        run_id: u128,
        task: TaskRef,
    ) -> Result<String, ResourceError> {
        Ok(format!("{execution} {run_id} {task:?}"))
    }

    async fn machine_status(
        &self,
        _: &StateMachineArn,
        _: &[u8],
    ) -> Result<MachineStatus, ResourceError> {
        Ok(MachineStatus::Active)
    }
}

pub(crate) fn memory(partitions: u32) -> (Arc<MemoryStore>, TestClock) {
    let clock = TestClock::default();
    (Arc::new(MemoryStore::new(partitions, clock.clock())), clock)
}

pub(crate) fn machines() -> Arc<Machines> {
    let machines = Machines::default();
    machines.add(b"pass", PASS);
    let wait = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}}"#;
    machines.add(b"wait", wait);
    let task = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{ACTIVITY}","End":true}}}}}}"#
    );
    machines.add(b"task", &task);
    Arc::new(machines)
}

pub(crate) fn quick(id: &str) -> NodeConfig {
    NodeConfig {
        lease: Duration::from_millis(1_500),
        renew_every: Duration::from_millis(40),
        watch_every: Duration::from_millis(20),
        ..NodeConfig::new(id)
    }
}

pub(crate) async fn node(
    store: Arc<dyn Store>,
    machines: &Arc<Machines>,
    config: NodeConfig,
) -> PartitionNode {
    let resources: Arc<dyn Resources> = Arc::clone(machines) as _;
    PartitionNode::start(config, store, resources, Arc::default()).await.unwrap()
}

/// As a node that its process has registered.
pub(crate) async fn registered(
    store: Arc<dyn Store>,
    machines: &Arc<Machines>,
    config: NodeConfig,
) -> PartitionNode {
    let record = NodeRecord {
        id: config.id.clone(),
        role: config.role.clone(),
        address: String::new(),
        info: Bytes::new(),
    };
    store.node_renew(&record, config.lease.as_millis() as i64 + 1_000).await.unwrap();
    node(store, machines, config).await
}

pub(crate) fn arn(name: &str) -> ExecutionArn {
    ExecutionArn::parse(&format!("arn:aws:states:us-east-1:000000000000:execution:m:{name}"))
        .unwrap()
}

pub(crate) fn start(definition: &[u8], input: &str) -> Action {
    Action::Start(Box::new(Start {
        input: Payload::parse(input).unwrap(),
        request_id: "call".into(),
        incarnation: Bytes::from_static(&[7; 16]),
        revision: Revision {
            definition_hash: Bytes::copy_from_slice(definition),
            role_arn: "arn:aws:iam::000000000000:role/r".into(),
            ..Revision::default()
        },
        waiter: None,
    }))
}

pub(crate) fn trigger(trigger: Trigger) -> Action {
    Action::Trigger { run_id: None, trigger }
}

pub(crate) fn abort() -> Action {
    trigger(Trigger::Abort { error: None, cause: None })
}

/// Asks until there is an answer.
pub(crate) async fn eventually<T, F>(what: &str, ask: impl Fn() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let give_up = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < give_up, "no {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
