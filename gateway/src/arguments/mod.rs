//! The members that a request gave to its action, by the action's table of members.
//!
//! A request is read straight into the slots of the table: a tree is built only of members that are
//! structures or lists.

mod check;
mod json;
mod query;

pub(crate) use check::check;
pub(crate) use json::read_json;
pub(crate) use query::read_parameters;

use serde::de::DeserializeOwned;
use stepwell_api::{ApiError, ErrorCode};

/// A member of a request.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its name in JSON and in a query string.
    pub(crate) name: &'static str,
    /// Its type.
    pub(crate) kind: Kind,
    /// Whether it may be left out.
    pub(crate) presence: Presence,
}

/// The type of a member.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A string.
    Text,
    /// A string that must be one of these.
    OneOf(&'static [&'static str]),
    /// An integer of 32 bits.
    Integer,
    /// A boolean.
    Boolean,
    /// A structure or a list; not in a query string.
    Json,
}

/// Whether a member may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It may not.
    Required,
    /// It may.
    Optional,
}

impl Member {
    /// A string that may not be left out.
    pub(crate) const fn required(name: &'static str) -> Self {
        Self { name, kind: Kind::Text, presence: Presence::Required }
    }

    /// A structure or list that may not be left out.
    pub(crate) const fn required_json(name: &'static str) -> Self {
        Self { name, kind: Kind::Json, presence: Presence::Required }
    }

    /// A member that may be left out.
    pub(crate) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, presence: Presence::Optional }
    }
}

/// What a member holds, of the type that the table says.
#[derive(Debug)]
enum Value {
    Text(String),
    Integer(i32),
    Boolean(bool),
    Json(serde_json::Value),
}

/// A value, or none, for each member of a table.
#[derive(Debug)]
pub(crate) struct Arguments {
    members: &'static [Member],
    values: Vec<Option<Value>>,
}

impl Arguments {
    /// No value for any of `members`.
    pub(crate) fn new(members: &'static [Member]) -> Self {
        Self { members, values: members.iter().map(|_| None).collect() }
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.name == name)
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let position = self.position(name);
        debug_assert!(position.is_some(), "{name} is not in the table of the action");
        self.values.get_mut(position?)?.take()
    }

    /// The string `name`, which [`check`] has found to be there.
    pub(crate) fn required(&mut self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    /// The string `name`.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The integer `name`.
    pub(crate) fn integer(&mut self, name: &str) -> Option<i32> {
        match self.take(name)? {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// The boolean `name`.
    pub(crate) fn boolean(&mut self, name: &str) -> Option<bool> {
        match self.take(name)? {
            Value::Boolean(truth) => Some(truth),
            _ => None,
        }
    }

    /// The structure or list `name`.
    ///
    /// # Errors
    /// `SerializationException` where it is of another shape than `T`.
    pub(crate) fn decode<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, ApiError> {
        let Some(Value::Json(value)) = self.take(name) else { return Ok(None) };
        serde_json::from_value(value).map(Some).map_err(|error| {
            let message = format!("The member {name} is not what the action takes: {error}");
            ApiError::new(ErrorCode::SerializationException, message)
        })
    }
}
