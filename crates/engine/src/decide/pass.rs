//! Pass states.

use super::failure::Failure;
use super::step::Visit;
use super::turn::Turn;
use crate::Payload;
use stepwell_asl::ast::Pass;

impl<'a> Turn<'a> {
    pub(super) fn pass(&mut self, visit: &Visit<'a>, pass: &Pass) -> Result<(), Failure> {
        let input = self.effective_input(visit)?;
        // `Parameters` are evaluated even where a `Result` takes their place, for their errors.
        let input = self.parameters(visit, input)?;
        let result = pass.result.clone().map_or(input, Payload::from_value);
        self.leave(visit, result, pass.transition)
    }
}
