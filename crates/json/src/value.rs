//! The value tree.

use crate::Number;
use indexmap::IndexMap;
use std::sync::Arc;

/// Members in the order of the source; a repeated key keeps its first place and its last value.
pub type Object = IndexMap<Arc<str>, Value>;

/// Bytes of texts that are cheap to compare.
const SHORT_TEXT: usize = 64;

/// A JSON value. Cloning shares the contents.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number with its source text.
    Number(Number),
    /// A text, unescaped.
    String(Arc<str>),
    /// Elements in order.
    Array(Arc<Vec<Value>>),
    /// Members in order.
    Object(Arc<Object>),
}

impl Value {
    /// The member `key` of an object; none for other values and for absent members.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The value of a boolean.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The number, with its text.
    #[must_use]
    pub fn as_number(&self) -> Option<&Number> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// The number as a double.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number().map(Number::as_f64)
    }

    /// The elements of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether both print the same, as far as `looks` values show: contents that they share are equal
    /// unseen, and long texts that they don't share are not compared.
    #[must_use]
    pub fn is_known_equal(&self, other: &Value, looks: &mut u32) -> bool {
        let Some(left) = looks.checked_sub(1) else { return false };
        *looks = left;
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(two)) => one == two,
            (Self::Number(one), Self::Number(two)) => one.text() == two.text(),
            (Self::String(one), Self::String(two)) => {
                Arc::ptr_eq(one, two) || (one.len() <= SHORT_TEXT && one == two)
            }
            (Self::Array(one), Self::Array(two)) => {
                let mut pairs = one.iter().zip(two.iter());
                Arc::ptr_eq(one, two)
                    || one.len() == two.len()
                        && pairs.all(|(one, two)| one.is_known_equal(two, looks))
            }
            (Self::Object(one), Self::Object(two)) => {
                let mut pairs = one.iter().zip(two.iter());
                Arc::ptr_eq(one, two)
                    || one.len() == two.len()
                        && pairs.all(|((key, one), (other, two))| {
                            key == other && one.is_known_equal(two, looks)
                        })
            }
            _ => false,
        }
    }

    /// Whether arrays and objects nest more than `limit` deep. Looks no deeper than that, so it
    /// is safe on values that were built deeper than [`crate::MAX_DEPTH`].
    #[must_use]
    pub fn depth_exceeds(&self, limit: usize) -> bool {
        let inner = |value: &Value| limit == 0 || value.depth_exceeds(limit - 1);
        match self {
            Self::Array(items) => limit == 0 || items.iter().any(inner),
            Self::Object(members) => limit == 0 || members.values().any(inner),
            _ => false,
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(Number::from_i64(value))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Array(Arc::new(items))
    }
}

impl From<Object> for Value {
    fn from(members: Object) -> Self {
        Self::Object(Arc::new(members))
    }
}
