//! One task queue in memory.

use crate::{Generation, QueueTask};
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};

pub(super) struct Queue {
    pub(super) generation: Generation,
    tasks: HashMap<Bytes, Task>,
    /// Waiting ids by place; given-back tasks get places before all others.
    waiting: BTreeMap<i64, Bytes>,
}

struct Task {
    body: Bytes,
    held: Held,
    /// Whether it is more than a hint: it was claimed once, or replaces one that was.
    kept: bool,
}

enum Held {
    Waiting(i64),
    By(String),
}

impl Queue {
    pub(super) fn new(generation: Generation) -> Self {
        Self { generation, tasks: HashMap::new(), waiting: BTreeMap::new() }
    }

    /// Whether any task was new.
    pub(super) fn push(&mut self, tasks: &[QueueTask]) -> bool {
        let before = self.waiting.len();
        for task in tasks {
            if !self.tasks.contains_key(&task.id) {
                let place = self.waiting.last_key_value().map_or(0, |(place, _)| place + 1);
                self.waiting.insert(place, task.id.clone());
                let held = Held::Waiting(place);
                self.tasks
                    .insert(task.id.clone(), Task { body: task.body.clone(), held, kept: false });
            }
        }
        self.waiting.len() > before
    }

    pub(super) fn claim(&mut self, node: &str, limit: usize) -> Vec<QueueTask> {
        let next = std::iter::from_fn(|| {
            let (_, id) = self.waiting.pop_first()?;
            let task = self.tasks.get_mut(&id)?;
            (task.held, task.kept) = (Held::By(node.to_owned()), true);
            Some(QueueTask { id, body: task.body.clone() })
        });
        next.take(limit).collect()
    }

    /// The task replaces one that was claimed.
    pub(super) fn keep(&mut self, id: &Bytes) {
        if let Some(task) = self.tasks.get_mut(id) {
            task.kept = true;
        }
    }

    /// Forgets the hints, and takes another generation.
    pub(super) fn lose_hints(&mut self, generation: Generation) {
        self.tasks.retain(|_, task| task.kept);
        self.waiting.retain(|_, id| self.tasks.contains_key(id));
        self.generation = generation;
    }

    pub(super) fn finish(&mut self, ids: &[Bytes]) {
        for id in ids {
            if let Some(Task { held: Held::Waiting(place), .. }) = self.tasks.remove(id) {
                self.waiting.remove(&place);
            }
        }
    }

    /// How many of them were claimed.
    pub(super) fn give_back(&mut self, ids: &[Bytes]) -> u64 {
        let mut given = 0;
        // The first of them comes next, as if they had not been claimed.
        for id in ids.iter().rev() {
            if let Some(task) = self.tasks.get_mut(id)
                && matches!(task.held, Held::By(_))
            {
                let place = self.waiting.first_key_value().map_or(0, |(place, _)| place - 1);
                task.held = Held::Waiting(place);
                self.waiting.insert(place, id.clone());
                given += 1;
            }
        }
        given
    }

    pub(super) fn reclaim(&mut self, live_nodes: &[String]) -> u64 {
        let dead = |task: &Task| matches!(&task.held, Held::By(node) if !live_nodes.contains(node));
        let claims = self.tasks.iter().filter(|(_, task)| dead(task));
        let mut ids: Vec<_> = claims.map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        self.give_back(&ids)
    }
}
