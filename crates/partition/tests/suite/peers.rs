//! The way between nodes: straight calls, which can be lost.

use super::start;
use async_trait::async_trait;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use stepwell_engine::Reason;
use stepwell_ids::{ExecutionArn, Name, StateMachineArn};
use stepwell_partition::*;
use tokio::sync::watch;

/// When a call is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// It has no effect.
    Before,
    /// It has its effect, and nobody hears of it.
    After,
}

/// The nodes, by the order in which they were given; none where one has left.
pub(crate) struct Peers {
    nodes: Mutex<Vec<Option<PartitionNode>>>,
    losses: Mutex<BTreeMap<&'static str, VecDeque<At>>>,
    calls: Mutex<BTreeMap<&'static str, usize>>,
    held: watch::Sender<Option<&'static str>>,
    /// The newest start that was asked for.
    asked: Mutex<Option<NestedStart>>,
}

impl Peers {
    /// Relays the calls of all these nodes among them.
    pub(crate) fn serve(nodes: &[&PartitionNode]) -> Arc<Self> {
        let peers = Arc::new(Self {
            nodes: Mutex::new(nodes.iter().map(|node| Some((*node).clone())).collect()),
            losses: Mutex::default(),
            calls: Mutex::default(),
            held: watch::Sender::new(None),
            asked: Mutex::default(),
        });
        nodes.iter().for_each(|node| node.relay_calls(Arc::clone(&peers) as _));
        peers
    }

    /// Nothing reaches this node any more.
    pub(crate) fn leave(&self, node: usize) {
        self.nodes.lock().unwrap()[node] = None;
    }

    /// The next calls of this kind are lost.
    pub(crate) fn lose(&self, call: &'static str, at: &[At]) {
        self.losses.lock().unwrap().entry(call).or_default().extend(at);
    }

    /// The newest start that was asked for arrives once more, or after all.
    pub(crate) async fn start_arrives(&self) {
        self.losses.lock().unwrap().remove("start");
        let asked = self.asked.lock().unwrap().clone().unwrap();
        self.start(&asked).await.unwrap();
    }

    /// Calls of this kind wait until they are let go.
    pub(crate) fn hold(&self, call: &'static str) {
        self.held.send_replace(Some(call));
    }

    pub(crate) fn let_go(&self, call: &'static str) {
        self.held.send_if_modified(|held| held.take_if(|held| *held == call).is_some());
    }

    /// How many calls of this kind were made.
    pub(crate) fn calls(&self, call: &str) -> usize {
        self.calls.lock().unwrap().get(call).copied().unwrap_or_default()
    }

    async fn call<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        *self.calls.lock().unwrap().entry(name).or_default() += 1;
        let mut held = self.held.subscribe();
        held.wait_for(|held| *held != Some(name)).await.unwrap();
        let loss = self.losses.lock().unwrap().get_mut(name).and_then(VecDeque::pop_front);
        let lost = Err(CallError::Unavailable("lost".into()));
        if loss == Some(At::Before) {
            return lost;
        }
        let answer = call.await;
        if loss == Some(At::After) { lost } else { answer }
    }

    /// The answer of the owner.
    async fn owner<T, F>(&self, ask: impl Fn(PartitionNode) -> F) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SubmitError>>,
    {
        let nodes: Vec<_> = self.nodes.lock().unwrap().iter().flatten().cloned().collect();
        for node in nodes {
            match ask(node).await {
                Ok(answer) => return Ok(answer),
                Err(SubmitError::NotOwner) => {}
                Err(SubmitError::Refused(refused)) => {
                    let error = Some(format!("Refused.{refused:?}").into());
                    return Err(CallError::Refused(Reason { error, cause: None }));
                }
                Err(error) => return Err(CallError::Unavailable(error.to_string())),
            }
        }
        Err(CallError::Unavailable("no owner".into()))
    }
}

#[async_trait]
impl NestedCalls for Peers {
    async fn start(&self, nested: &NestedStart) -> Result<ChildReport, CallError> {
        *self.asked.lock().unwrap() = Some(nested.clone());
        let NestedStart { task, child, form, .. } = nested;
        let machine = StateMachineArn::parse(&child.state_machine_arn).unwrap();
        let definition = machine.name().as_str().as_bytes().to_vec();
        let arn = ExecutionArn::new(machine, Name::parse(&child.name).unwrap());
        let Action::Start(mut begin) = start(&definition, &child.input) else { unreachable!() };
        begin.request_id = task.request_id();
        begin.waiter = form.map(|form| Waiter::new(task.clone(), form));
        self.call("start", async {
            let started = self
                .owner(|node| {
                    let (arn, begin) = (arn.clone(), begin.clone());
                    async move { node.submit(&arn, Action::Start(begin)).await }
                })
                .await?;
            Ok(ChildReport::new(&started, *form))
        })
        .await
    }

    async fn stop(&self, task: &RemoteTask, child: &ExecutionArn) -> Result<Stopped, CallError> {
        let stop = self.owner(|node| async move {
            // Only the owner's memory is the newest.
            if node.owner(node.partition_of(child)) != Owner::This {
                return Err(SubmitError::NotOwner);
            }
            node.stop_child(task, child).await
        });
        self.call("stop", stop).await
    }

    async fn report(&self, task: &RemoteTask, report: &ChildReport) -> Result<(), CallError> {
        let report = self.owner(|node| {
            let trigger = report.clone().trigger(task.task);
            let action = Action::Trigger { run_id: Some(task.run_id), trigger };
            async move {
                match node.submit(&task.arn, action).await {
                    Ok(_) | Err(SubmitError::Refused(_)) => Ok(()),
                    Err(error) => Err(error),
                }
            }
        });
        self.call("report", report).await
    }
}
