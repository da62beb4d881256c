//! The scopes of a snapshot, in chunks that snapshots share.
//!
//! A large Map leaves thousands of finished iterations, which every later snapshot holds: taking
//! a copy costs one step a chunk, and a change copies the chunk that it is in. No chunk is empty.

use crate::{Scope, ScopeId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Scopes of 64 ids in a row.
type Chunk = BTreeMap<ScopeId, Arc<Scope>>;

/// Scopes by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scopes {
    chunks: BTreeMap<u32, Arc<Chunk>>,
    len: usize,
}

fn chunk_of(id: ScopeId) -> u32 {
    id.0 / 64
}

impl Scopes {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The scope `id`.
    #[must_use]
    pub fn get(&self, id: ScopeId) -> Option<&Arc<Scope>> {
        self.chunks.get(&chunk_of(id))?.get(&id)
    }

    /// All scopes, by id.
    pub fn iter(&self) -> impl Iterator<Item = (ScopeId, &Arc<Scope>)> {
        self.chunks.values().flat_map(|chunk| chunk.iter()).map(|(id, scope)| (*id, scope))
    }

    /// The scopes from `first` up to and without `end`, by id.
    pub(crate) fn range(
        &self,
        first: ScopeId,
        end: ScopeId,
    ) -> impl Iterator<Item = (ScopeId, &Arc<Scope>)> {
        let end = end.max(first);
        let chunks = self.chunks.range(chunk_of(first)..=chunk_of(end));
        let scopes = chunks.flat_map(move |(_, chunk)| chunk.range(first..end));
        scopes.map(|(id, scope)| (*id, scope))
    }

    pub(crate) fn insert(&mut self, id: ScopeId, scope: Scope) {
        let chunk = Arc::make_mut(self.chunks.entry(chunk_of(id)).or_default());
        if chunk.insert(id, Arc::new(scope)).is_none() {
            self.len += 1;
        }
    }

    pub(crate) fn remove(&mut self, id: ScopeId) -> Option<Arc<Scope>> {
        let shared = self.chunks.get_mut(&chunk_of(id))?;
        if !shared.contains_key(&id) {
            return None;
        }
        let chunk = Arc::make_mut(shared);
        let scope = chunk.remove(&id);
        if chunk.is_empty() {
            self.chunks.remove(&chunk_of(id));
        }
        self.len -= usize::from(scope.is_some());
        scope
    }

    pub(crate) fn get_mut(&mut self, id: ScopeId) -> Option<&mut Arc<Scope>> {
        let shared = self.chunks.get_mut(&chunk_of(id))?;
        if !shared.contains_key(&id) {
            return None;
        }
        Arc::make_mut(shared).get_mut(&id)
    }
}
