//! All that there is in a run.

use crate::clock::StoreTime;
use crate::dice::Dice;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::link::Link;
use crate::network::Peers;
use crate::plan::Plan;
use crate::store::Audit;
use crate::workload::Machine;
use bytes::Bytes;
use prost::Message;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use stepwell_api::internal::{ActivityRecord, TaskTokenKey, TaskTokenKeys};
use stepwell_api::{DEFAULT_ACCOUNT, DEFAULT_REGION};
use stepwell_ids::Namespace;
use stepwell_partition::{FUNCTION_QUEUE, RandomBits, activity_queue, group_of};
use stepwell_service_kit::tokens::TokenKeys;
use stepwell_service_kit::{Limits, Transport};
use stepwell_storage::{ControlChange, ControlStore as _, ControlWrite, StoreError};

/// See the module.
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) faults: Arc<Faults>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) peers: Arc<Peers>,
    pub(crate) journal: Journal,
    pub(crate) machines: Vec<Machine>,
    /// The names of all activities.
    pub(crate) activities: Vec<String>,
    pub(crate) keys: TokenKeys,
    pub(crate) random: RandomBits,
    /// Those outside: clients and workers.
    pub(crate) outside: Arc<Link>,
    /// Ids of processes that take calls now, by role.
    pub(crate) live: std::sync::Mutex<Vec<(&'static str, String)>>,
    /// Nobody is to begin anything any more.
    pub(crate) closing: AtomicBool,
    /// Reports that workers have not got an answer to yet.
    pub(crate) reporting: AtomicU64,
}

pub(crate) fn namespace() -> Namespace {
    Namespace { account: DEFAULT_ACCOUNT.into(), region: DEFAULT_REGION.into() }
}

impl World {
    /// An installation with state machines, activities and keys, and no process yet.
    pub(crate) async fn new(
        seed: u64,
        plan: Plan,
        machines: Vec<Machine>,
    ) -> Result<Self, StoreError> {
        let audit = Arc::new(Audit::new(plan.partitions, StoreTime::new()));
        let bits = Dice::new(seed, "bits");
        let key = TaskTokenKey { id: 1, secret: Bytes::from_static(&[7; 32]) };
        let keys = TaskTokenKeys { keys: vec![key] };
        put(&audit, b"installation", b"token-keys", &keys).await?;
        let group = group_of(&namespace());
        let mut activities: Vec<_> = machines.iter().flat_map(Machine::activities).collect();
        activities.sort_unstable();
        activities.dedup();
        for (at, name) in activities.iter().enumerate() {
            let incarnation = Bytes::copy_from_slice(&(at as u128 + 1).to_be_bytes());
            let record = ActivityRecord { name: name.clone(), incarnation, ..Default::default() };
            put(&audit, &group, format!("a/{name}").as_bytes(), &record).await?;
        }
        for machine in &machines {
            let record = machine.record();
            put(&audit, &group, format!("m/{}", record.name).as_bytes(), &record).await?;
            let text = Bytes::copy_from_slice(machine.text.as_bytes());
            put_bytes(&audit, &group, [b"d/", machine.hash().as_ref()].concat().into(), text)
                .await?;
        }
        Ok(Self {
            faults: Arc::new(Faults::new(seed, plan.rates.clone())),
            keys: TokenKeys::load(&audit.memory).await?,
            plan,
            audit,
            peers: Arc::default(),
            journal: Journal::default(),
            machines,
            activities,
            random: RandomBits::new(move || bits.wide()),
            outside: Arc::new(Link::new("outside".to_owned(), 0)),
            live: std::sync::Mutex::default(),
            closing: AtomicBool::new(false),
            reporting: AtomicU64::new(0),
        })
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            retention_seconds: self.plan.retention_seconds,
            poll_seconds: 10,
            ..Limits::default()
        }
    }

    /// The way of those outside to some process of a role.
    pub(crate) fn any(&self, role: &str, dice: &Dice) -> Option<Transport> {
        let of_role: Vec<_> =
            self.live().clone().into_iter().filter(|(found, _)| *found == role).collect();
        let (_, id) = dice.pick(&of_role)?;
        self.peers.way(&self.outside, id, &self.faults)
    }

    pub(crate) fn live(&self) -> std::sync::MutexGuard<'_, Vec<(&'static str, String)>> {
        self.live.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The names of all queues.
    pub(crate) fn queues(&self) -> Vec<Bytes> {
        let names = self.activities.iter().enumerate().map(|(at, name)| {
            let arn = format!("arn:aws:states:us-east-1:000000000000:activity:{name}");
            activity_queue(&arn, at as u128 + 1)
        });
        names.chain([Bytes::from_static(FUNCTION_QUEUE)]).collect()
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}

async fn put(
    audit: &Audit,
    group: &[u8],
    key: &[u8],
    record: &impl Message,
) -> Result<(), StoreError> {
    put_bytes(audit, group, Bytes::copy_from_slice(key), record.encode_to_vec().into()).await
}

async fn put_bytes(
    audit: &Audit,
    group: &[u8],
    key: Bytes,
    value: Bytes,
) -> Result<(), StoreError> {
    let write = ControlWrite { key, expect: None, change: ControlChange::Put(value) };
    audit.memory.control_write(group, vec![write]).await.map(drop)
}
