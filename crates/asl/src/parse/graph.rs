//! Whether a flow can end, and whether each of its states can be reached.

use super::fields::Fields;
use super::report::{Report, quote};
use crate::Code;
use crate::ast::StateId;
use stepwell_json::Value;

/// Reports a flow without a terminal state, else the states that nothing leads to. `edges` are
/// the transitions by state; a missing target is none.
pub(super) fn check(
    states: &Fields<'_>,
    start_at: Option<StateId>,
    edges: &[Vec<StateId>],
    report: &mut Report,
) {
    if !states.object.values().any(may_end) {
        report.error_overall(Code::MissingEndState, "Workflow has no terminal state");
        return;
    }
    let Some(start_at) = start_at else { return };
    let mut reached = vec![false; edges.len()];
    let mut open = vec![start_at];
    while let Some(StateId(state)) = open.pop() {
        let Some(mark) = reached.get_mut(state as usize) else { continue };
        if !std::mem::replace(mark, true) {
            open.extend(&edges[state as usize]);
        }
    }
    for (position, (name, _)) in states.object.iter().enumerate() {
        if !reached[position] {
            let message = format!("State \"{}\" is not reachable.", quote(name));
            let place = states.place.member(name, position);
            report.error(Code::MissingTransitionTarget, message, &place);
        }
    }
}

/// Whether a state is terminal, or too malformed to tell.
fn may_end(state: &Value) -> bool {
    match state.get("Type").and_then(Value::as_str) {
        Some("Pass" | "Task" | "Wait" | "Parallel" | "Map") => {
            state.get("Next").is_none()
                || state.get("End").is_some_and(|end| end.as_bool() != Some(false))
        }
        Some("Choice") => false,
        _ => true,
    }
}
