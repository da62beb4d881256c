//! Decisions with their surroundings: definition, activities, limits, time, randomness.

use crate::Execution;
use crate::RandomBits;
use crate::clock::StoreClock;
use crate::costly::CostlyDefinitions;
use crate::plan::{MAX_BATCH_BYTES, Plan, plan};
use crate::request::{Refused, SubmitError};
use crate::resources::{ResourceError, Resources};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use stepwell_asl::Definition;
use stepwell_engine::{
    Context, Decision, Limits, MachineStatus, Refusal, TaskRef, Trigger, decide,
};
use stepwell_ids::ActivityArn;
use stepwell_storage::Commit;

/// Makes the decisions of a node's partitions.
pub(crate) struct Decider {
    pub(crate) resources: Arc<dyn Resources>,
    pub(crate) clock: Arc<StoreClock>,
    pub(crate) limits: Limits,
    pub(crate) random: RandomBits,
    /// How long a closed execution stays, in milliseconds.
    pub(crate) retention_ms: i64,
    pub(crate) costly: CostlyDefinitions,
}

/// What one decision may look at, gathered before it.
#[derive(Clone)]
struct Surroundings {
    definition: Arc<Definition>,
    machine: MachineStatus,
    now_ms: i64,
    activities: HashMap<String, Option<u128>>,
}

impl From<ResourceError> for SubmitError {
    fn from(error: ResourceError) -> Self {
        match error {
            ResourceError::Unavailable(why) => Self::Unavailable(why),
            ResourceError::Broken(why) => Self::Broken(why),
        }
    }
}

impl Decider {
    /// Decides what follows from `trigger`, which came no earlier than `due_ms`, and plans the
    /// write. None where nothing follows.
    pub(crate) async fn decide(
        self: &Arc<Self>,
        base: &Arc<Execution>,
        trigger: &Trigger,
        due_ms: i64,
    ) -> Result<Option<(Commit, Plan)>, SubmitError> {
        let origin = &base.origin;
        let machine = origin.identity.arn.state_machine();
        let namespace = machine.namespace();
        let hash = &origin.revision.definition_hash;
        let definition = self.resources.definition(machine, hash).await?;
        let machine = if let Trigger::Start { .. } = trigger {
            MachineStatus::Active
        } else {
            self.resources.machine_status(machine, &origin.incarnation).await?
        };
        let now_ms = self.clock.now_ms().max(due_ms);
        let activities = HashMap::new();
        let surroundings = Surroundings { definition, machine, now_ms, activities };
        let mut surroundings = Arc::new(surroundings);
        let mut limits = self.limits.clone();
        loop {
            let (this, base_of, trigger) = (Arc::clone(self), Arc::clone(base), trigger.clone());
            let around = Arc::clone(&surroundings);
            let within =
                move |limits: &Limits| this.decide_with(&base_of, trigger, limits, &around);
            let (decided, unknown) = self.costly.decide(hash, &limits, within).await?;
            if !unknown.is_empty() {
                for arn in unknown {
                    let incarnation = match ActivityArn::parse(&arn) {
                        // Namespaces see nothing of each other.
                        Ok(activity) if activity.namespace() == namespace => {
                            self.resources.activity(&arn).await?
                        }
                        _ => None,
                    };
                    Arc::make_mut(&mut surroundings).activities.insert(arn, incarnation);
                }
                continue;
            }
            let decision = decided.map_err(Refused::Trigger)?;
            if decision.events.is_empty() && decision.touched.is_empty() {
                return Ok(None);
            }
            let steps = decision.events.len();
            let (commit, plan) =
                plan(base, decision, base.waiters.clone(), self.random.draw(), self.retention_ms);
            let bytes = commit.batch.as_ref().map_or(0, bytes::Bytes::len);
            if bytes <= MAX_BATCH_BYTES || limits.steps == 1 {
                return Ok(Some((commit, plan)));
            }
            // No more steps than events were made: half of them are about half of the bytes.
            limits.steps = (u32::try_from(steps).unwrap_or(u32::MAX).min(limits.steps) / 2).max(1);
        }
    }

    /// One decision, and the activities that it asked for in vain: with any of those it is void.
    fn decide_with(
        &self,
        base: &Execution,
        trigger: Trigger,
        limits: &Limits,
        surroundings: &Surroundings,
    ) -> Result<(Result<Decision, Refusal>, Vec<String>), ResourceError> {
        let (unknown, unsealed) = (RefCell::new(Vec::new()), RefCell::new(None));
        let origin = &base.origin;
        let task_token = |task: TaskRef| {
            let sealed = self.resources.task_token(&origin.identity.arn, origin.run_id, task);
            let token = sealed.unwrap_or_else(|error| {
                *unsealed.borrow_mut() = Some(error);
                String::new()
            });
            Arc::from(token)
        };
        let activity = |arn: &str| {
            surroundings.activities.get(arn).copied().unwrap_or_else(|| {
                unknown.borrow_mut().push(arn.to_owned());
                Some(0)
            })
        };
        let context = Context {
            definition: &surroundings.definition,
            execution: &origin.identity,
            now_ms: surroundings.now_ms,
            seed: self.random.draw(),
            limits,
            activity: &activity,
            task_token: &task_token,
            machine: surroundings.machine,
        };
        let decision = decide(&base.snapshot, trigger, &context);
        // Void as well: it may hold what is no token.
        unsealed.into_inner().map_or(Ok((decision, unknown.into_inner())), Err)
    }
}
