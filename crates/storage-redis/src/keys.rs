//! The names of keys, and their slots in a cluster. All keys of a call have one hash tag, so that a cluster keeps them together.

use redis::cluster_routing::Slot;

/// The fixed keys of a partition.
pub(crate) struct PartitionKeys {
    prefix: String,
    pub(crate) slot: Slot,
    pub(crate) lease: Vec<u8>,
    pub(crate) timers: Vec<u8>,
    pub(crate) list: Vec<u8>,
    pub(crate) open: Vec<u8>,
    pub(crate) outbox: Vec<u8>,
    pub(crate) triggers: Vec<u8>,
    pub(crate) trigger_ids: Vec<u8>,
    /// Written by reads that replicas are waited for after.
    pub(crate) mark: Vec<u8>,
}

impl PartitionKeys {
    pub(crate) fn new(partition: u32) -> Self {
        let prefix = format!("{{p:{partition:03}}}:");
        let key = |name: &str| format!("{prefix}{name}").into_bytes();
        Self {
            slot: Slot::for_key(&prefix),
            lease: key("lease"),
            timers: key("due"),
            list: key("list"),
            open: key("open"),
            outbox: key("out"),
            triggers: key("trig"),
            trigger_ids: key("trigid"),
            mark: key("mark"),
            prefix,
        }
    }

    pub(crate) fn record(&self, key: &[u8]) -> Vec<u8> {
        [self.prefix.as_bytes(), b"r:", key].concat()
    }

    pub(crate) fn history(&self, key: &[u8]) -> Vec<u8> {
        [self.prefix.as_bytes(), b"h:", key].concat()
    }
}

/// What the store was created with.
pub(crate) const STORE: &str = "{stepwell}:store";

/// The slot of the store's own keys.
pub(crate) fn home() -> Slot {
    Slot::for_key(STORE)
}

/// Node records.
pub(crate) const NODES: &[u8] = b"{stepwell}:nodes";

/// The keys of a group of control records.
pub(crate) struct ControlKeys {
    pub(crate) slot: Slot,
    pub(crate) counter: Vec<u8>,
    pub(crate) versions: Vec<u8>,
    pub(crate) values: Vec<u8>,
    pub(crate) names: Vec<u8>,
    /// Written by reads that replicas are waited for after.
    pub(crate) mark: Vec<u8>,
}

impl ControlKeys {
    pub(crate) fn new(group: &[u8]) -> Self {
        let key = |name: &[u8]| [b"{c:", group, b"}:", name].concat();
        let counter = key(b"count");
        Self {
            slot: Slot::for_key(&counter),
            counter,
            versions: key(b"version"),
            values: key(b"value"),
            names: key(b"name"),
            mark: key(b"mark"),
        }
    }
}

/// The keys of a task queue.
pub(crate) struct QueueKeys {
    pub(crate) slot: Slot,
    pub(crate) stream: Vec<u8>,
    pub(crate) ids: Vec<u8>,
    pub(crate) generation: Vec<u8>,
    pub(crate) wakes: Vec<u8>,
}

impl QueueKeys {
    pub(crate) fn new(queue: &[u8]) -> Self {
        let tag = stepwell_storage::QueueTag::of(queue);
        let key =
            |kind: &str| [format!("{{q:{:02}}}:{kind}:", tag.number()).as_bytes(), queue].concat();
        let wakes = wakes(tag);
        let slot = Slot::for_key(&wakes);
        Self { slot, stream: key("s"), ids: key("i"), generation: key("g"), wakes }
    }
}

/// The wake stream of a tag.
pub(crate) fn wakes(tag: stepwell_storage::QueueTag) -> Vec<u8> {
    format!("{{q:{:02}}}:wake", tag.number()).into_bytes()
}
