//! `Assign`: the variables that a state sets when it goes on.

use super::data::check_depth;
use super::failure::Failure;
use super::jsonata::Sees;
use super::step::Visit;
use super::turn::Turn;
use crate::{Payload, Variables};
use stepwell_asl::ast::Assign;
use stepwell_json::Value;

impl<'a> Turn<'a> {
    /// The values that `assign` makes of `document`, or of what expressions see, and of the
    /// variables as they were when the state was entered.
    pub(super) fn assigned(
        &mut self,
        visit: &Visit<'a>,
        assign: Option<&Assign>,
        document: &Payload,
        sees: Sees<'_>,
    ) -> Result<Variables, Failure> {
        let value = match assign {
            None => return Ok(Variables::default()),
            Some(Assign::Template(template)) => self.evaluated(visit, template, document)?,
            Some(Assign::Expressions(template)) => self.expressed(visit, template, sees)?,
        };
        let Value::Object(values) = value else {
            return Err(Failure::runtime(visit, "The field 'Assign' must give an object."));
        };
        let limit = self.context.limits.variable_bytes;
        let mut left = limit;
        let mut assigned = Vec::with_capacity(values.len());
        for (name, value) in values.iter() {
            let payload = Payload::from_value(value.clone());
            // Looks at no more of a value than the limit leaves.
            if payload.exceeds(left) {
                return Err(Failure::too_large(visit, "assigns variables"));
            }
            check_depth(visit, value)?;
            left -= payload.size();
            assigned.push((name.clone(), payload));
        }
        self.charge((limit - left) as u64);
        let assigned: Variables = assigned.into_iter().collect();
        self.check_total(visit, &assigned)?;
        Ok(assigned)
    }

    fn check_total(&self, visit: &Visit<'a>, assigned: &Variables) -> Result<(), Failure> {
        let replaced = self
            .snapshot
            .scope(visit.scope)
            .map_or(0, |scope| scope.variables.replaced_bytes(assigned));
        let total = self.snapshot.variable_bytes().saturating_sub(replaced) + assigned.bytes();
        if total > self.context.limits.all_variables_bytes {
            return Err(Failure::too_large(visit, "assigns variables"));
        }
        Ok(())
    }
}
