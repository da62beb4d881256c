//! Succeed states.

use super::failure::Failure;
use super::step::Visit;
use super::turn::Turn;
use crate::Variables;

impl<'a> Turn<'a> {
    pub(super) fn succeed(&mut self, visit: &Visit<'a>) -> Result<(), Failure> {
        let input = self.effective_input(visit)?;
        self.put_out(visit, input, Variables::default(), None)
    }
}
