//! Where payloads are stored.

// A payload fills in its text or its value when first asked; what it is equal to never changes.
#![allow(clippy::mutable_key_type)]

use super::CodecError;
use bytes::Bytes;
use std::collections::{BTreeSet, HashMap};
use stepwell_api::internal::PayloadPlace;
use stepwell_engine::{Payload, Phase, Position, Snapshot, TaskOutcome};

/// The places of payloads that an execution may need again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    known: HashMap<Payload, PayloadPlace>,
    /// How many were kept when some were last forgotten.
    kept: usize,
}

impl Places {
    /// How many places beyond twice the needed ones are kept before the others are forgotten.
    const SPARE: usize = 16;

    /// Bytes of the payloads.
    pub(crate) fn bytes(&self) -> usize {
        self.known.keys().map(Payload::size).sum()
    }

    /// Forgets places of payloads that no later commit will name as parts of `snapshot`, once
    /// there are many.
    pub(crate) fn prune(&mut self, snapshot: &Snapshot) {
        if self.known.len() <= Self::SPARE + 2 * self.kept {
            return;
        }
        let all = std::mem::take(&mut self.known);
        let root = snapshot.root();
        let mut keep = |payload: &Payload| {
            if let Some((known, place)) = all.get_key_value(payload) {
                self.known.insert(known.clone(), *place);
            }
        };
        keep(&root.input);
        for (_, scope) in snapshot.scopes().iter() {
            match &scope.position {
                Position::Entering { input, .. } => keep(input),
                // Written once, when the scope finished.
                Position::Finished { .. } => {}
                Position::In(run) => {
                    keep(&run.input);
                    if let Some(attempt) = scope.attempt() {
                        keep(&attempt.schedule.input);
                        if let Some(TaskOutcome::Succeeded(output)) = &attempt.outcome {
                            keep(output);
                        }
                    }
                    if let Phase::Iterations { items, .. } = &run.phase {
                        keep(items);
                    }
                }
            }
            scope.variables.iter().for_each(|(_, value)| keep(value));
        }
        self.kept = self.known.len();
    }
}

/// Finds places for the payloads of one commit.
pub(crate) struct Writer {
    places: Places,
    batch: u64,
    fresh: Vec<String>,
}

impl Writer {
    /// A writer of the history batch `batch`, which knows where earlier payloads are.
    pub(crate) fn new(places: Places, batch: u64) -> Self {
        Self { places, batch, fresh: Vec::new() }
    }

    /// The place of the payload, which may be in this commit's batch.
    pub(crate) fn place(&mut self, payload: &Payload) -> PayloadPlace {
        if let Some(place) = self.places.known.get(payload) {
            return *place;
        }
        // A commit of 4 thousand million payloads does not fit in memory.
        let slot = u32::try_from(self.fresh.len()).unwrap_or(u32::MAX);
        let place = PayloadPlace { batch: self.batch, slot };
        self.fresh.push(payload.text().to_owned());
        self.places.known.insert(payload.clone(), place);
        place
    }

    /// What is known now, and the payloads that the batch brings.
    pub(crate) fn finish(self) -> (Places, Vec<String>) {
        (self.places, self.fresh)
    }
}

/// Gives payloads back for their places, and notes which batches are needed for that.
#[derive(Debug, Default)]
pub(crate) struct Payloads {
    batches: HashMap<u64, Vec<Slot>>,
    missing: BTreeSet<u64>,
}

/// A payload of a batch, which is shared by all who name it.
#[derive(Debug)]
enum Slot {
    Stored(Bytes),
    Read(Payload),
}

impl Slot {
    fn read(&mut self) -> Result<Payload, CodecError> {
        if let Self::Stored(text) = self {
            let text = std::str::from_utf8(text);
            let text = text.map_err(|error| CodecError::new("payload", error))?;
            *self = Self::Read(Payload::from_stored(text));
        }
        match self {
            Self::Read(payload) => Ok(payload.clone()),
            Self::Stored(_) => Err(CodecError::new("payload", "it was not read")),
        }
    }
}

impl Payloads {
    /// The payload at `place`. Where its batch is not there yet the answer stands for it, and
    /// what was decoded with it is to be decoded again with the [`missing`](Self::missing) ones.
    pub(crate) fn get(&mut self, place: &PayloadPlace) -> Result<Payload, CodecError> {
        let Some(slots) = self.batches.get_mut(&place.batch) else {
            self.missing.insert(place.batch);
            return Ok(Payload::default());
        };
        let empty = || CodecError::new("payload", format_args!("{place:?} is empty"));
        slots.get_mut(place.slot as usize).ok_or_else(empty)?.read()
    }

    /// As [`get`](Self::get) for a place that must be given.
    pub(crate) fn of(&mut self, place: Option<&PayloadPlace>) -> Result<Payload, CodecError> {
        self.get(super::present(place, "payload", "its place")?)
    }

    /// Adds the payloads of a batch.
    pub(crate) fn add(&mut self, batch: u64, payloads: Vec<Bytes>) {
        self.batches.insert(batch, payloads.into_iter().map(Slot::Stored).collect());
    }

    /// Batches that were asked for and are not there.
    pub(crate) fn missing(&mut self) -> BTreeSet<u64> {
        std::mem::take(&mut self.missing)
    }

    /// The places of all payloads that were asked for.
    pub(crate) fn places(&self) -> Places {
        let mut known = HashMap::new();
        for (batch, slots) in &self.batches {
            for (slot, payload) in (0..).zip(slots) {
                if let Slot::Read(payload) = payload {
                    known.insert(payload.clone(), PayloadPlace { batch: *batch, slot });
                }
            }
        }
        Places { known, kept: 0 }
    }
}
