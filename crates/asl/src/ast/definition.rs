//! A definition and its flows, with the addresses of states.

use super::{QueryLanguage, State};
use std::sync::Arc;

/// The number of a flow in its definition: 0 for the top level, then in document order, an outer
/// flow before the flows nested in it. Stable for one definition text, so it may be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlowId(pub u32);

impl FlowId {
    /// The states at the top level of the document.
    pub const MAIN: Self = Self(0);
}

/// The number of a state in its flow, in document order from 0. Stable for one definition text,
/// so it may be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId(pub u32);

/// A checked and compiled definition; never changes.
#[derive(Clone, Debug)]
pub struct Definition {
    /// `Comment`
    pub comment: Option<Arc<str>>,
    /// `Version`; absent means `1.0`.
    pub version: Option<Arc<str>>,
    /// `QueryLanguage`
    pub query_language: QueryLanguage,
    /// `TimeoutSeconds` of the whole execution, 1 to 99,999,999; none is no limit.
    pub timeout_seconds: Option<u32>,
    pub(crate) flows: Vec<Flow>,
}

impl Definition {
    /// The flow `id`.
    ///
    /// # Panics
    /// `id` belongs to another definition. Check ids that come from outside the process with
    /// [`Definition::contains`].
    #[must_use]
    pub fn flow(&self, id: FlowId) -> &Flow {
        &self.flows[id.0 as usize]
    }

    /// The states at the top level of the document, where an execution starts.
    #[must_use]
    pub fn main(&self) -> &Flow {
        self.flow(FlowId::MAIN)
    }

    /// All flows, by id.
    #[must_use]
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// Whether this definition has the state `state` in its flow `flow`.
    #[must_use]
    pub fn contains(&self, flow: FlowId, state: StateId) -> bool {
        self.flows.get(flow.0 as usize).is_some_and(|flow| flow.states.len() > state.0 as usize)
    }
}

/// States that run one at a time, from `StartAt` to a terminal state: the top level, a branch of
/// a Parallel state or the processor of a Map state. Transitions stay inside their flow.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The flow's own address.
    pub id: FlowId,
    /// The Parallel or Map state that holds the flow; none for [`FlowId::MAIN`].
    pub parent: Option<(FlowId, StateId)>,
    /// `Comment`
    pub comment: Option<Arc<str>>,
    /// `StartAt`
    pub start_at: StateId,
    /// Where the flow stands in the document: `/` at the top level, else for example
    /// `/States/Ship/Branches[0]`.
    pub location: Arc<str>,
    pub(crate) states: Vec<State>,
}

impl Flow {
    /// The state `id`.
    ///
    /// # Panics
    /// `id` belongs to another flow. Check ids that come from outside the process with
    /// [`Definition::contains`].
    #[must_use]
    pub fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }

    /// Where `state`, one of this flow's, stands in the document, as findings name places.
    #[must_use]
    pub fn location_of(&self, state: &State) -> String {
        let outer = if &*self.location == "/" { "" } else { &*self.location };
        format!("{outer}/States/{}", state.name)
    }

    /// All states, by id. Never empty.
    #[must_use]
    pub fn states(&self) -> &[State] {
        &self.states
    }
}
