//! Calls to whichever server has their slot, together where they go the same way.
//!
//! What a server refused because the slot is elsewhere, or the functions are missing, has not
//! begun and is sent again. Nothing else is: what became of a call whose answer was lost is for
//! the caller to find out.

use crate::link::{Link, Live};
use crate::node::Node;
use crate::refusal::{Effect, is_missing, stale};
use crate::settle::Settle;
use crate::slots::{Place, Redirect};
use crate::topology::Topology;
use futures::future::join_all;
use redis::aio::MultiplexedConnection;
use redis::cluster_routing::Slot;
use redis::{Cmd, Pipeline, Value};
use std::sync::Arc;
use std::time::{Duration, Instant};
use stepwell_storage::StoreError;

/// How long a call follows redirections before its refusal is passed on.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it waits for a slot that is on its way, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// A command and where it belongs.
pub(crate) struct Call {
    pub(crate) slot: Slot,
    pub(crate) command: Cmd,
    /// Sent only to this life of a server: see [`crate::server::Info::incarnation`].
    pub(crate) under: Option<u128>,
}

impl Call {
    pub(crate) fn new(slot: Slot, command: Cmd) -> Self {
        Self { slot, command, under: None }
    }
}

/// What a server said, and in which of its lives.
pub(crate) struct Answer {
    pub(crate) value: Value,
    pub(crate) incarnation: u128,
}

pub(crate) struct Router {
    topology: Topology,
    settle: Option<Settle>,
}

/// Calls that go the same way, by their place in the caller's order.
struct Group {
    node: Arc<Node>,
    asking: bool,
    members: Vec<(usize, Call)>,
}

/// What came of a group: answers by place, and the calls that are to be sent again.
struct Sent {
    answers: Vec<(usize, Answer)>,
    again: Vec<(usize, Call, Next)>,
}

/// Why and where a call is sent again.
enum Next {
    Redirected(Redirect),
    Reloaded,
}

impl Router {
    pub(crate) fn new(topology: Topology, settle: Option<Settle>) -> Self {
        Self { topology, settle }
    }

    /// Whether replicas are waited for.
    pub(crate) fn settles(&self) -> bool {
        self.settle.is_some()
    }

    pub(crate) fn nodes(&self) -> Vec<Arc<Node>> {
        self.topology.nodes()
    }

    /// Sends one command. A refusal is an error.
    pub(crate) async fn call(
        &self,
        slot: Slot,
        command: Cmd,
        effect: Effect,
    ) -> Result<Value, StoreError> {
        Ok(self.call_in(slot, command, effect).await?.value)
    }

    /// [`call`](Self::call), and which server answered.
    pub(crate) async fn call_in(
        &self,
        slot: Slot,
        command: Cmd,
        effect: Effect,
    ) -> Result<Answer, StoreError> {
        let answers = self.all_in(vec![Call::new(slot, command)], effect).await?;
        let answer = answers.into_iter().next();
        answer.ok_or_else(|| effect.lost("Redis gave no answer".to_owned()))
    }

    /// Sends commands whose answers count only together.
    pub(crate) async fn all(
        &self,
        calls: Vec<Call>,
        effect: Effect,
    ) -> Result<Vec<Value>, StoreError> {
        Ok(self.all_in(calls, effect).await?.into_iter().map(|answer| answer.value).collect())
    }

    /// [`all`](Self::all), and which servers answered.
    pub(crate) async fn all_in(
        &self,
        calls: Vec<Call>,
        effect: Effect,
    ) -> Result<Vec<Answer>, StoreError> {
        let answers = self.send(calls, effect).await?;
        let failed = answers.iter().find_map(|answer| match &answer.value {
            Value::ServerError(error) => Some(effect.refused(error)),
            _ => None,
        });
        failed.map_or(Ok(answers), Err)
    }

    /// Sends commands, those of one server in one pipeline and in their order. Each has its own
    /// answer; a refusal is among them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where nothing was sent; of writes [`StoreError::Unknown`] where
    /// any may have taken effect.
    pub(crate) async fn send(
        &self,
        calls: Vec<Call>,
        effect: Effect,
    ) -> Result<Vec<Answer>, StoreError> {
        let count = calls.len();
        let mut answers: Vec<Option<Answer>> = (0..count).map(|_| None).collect();
        let mut groups = self.groups(calls.into_iter().enumerate())?;
        let (deadline, mut pause) = (Instant::now() + PATIENCE, FIRST_PAUSE);
        loop {
            let last = Instant::now() > deadline;
            let sent = self.round(groups, effect, last).await.map_err(partly(&answers, effect))?;
            for (at, answer) in sent.answers {
                answers[at] = Some(answer);
            }
            if sent.again.is_empty() {
                break;
            }
            let redirected = self.redirected(sent.again, &mut pause).await;
            groups = redirected.map_err(partly(&answers, effect))?;
        }
        let answers: Option<Vec<Answer>> = answers.into_iter().collect();
        answers.ok_or_else(|| effect.lost("Redis gave too few answers".to_owned()))
    }

    /// A connection to the server of the slot, for calls that block.
    pub(crate) async fn own(
        &self,
        slot: Slot,
        timeout: Duration,
    ) -> Result<MultiplexedConnection, StoreError> {
        let node = self.topology.node(slot)?;
        let connection = node.link(slot, Effect::Reads).own(timeout).await;
        if connection.is_err() {
            self.topology.refresh(node.place.as_ref()).await;
        }
        connection
    }

    /// A connection of [`own`](Self::own) failed: its server may no longer be the right one.
    pub(crate) async fn doubt(&self, slot: Slot) {
        let place = self.topology.node(slot).ok().and_then(|node| node.place.clone());
        self.topology.refresh(place.as_ref()).await;
    }

    /// Looks whether all servers are those that were connected to.
    pub(crate) async fn verify(&self) {
        join_all(self.nodes().iter().map(|node| node.verify())).await;
    }

    fn groups(&self, calls: impl Iterator<Item = (usize, Call)>) -> Result<Vec<Group>, StoreError> {
        let mut groups: Vec<Group> = Vec::new();
        for (at, call) in calls {
            let node = self.topology.node(call.slot)?;
            add(&mut groups, node, false, (at, call));
        }
        Ok(groups)
    }

    /// Sends every group once. With `last`, redirections are answers.
    async fn round(
        &self,
        mut groups: Vec<Group>,
        effect: Effect,
        last: bool,
    ) -> Result<Sent, StoreError> {
        if groups.len() == 1
            && let Some(group) = groups.pop()
        {
            return self.send_group(group, effect, last).await;
        }
        let sent = join_all(groups.into_iter().map(|group| self.send_group(group, effect, last)));
        let (mut all, mut failed) = (Sent { answers: Vec::new(), again: Vec::new() }, None);
        for sent in sent.await {
            match sent {
                Ok(sent) => {
                    all.answers.extend(sent.answers);
                    all.again.extend(sent.again);
                }
                Err(error @ StoreError::Unknown(_)) => failed = Some(error),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match failed {
            None => Ok(all),
            Some(StoreError::Unavailable(why)) if !all.answers.is_empty() => Err(effect.lost(why)),
            Some(error) => Err(error),
        }
    }

    async fn send_group(
        &self,
        group: Group,
        effect: Effect,
        last: bool,
    ) -> Result<Sent, StoreError> {
        let Group { mut node, asking, members } = group;
        let Some(slot) = members.first().map(|(_, call)| call.slot) else {
            return Ok(Sent { answers: Vec::new(), again: Vec::new() });
        };
        let mut live = node.link(slot, effect).live().await;
        if live.is_err() && !asking {
            self.topology.refresh(node.place.as_ref()).await;
            let now = self.topology.node(slot)?;
            // Of calls to several slots the others are redirected by the server.
            if now.place != node.place {
                node = now;
                live = node.link(slot, effect).live().await;
            }
        }
        let (link, mut live) = (node.link(slot, effect), live?);
        let sent = self.exchange(link, &mut live, asking, members, effect, last).await;
        if matches!(sent, Err(StoreError::Unknown(_) | StoreError::Unavailable(_))) {
            self.topology.refresh(node.place.as_ref()).await;
        }
        sent
    }

    async fn exchange(
        &self,
        link: &Link,
        live: &mut Live,
        asking: bool,
        members: Vec<(usize, Call)>,
        effect: Effect,
        last: bool,
    ) -> Result<Sent, StoreError> {
        let incarnation = live.incarnation;
        let answer = |value| Answer { value, incarnation };
        let mut sent = Sent { answers: Vec::with_capacity(members.len()), again: Vec::new() };
        let mut pipeline = Pipeline::with_capacity(members.len() + 1);
        let mut waiting = Vec::with_capacity(members.len());
        for (at, Call { slot, command, under }) in members {
            if under.is_some_and(|under| under != incarnation) {
                sent.answers.push((at, answer(stale())));
                continue;
            }
            if asking {
                pipeline.cmd("ASKING");
            }
            pipeline.add_command(command);
            waiting.push((at, slot, under));
        }
        if waiting.is_empty() {
            return Ok(sent);
        }
        let settle = self.settle.as_ref().filter(|_| effect.settles());
        if let Some(settle) = settle {
            pipeline.add_command(settle.command());
        }
        let mut values = live.send(&pipeline).await.map_err(|error| {
            link.give_up(live);
            effect.lost(error.to_string())
        })?;
        if let Some(settle) = settle {
            settle.check(values.pop(), &values, effect)?;
        }
        let step = if asking { 2 } else { 1 };
        let own = values.into_iter().skip(step - 1).step_by(step);
        let mut missing = false;
        for (place, ((at, slot, under), value)) in waiting.into_iter().zip(own).enumerate() {
            let next = match &value {
                Value::ServerError(error) => {
                    link.heed(live, error);
                    let moved = Redirect::of(error, live.host()).map(Next::Redirected);
                    missing |= is_missing(error);
                    moved.or_else(|| is_missing(error).then_some(Next::Reloaded))
                }
                _ => None,
            };
            let command = || pipeline.cmd_iter().nth(place * step + step - 1).cloned();
            match next.filter(|_| !last).and_then(|next| Some((next, command()?))) {
                Some((next, command)) => sent.again.push((at, Call { slot, command, under }, next)),
                None => sent.answers.push((at, answer(value))),
            }
        }
        if missing && !last {
            let loaded = link.load(&mut live.connection).await;
            loaded.map_err(partly_if(!sent.answers.is_empty(), effect))?;
        }
        Ok(sent)
    }

    /// Where the calls go next, after waiting where that may help.
    async fn redirected(
        &self,
        again: Vec<(usize, Call, Next)>,
        pause: &mut Duration,
    ) -> Result<Vec<Group>, StoreError> {
        let mut groups = Vec::new();
        let moved = again.iter().filter_map(|(_, _, next)| match next {
            Next::Redirected(Redirect::Moved(slot, place)) => Some((*slot, place.clone())),
            _ => None,
        });
        let moved: Vec<_> = moved.collect();
        if let Some((slot, _)) = moved.first() {
            self.doubt(*slot).await;
        }
        let mut wait =
            again.iter().any(|(.., next)| matches!(next, Next::Redirected(Redirect::Wait)));
        for (slot, place) in &moved {
            // Two servers may see it differently, which passes.
            let known = self.topology.node(*slot).ok();
            wait |= known.is_some_and(|known| known.place.as_ref() == Some(place));
            self.topology.moved(*slot, place);
        }
        if wait {
            tokio::time::sleep(*pause).await;
            *pause = (*pause * 2).min(LONGEST_PAUSE);
        }
        for (at, call, next) in again {
            let (node, asking) = match &next {
                Next::Redirected(Redirect::Ask(place)) => self.asked_at(place, call.slot)?,
                _ => (self.topology.node(call.slot)?, false),
            };
            add(&mut groups, node, asking, (at, call));
        }
        Ok(groups)
    }

    fn asked_at(&self, place: &Place, slot: Slot) -> Result<(Arc<Node>, bool), StoreError> {
        match self.topology.node_at(place) {
            Some(node) => Ok((node, true)),
            None => Ok((self.topology.node(slot)?, false)),
        }
    }
}

fn add(groups: &mut Vec<Group>, node: Arc<Node>, asking: bool, member: (usize, Call)) {
    let same = |group: &&mut Group| Arc::ptr_eq(&group.node, &node) && group.asking == asking;
    match groups.iter_mut().find(same) {
        Some(group) => group.members.push(member),
        None => groups.push(Group { node, asking, members: vec![member] }),
    }
}

/// What a failure means where some calls have their answers already, and so had their effect.
fn partly(
    answers: &[Option<Answer>],
    effect: Effect,
) -> impl FnOnce(StoreError) -> StoreError + use<> {
    partly_if(answers.iter().any(Option::is_some), effect)
}

fn partly_if(any: bool, effect: Effect) -> impl FnOnce(StoreError) -> StoreError {
    move |error| match error {
        StoreError::Unavailable(why) if any => effect.lost(why),
        error => error,
    }
}
