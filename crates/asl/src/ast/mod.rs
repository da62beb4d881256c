//! The syntax tree of a definition.
//!
//! The tree is complete: every field of today's language has its place. Transitions are resolved to indices, paths and timestamps are parsed,
//! defaults are filled in. A tree exists only for a definition without error findings, so whoever
//! holds one need not check it again.

mod choice;
mod data;
mod definition;
mod errors;
mod expression;
mod state;
mod template;
mod work;

pub use choice::{ChoiceRule, Comparison, Condition, Operand, Order, Test, TypeTest};
pub use data::{Assign, DataFlow, DataPath, Quantity, QueryLanguage, Text};
pub use definition::{Definition, Flow, FlowId, StateId};
pub use errors::{Catcher, JitterStrategy, Retrier};
pub(crate) use expression::ExpressionNode;
pub use expression::{Expression, Expressions};
pub use state::{Choice, Fail, Pass, State, StateKind, Transition, Wait, WaitUntil};
pub(crate) use template::{Argument, Function, Invocation, Node};
pub use template::{Call, Template};
pub use work::{CallPattern, Integration, Map, Parallel, Resource, Task};
