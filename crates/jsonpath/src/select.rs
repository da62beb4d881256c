//! Evaluation.

use crate::miss::{Fault, Miss};
use crate::path::{Path, Step};
use crate::work::{Exhausted, Work};
use std::sync::Arc;
use stepwell_json::{Object, Value};

impl Path {
    /// What the path finds in `document`, the value of its root: the node of a definite path,
    /// else the array of all matches.
    ///
    /// # Errors
    /// A step that had to find its node did not, or the path looks at more than 4,000,000 nodes.
    pub fn select(&self, document: &Value) -> Result<Value, Miss> {
        self.select_within(document, &Work::default())
    }

    /// As [`Path::select`], charging what the path looks at to `work`; fields and indices at its
    /// start are free.
    ///
    /// # Errors
    /// A step that had to find its node did not, or `work` is exhausted.
    pub fn select_within(&self, document: &Value, work: &Work) -> Result<Value, Miss> {
        let mut node = document;
        for (at, step) in self.steps.iter().enumerate() {
            let next = match step {
                Step::Field(name) => field(node, name),
                Step::Index(index) => element(node, *index),
                _ => return self.fork(node, at, document, work),
            };
            node = next.map_err(|fault| self.miss(fault, at, node))?;
        }
        Ok(node.clone())
    }

    /// Applies the steps from number `at` on to `node` and to all that each of them finds.
    fn fork(&self, node: &Value, at: usize, document: &Value, work: &Work) -> Result<Value, Miss> {
        let definite = self.is_definite();
        let mut nodes = vec![node.clone()];
        let mut forked = false;
        let mut at = at;
        while let Some(step) = self.steps.get(at) {
            let mut search = Search { document, work, found: Vec::new() };
            if matches!(step, Step::Descend) {
                at += 1;
                let Some(step) = self.steps.get(at) else { break };
                for node in &nodes {
                    search.descend(node, step)?;
                }
                forked = true;
            } else {
                for node in &nodes {
                    let result = search.apply(step, node)?;
                    if let (Err(fault), false) = (result, forked) {
                        return Err(self.miss(fault, at, node));
                    }
                }
                forked |= !matches!(step, Step::Field(_) | Step::Index(_) | Step::Length);
            }
            nodes = search.found;
            at += 1;
        }
        if work.is_exhausted() {
            return Err(Exhausted.into());
        }
        match nodes.pop() {
            Some(node) if definite => Ok(node),
            None if definite => Err(self.nothing()),
            last => {
                nodes.extend(last);
                Ok(nodes.into())
            }
        }
    }
}

fn field<'v>(node: &'v Value, name: &str) -> Result<&'v Value, Fault> {
    node.as_object().ok_or(Fault::NotObject)?.get(name).ok_or(Fault::Absent)
}

fn element(node: &Value, index: i64) -> Result<&Value, Fault> {
    item(node.as_array().ok_or(Fault::NotArray)?, index).ok_or(Fault::PastEnd)
}

/// The matches of one step.
struct Search<'a> {
    document: &'a Value,
    work: &'a Work,
    found: Vec<Value>,
}

impl Search<'_> {
    /// Applies `step` to one node.
    fn apply(&mut self, step: &Step, node: &Value) -> Result<Result<(), Fault>, Exhausted> {
        self.work.charge(1)?;
        match self.matches(step, node) {
            Err(Stop::Exhausted) => Err(Exhausted),
            Err(Stop::Fault(fault)) => Ok(Err(fault)),
            Ok(()) => Ok(Ok(())),
        }
    }

    fn matches(&mut self, step: &Step, node: &Value) -> Result<(), Stop> {
        let (document, work) = (self.document, self.work);
        let array = || node.as_array().ok_or(Stop::Fault(Fault::NotArray));
        match step {
            Step::Field(name) => self.found.push(field(node, name)?.clone()),
            Step::Index(index) => self.found.push(element(node, *index)?.clone()),
            Step::Fields(names) => {
                work.charge(names.len())?;
                let members = node.as_object().ok_or(Fault::NotObject)?;
                let present = |name: &String| members.get_key_value(name.as_str());
                let picked = names.iter().filter_map(present);
                let picked = picked.map(|(key, value)| (Arc::clone(key), value.clone()));
                self.found.push(picked.collect::<Object>().into());
            }
            Step::Indices(indices) => {
                work.charge(indices.len())?;
                let items = array()?;
                self.found.extend(indices.iter().filter_map(|index| item(items, *index)).cloned());
            }
            Step::Slice(from, to) => {
                let items = array()?;
                let from = from.map_or(0, |from| bound(items, from));
                let to = to.map_or(items.len(), |to| bound(items, to));
                let items = items.get(from..to).unwrap_or_default();
                work.charge(items.len())?;
                self.found.extend(items.iter().cloned());
            }
            Step::Wildcard | Step::Descend => {
                work.charge(size(node))?;
                self.found.extend(children(node).cloned());
            }
            Step::Filter(filter) => match node {
                Value::Array(items) => {
                    work.charge(items.len())?;
                    let keep = |item: &&Value| filter.keeps(item, document, work);
                    self.found.extend(items.iter().filter(keep).cloned());
                }
                Value::Object(_) if filter.keeps(node, document, work) => {
                    self.found.push(node.clone());
                }
                _ => {}
            },
            Step::Length => self.found.push(match node {
                Value::Array(_) | Value::Object(_) => count(size(node)),
                _ => Value::Null,
            }),
            Step::Function => return Err(Fault::Absent.into()),
        }
        Ok(())
    }

    /// Tries `step` on `node` and on everything below, parents first. Filters test the elements
    /// of arrays only here. Without recursion: filters nest in each other, and each may descend.
    fn descend(&mut self, node: &Value, step: &Step) -> Result<(), Exhausted> {
        let mut pending = vec![node];
        while let Some(node) = pending.pop() {
            if matches!(step, Step::Filter(_)) && node.as_array().is_none() {
                self.work.charge(1)?;
            } else {
                // A node that the step does not fit is not a match, and nothing else.
                let _ = self.apply(step, node)?;
            }
            let first = pending.len();
            pending.extend(children(node));
            pending[first..].reverse();
        }
        Ok(())
    }
}

/// Why a step ends early.
enum Stop {
    Fault(Fault),
    Exhausted,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Exhausted> for Stop {
    fn from(_: Exhausted) -> Self {
        Self::Exhausted
    }
}

/// The elements of an array or the values of an object.
fn children(node: &Value) -> impl Iterator<Item = &Value> {
    let items = node.as_array().unwrap_or_default();
    items.iter().chain(node.as_object().into_iter().flat_map(Object::values))
}

/// How many children a node has.
fn size(node: &Value) -> usize {
    node.as_array().map_or(0, <[_]>::len) + node.as_object().map_or(0, Object::len)
}

fn count(length: usize) -> Value {
    Value::from(i64::try_from(length).unwrap_or(i64::MAX))
}

fn item(items: &[Value], index: i64) -> Option<&Value> {
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    if index < 0 { items.get(items.len().checked_sub(distance)?) } else { items.get(distance) }
}

fn bound(items: &[Value], at: i64) -> usize {
    let distance = usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX);
    if at < 0 { items.len().saturating_sub(distance) } else { distance.min(items.len()) }
}
