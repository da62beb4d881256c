//! Indices over the scopes of a snapshot, so that no lookup walks through all of them.
//!
//! They are derived: never stored, rebuilt from the scopes, and kept in step by the snapshot,
//! which alone changes scopes.

use crate::{Position, Scope, ScopeId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Index {
    /// When a scope has to be looked at.
    pub(crate) due: BTreeSet<(i64, ScopeId)>,
    /// Scopes that can go on.
    pub(crate) runnable: BTreeSet<ScopeId>,
    /// Bytes of the variables of all scopes.
    pub(crate) variable_bytes: usize,
    /// Bytes of the outputs of finished scopes.
    pub(crate) finished_bytes: usize,
    /// Scopes with an open attempt, by the event that scheduled it.
    pub(crate) attempts: BTreeMap<u64, ScopeId>,
}

impl Index {
    pub(crate) fn insert(&mut self, id: ScopeId, scope: &Scope) {
        if let Some(due_ms) = scope.due_ms() {
            self.due.insert((due_ms, id));
        }
        if scope.is_runnable() {
            self.runnable.insert(id);
        }
        if let Some(attempt) = scope.attempt() {
            self.attempts.insert(attempt.scheduled_event, id);
        }
        self.variable_bytes += scope.variables.bytes();
        self.finished_bytes += finished_bytes(scope);
    }

    pub(crate) fn remove(&mut self, id: ScopeId, scope: &Scope) {
        if let Some(due_ms) = scope.due_ms() {
            self.due.remove(&(due_ms, id));
        }
        if scope.is_runnable() {
            self.runnable.remove(&id);
        }
        if let Some(attempt) = scope.attempt() {
            self.attempts.remove(&attempt.scheduled_event);
        }
        self.variable_bytes -= scope.variables.bytes();
        self.finished_bytes -= finished_bytes(scope);
    }
}

fn finished_bytes(scope: &Scope) -> usize {
    if let Position::Finished { output } = &scope.position { output.size() } else { 0 }
}
