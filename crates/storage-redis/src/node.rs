//! A server that takes writes, with the connections to it.

use crate::address::host;
use crate::library::Library;
use crate::link::{Link, Target};
use crate::refusal::Effect;
use crate::slots::Place;
use futures::future::join_all;
use redis::cluster_routing::Slot;
use std::hash::BuildHasher as _;
use std::sync::Arc;

/// Connections that wait for replicas, each for those calls that were sent on it.
const LANES: usize = 8;

/// See the module.
pub(crate) struct Node {
    /// None where Sentinel knows it.
    pub(crate) place: Option<Place>,
    writes: Vec<Link>,
    /// So that commits don't queue behind the answers of long reads.
    reads: Vec<Link>,
}

/// How many connections a node gets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lanes {
    /// One for writes and one for reads.
    Single,
    /// Some of each: a connection that waits for replicas takes no other call meanwhile.
    Waiting,
}

impl Node {
    pub(crate) fn new(target: &Target, lanes: Lanes, library: &Arc<Library>) -> Arc<Self> {
        let place = match target {
            Target::Server(info) => host(info).map(|(host, port)| (host.to_owned(), port)),
            Target::Sentinel(_) => None,
        };
        let count = match lanes {
            Lanes::Single => 1,
            Lanes::Waiting => LANES,
        };
        let links = || (0..count).map(|_| Link::new(target.clone(), Arc::clone(library)));
        Arc::new(Self { place, writes: links().collect(), reads: links().collect() })
    }

    /// The connection for calls of a slot.
    pub(crate) fn link(&self, slot: Slot, effect: Effect) -> &Link {
        let links = if effect.writes() { &self.writes } else { &self.reads };
        // The calls of a partition have one slot, and so one lane. There is at least one.
        let spread = std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default();
        let lane = if links.len() == 1 { 0 } else { spread.hash_one(slot) as usize % links.len() };
        &links[lane]
    }

    /// Looks whether it is still the server that was connected to.
    pub(crate) async fn verify(&self) {
        join_all(self.writes.iter().chain(&self.reads).map(Link::verify)).await;
    }
}
