//! Following states from the start of a flow to its end.

use crate::choices::Choices;
use crate::data::Visit;
use crate::failure::Stop;
use crate::scope::Scope;
use crate::{Case, Ending};
use stepwell_asl::ast::FlowId;
use stepwell_json::Value;

/// One evaluation. Clocks count milliseconds since the start of the execution.
pub(crate) struct Run<'a> {
    pub(crate) case: &'a Case<'a>,
    pub(crate) choices: &'a mut Choices,
    visits_left: &'a mut u32,
    random: u64,
}

/// How `case` ends where races are decided by `choices`; none where the evaluation was given up.
pub(crate) fn run(case: &Case<'_>, choices: &mut Choices, visits_left: &mut u32) -> Option<Ending> {
    let mut run = Run { case, choices, visits_left, random: 1 };
    let mut clock = 0;
    let ended = run.flow(FlowId::MAIN, &mut Scope::default(), case.input.clone(), &mut clock);
    let seconds = case.definition.timeout_seconds.unwrap_or(u32::MAX);
    let deadline = u64::from(seconds.min(case.limits.execution_seconds)) * 1_000;
    match ended {
        Err(Stop::GivenUp) => None,
        Err(Stop::Hangs) => Some(Ending::TimedOut),
        _ if clock > deadline => Some(Ending::TimedOut),
        // Two timers that are due together: either may be the first.
        _ if clock == deadline && run.choices.pick(2) == 0 => Some(Ending::TimedOut),
        Ok(output) => Some(Ending::Succeeded(output)),
        Err(Stop::Failed(failure)) => {
            Some(Ending::Failed { error: failure.error, cause: failure.cause })
        }
    }
}

impl Run<'_> {
    /// The output of a flow. `clock` goes on to the time of its end.
    pub(crate) fn flow(
        &mut self,
        flow: FlowId,
        scope: &mut Scope<'_>,
        mut input: Value,
        clock: &mut u64,
    ) -> Result<Value, Stop> {
        let definition = self.case.definition;
        let flow = definition.flow(flow);
        let mut at = flow.start_at;
        loop {
            *self.visits_left = self.visits_left.checked_sub(1).ok_or(Stop::GivenUp)?;
            let visit = Visit {
                state: flow.state(at),
                input: input.clone(),
                entered_ms: *clock,
                retries: 0,
                item: scope.item().cloned(),
                token: None,
            };
            let left = self.visit(visit, scope, clock)?;
            scope.assign(left.assigned);
            match left.next {
                None => return Ok(left.output),
                Some(next) => (at, input) = (next, left.output),
            }
        }
    }

    /// Bits for what draws at random, which no test can foresee.
    pub(crate) fn bits(&mut self) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.random
    }
}
