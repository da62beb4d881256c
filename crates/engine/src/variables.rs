//! Variables, as a scope holds them and as an event assigns them.

use crate::{Payload, ScopeId, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;
use stepwell_json::Value;

/// Values by name, shared: cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variables {
    values: Arc<BTreeMap<Arc<str>, Payload>>,
    bytes: usize,
}

impl Variables {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Payload)> {
        self.values.iter()
    }

    /// Bytes of the values, the measure of the limits.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of the values that `assigned` takes the place of.
    pub(crate) fn replaced_bytes(&self, assigned: &Self) -> usize {
        let replaced = assigned.values.keys().filter_map(|name| self.values.get(name));
        replaced.map(Payload::size).sum()
    }

    /// Takes the values of `assigned`, in place of earlier ones.
    pub(crate) fn assign(&mut self, assigned: &Self) {
        if assigned.is_empty() {
            return;
        }
        self.bytes = (self.bytes + assigned.bytes).saturating_sub(self.replaced_bytes(assigned));
        let values = Arc::make_mut(&mut self.values);
        values.extend(assigned.iter().map(|(name, value)| (Arc::clone(name), value.clone())));
    }
}

impl FromIterator<(Arc<str>, Payload)> for Variables {
    fn from_iter<T: IntoIterator<Item = (Arc<str>, Payload)>>(values: T) -> Self {
        let values: BTreeMap<_, _> = values.into_iter().collect();
        let bytes = values.values().map(Payload::size).sum();
        Self { values: values.into(), bytes }
    }
}

/// What a scope sees: its own variables, then those of the scopes around it, which stand still
/// while it runs.
#[derive(Debug)]
pub(crate) struct Visible<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) scope: ScopeId,
}

impl stepwell_asl::Variables for Visible<'_> {
    fn variable(&self, name: &str) -> Option<Value> {
        let mut scope = self.snapshot.scope(self.scope);
        while let Some(seen) = scope {
            if let Some(value) = seen.variables.values.get(name) {
                return value.value().ok().cloned();
            }
            scope = seen.parent.and_then(|parent| self.snapshot.scope(parent.scope));
        }
        None
    }
}
