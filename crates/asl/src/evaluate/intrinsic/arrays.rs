//! Functions over arrays.

use super::numbers::integer;
use super::{Calls, Fault, Outcome, array, fault};
use std::collections::HashSet;
use std::fmt::Write as _;
use stepwell_json::{Number, Value};

/// Most elements of `States.ArrayRange`.
const MAX_RANGE: u64 = 1_000;

pub(super) fn length(value: &Value) -> Outcome {
    Ok(i64::try_from(array(value)?.len()).unwrap_or(i64::MAX).into())
}

pub(super) fn get_item(value: &Value, index: &Value) -> Outcome {
    let (items, index) = (array(value)?, integer(index)?);
    let item = usize::try_from(index).ok().and_then(|index| items.get(index));
    item.cloned().map_or_else(
        || fault(format!("The index {index} lies outside of an array of {} elements", items.len())),
        Ok,
    )
}

impl Calls<'_> {
    pub(super) fn array_contains(&self, value: &Value, item: &Value) -> Outcome {
        for candidate in self.array(value)? {
            if self.equal(candidate, item)? {
                return Ok(Value::Bool(true));
            }
        }
        Ok(Value::Bool(false))
    }

    /// Deep equality, charged for what it looks at.
    fn equal(&self, one: &Value, two: &Value) -> Outcome<bool> {
        match (one, two) {
            (Value::Array(one), Value::Array(two)) => {
                self.work.charge(one.len())?;
                let mut same = one.len() == two.len();
                for (one, two) in one.iter().zip(two.iter()) {
                    same = same && self.equal(one, two)?;
                }
                Ok(same)
            }
            (Value::Object(one), Value::Object(two)) => {
                self.work.charge(one.len())?;
                let mut same = one.len() == two.len();
                for (name, item) in one.iter() {
                    let Some(other) = two.get(name).filter(|_| same) else { return Ok(false) };
                    same = self.equal(item, other)?;
                }
                Ok(same)
            }
            (Value::String(one), Value::String(two)) => {
                self.work.charge(one.len() / 64)?;
                Ok(one == two)
            }
            (one, two) => Ok(one == two),
        }
    }

    pub(super) fn array_partition(&self, value: &Value, size: &Value) -> Outcome {
        let (items, size) = (self.array(value)?, integer(size)?);
        match usize::try_from(size) {
            Err(_) | Ok(0) => fault(format!("The size of a chunk must be at least 1, not {size}")),
            Ok(size) => {
                let chunks = items.chunks(size).map(|chunk| Value::from(chunk.to_vec()));
                Ok(chunks.collect::<Vec<_>>().into())
            }
        }
    }

    pub(super) fn array_range(&self, from: &Value, to: &Value, step: &Value) -> Outcome {
        let (from, to, step) = (integer(from)?, integer(to)?, integer(step)?);
        if step == 0 {
            return fault("The step must not be 0");
        }
        let ascends = step > 0;
        if (ascends && from > to) || (!ascends && from < to) {
            return Ok(Vec::new().into());
        }
        let count = (to.abs_diff(from) / step.unsigned_abs()).saturating_add(1);
        if count > MAX_RANGE {
            return fault(format!("The range has {count} elements, more than {MAX_RANGE}"));
        }
        self.work.charge(usize::try_from(count).unwrap_or(usize::MAX))?;
        let elements = std::iter::successors(Some(from), |last| last.checked_add(step));
        let count = usize::try_from(count).unwrap_or(0);
        Ok(elements.take(count).map(Value::from).collect::<Vec<_>>().into())
    }

    /// Keeps the first of equal elements.
    pub(super) fn array_unique(&self, value: &Value) -> Outcome {
        let mut seen = HashSet::new();
        let mut kept = Vec::new();
        for item in self.array(value)? {
            let mut text = String::new();
            self.canonical(item, &mut text)?;
            if seen.insert(text) {
                kept.push(item.clone());
            }
        }
        Ok(kept.into())
    }

    /// A text that equal values share: members by name, numbers by value.
    fn canonical(&self, value: &Value, out: &mut String) -> Outcome<()> {
        let before = out.len();
        match value {
            Value::Array(items) => {
                out.push('[');
                for item in items.iter() {
                    self.canonical(item, out)?;
                    out.push(',');
                }
                out.push(']');
                self.work.charge(1 + items.len())?;
            }
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members.sort_by_key(|(name, _)| *name);
                self.work.charge(1 + members.len())?;
                out.push('{');
                for (name, item) in members {
                    self.print(&Value::String(name.clone()), out)?;
                    self.canonical(item, out)?;
                }
                out.push('}');
            }
            Value::Number(number) => out.push_str(&by_value(number)),
            leaf => self.print(leaf, out)?,
        }
        self.work.charge((out.len() - before) / 4)?;
        Ok(())
    }

    fn print(&self, value: &Value, out: &mut String) -> Outcome<()> {
        write!(out, "{value}").map_err(|_| Fault::TooLarge)
    }
}

fn by_value(number: &Number) -> String {
    match number.as_i64() {
        Some(whole) => whole.to_string(),
        None => {
            let value = number.as_f64();
            let whole = value.trunc() == value && value.abs() < 9.0e15;
            if whole { (value as i64).to_string() } else { value.to_string() }
        }
    }
}
