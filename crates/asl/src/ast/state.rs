//! A state, and the types that do no work of their own: Pass, Choice, Wait, Succeed, Fail.

use super::{
    Catcher, ChoiceRule, DataFlow, Expression, Map, Parallel, QueryLanguage, Retrier, StateId,
    Task, Text,
};
use crate::Timestamp;
use std::sync::Arc;
use stepwell_json::Value;
use stepwell_jsonpath::Path;

/// A state of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The key in `States`: unique in the whole definition, 1 to 80 characters.
    pub name: Arc<str>,
    /// `Comment`
    pub comment: Option<Arc<str>>,
    /// `QueryLanguage` of the state, else of the definition.
    pub query_language: QueryLanguage,
    /// The fields by which the state takes, shapes and passes on data.
    pub data: DataFlow,
    /// `Retry`, in document order; empty for types without it.
    pub retry: Vec<Retrier>,
    /// `Catch`, in document order; empty for types without it.
    pub catch: Vec<Catcher>,
    /// `Type`, with the fields of that type.
    pub kind: StateKind,
}

/// The types of states.
#[derive(Clone, Debug, PartialEq)]
pub enum StateKind {
    /// Hands on its input or a literal.
    Pass(Pass),
    /// Has work done.
    Task(Task),
    /// Goes on by the data.
    Choice(Choice),
    /// Lets time pass.
    Wait(Wait),
    /// Ends its flow well.
    Succeed,
    /// Ends its flow with an error.
    Fail(Fail),
    /// Runs branches at once.
    Parallel(Parallel),
    /// Runs a processor for every item.
    Map(Box<Map>),
}

/// `Next` or `End`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// To another state of the same flow.
    Next(StateId),
    /// Out of the flow.
    End,
}

impl State {
    /// Where the state goes on to; none for Choice, whose rules say it, and for Succeed and Fail.
    #[must_use]
    pub fn transition(&self) -> Option<Transition> {
        match &self.kind {
            StateKind::Pass(pass) => Some(pass.transition),
            StateKind::Task(task) => Some(task.transition),
            StateKind::Wait(wait) => Some(wait.transition),
            StateKind::Parallel(parallel) => Some(parallel.transition),
            StateKind::Map(map) => Some(map.transition),
            StateKind::Choice(_) | StateKind::Succeed | StateKind::Fail(_) => None,
        }
    }
}

/// The fields of a Pass state.
#[derive(Clone, Debug, PartialEq)]
pub struct Pass {
    /// `Result`: the result, taken literally; absent, the result is the effective input.
    pub result: Option<Value>,
    /// `Next` or `End`
    pub transition: Transition,
}

/// The fields of a Choice state.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// `Choices`, never empty: the first rule that holds is taken.
    pub rules: Vec<ChoiceRule>,
    /// `Default`
    pub default: Option<StateId>,
}

/// The fields of a Wait state.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// How long, or until when.
    pub until: WaitUntil,
    /// `Next` or `End`
    pub transition: Transition,
}

/// How a Wait state says when to go on.
#[derive(Clone, Debug, PartialEq)]
pub enum WaitUntil {
    /// `Seconds`, 0 to 99,999,999.
    Seconds(u32),
    /// `SecondsPath`: a path to a whole number of seconds.
    SecondsPath(Path),
    /// `Seconds` as a JSONata expression.
    SecondsExpression(Expression),
    /// `Timestamp`
    Timestamp(Timestamp),
    /// `TimestampPath`: a path to an RFC 3339 text.
    TimestampPath(Path),
    /// `Timestamp` as a JSONata expression.
    TimestampExpression(Expression),
}

/// The fields of a Fail state.
#[derive(Clone, Debug, PartialEq)]
pub struct Fail {
    /// `Error` or `ErrorPath`
    pub error: Option<Text>,
    /// `Cause` or `CausePath`
    pub cause: Option<Text>,
}
