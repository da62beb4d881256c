//! A partition over a store, in real time.

use crate::case::Case;
use crate::{Door, ROLE, Seen, execution_of, task};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use stepwell_api::internal::Revision;
use stepwell_asl::Definition;
use stepwell_engine::{Limits, MachineStatus, Payload, TaskRef, Trigger};
use stepwell_ids::{ExecutionArn, StateMachineArn};
use stepwell_partition::{
    Action, Execution, HistoryReader, NodeConfig, PartitionNode, ResourceError, Resources, Start,
};
use stepwell_storage::Store;

/// A node of partitions over a store.
pub struct PartitionDoor {
    store: Arc<dyn Store>,
    node: PartitionNode,
    machines: Arc<Machines>,
}

/// Definitions by the name of their case; every activity is there.
#[derive(Default)]
struct Machines(Mutex<HashMap<Vec<u8>, Arc<Definition>>>);

impl Machines {
    fn add(&self, key: Vec<u8>, definition: Definition) {
        let mut machines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        machines.insert(key, Arc::new(definition));
    }
}

#[async_trait]
impl Resources for Machines {
    async fn definition(
        &self,
        arn: &StateMachineArn,
        hash: &[u8],
    ) -> Result<Arc<Definition>, ResourceError> {
        let machines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = machines.get(hash).cloned();
        found.ok_or_else(|| ResourceError::Broken(format!("{arn} has no such definition")))
    }

    async fn activity(&self, _: &str) -> Result<Option<u128>, ResourceError> {
        Ok(Some(1))
    }

    fn task_token(&self, _: &ExecutionArn, _: u128, _: TaskRef) -> Result<String, ResourceError> {
        Ok("token".to_owned())
    }

    async fn machine_status(
        &self,
        _: &StateMachineArn,
        _: &[u8],
    ) -> Result<MachineStatus, ResourceError> {
        Ok(MachineStatus::Active)
    }
}

impl PartitionDoor {
    /// A node with these limits over `store`.
    ///
    /// # Panics
    /// The node can't start.
    pub async fn open(store: Arc<dyn Store>, limits: Limits) -> Self {
        let machines = Arc::new(Machines::default());
        let config = NodeConfig { limits, ..NodeConfig::new("language") };
        let resources: Arc<dyn Resources> = Arc::clone(&machines) as _;
        let node = PartitionNode::start(config, Arc::clone(&store), resources, Arc::default())
            .await
            .unwrap_or_else(|error| panic!("the node does not start: {error}"));
        Self { store, node, machines }
    }

    /// Ends the node.
    pub async fn close(self) {
        self.node.shutdown().await;
    }

    /// Submits until the partition has its owner.
    async fn submit(&self, arn: &ExecutionArn, action: Action) -> Arc<Execution> {
        let give_up = Instant::now() + Duration::from_secs(60);
        loop {
            match self.node.submit(arn, action.clone()).await {
                Ok(execution) => return execution,
                Err(error) => assert!(
                    matches!(error, stepwell_partition::SubmitError::NotOwner)
                        && Instant::now() < give_up,
                    "{arn}: {error}"
                ),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn trigger(&self, arn: &ExecutionArn, trigger: Trigger) {
        self.submit(arn, Action::Trigger { run_id: None, trigger }).await;
    }

    /// The execution, once `look` finds something in it.
    async fn until<T>(
        &self,
        arn: &ExecutionArn,
        what: &str,
        look: impl Fn(&Execution) -> Option<T>,
    ) -> (Arc<Execution>, T) {
        let give_up = Instant::now() + Duration::from_secs(120);
        loop {
            let read = self.node.read(arn).await;
            let execution = read.unwrap_or_else(|error| panic!("{arn}: {error}"));
            let execution = execution.unwrap_or_else(|| panic!("{arn} has gone"));
            if let Some(found) = look(&execution) {
                return (execution, found);
            }
            assert!(Instant::now() < give_up, "{arn}: no {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn start(&self, case: &Case, arn: &ExecutionArn) {
        let name = &case.name;
        let definition = stepwell_asl::executable(case.definition())
            .unwrap_or_else(|findings| panic!("{name}: {findings:?}"));
        let key = name.as_bytes().to_vec();
        self.machines.add(key.clone(), definition);
        let start = Start {
            input: Payload::parse(case.input()).unwrap_or_else(|error| panic!("{name}: {error}")),
            request_id: "call".into(),
            incarnation: Bytes::from_static(&[7; 16]),
            waiter: None,
            revision: Revision {
                definition_hash: key.into(),
                role_arn: ROLE.into(),
                ..Revision::default()
            },
        };
        self.submit(arn, Action::Start(Box::new(start))).await;
    }
}

#[async_trait]
impl Door for PartitionDoor {
    async fn run(&self, case: &Case) -> Seen {
        let arn = execution_of(case);
        self.start(case, &arn).await;
        for outcome in &case.outcomes {
            let look = |execution: &Execution| task::next(execution.snapshot(), outcome);
            let (_, attempt) = self.until(&arn, &outcome.worker, look).await;
            if let Some(trigger) = task::taken(&attempt) {
                self.trigger(&arn, trigger).await;
            }
            if let Some(trigger) = task::said(outcome, &attempt) {
                self.trigger(&arn, trigger).await;
            }
        }
        let ended = |execution: &Execution| (!execution.snapshot().is_running()).then_some(());
        let (execution, ()) = self.until(&arn, "end", ended).await;
        let partition = self.node.partition_of(&arn);
        let mut reader = HistoryReader::new(&*self.store, partition, &execution);
        let (batches, _) = reader
            .batches(0, usize::MAX)
            .await
            .unwrap_or_else(|error| panic!("the history of {arn} can't be read: {error}"));
        Seen::new(execution.snapshot().root(), &batches.concat())
    }
}
