//! Expressions: recognised, parsed, and evaluated.

use crate::dialect;
use crate::error::ExpressionError;
use crate::failure::EvaluationError;
use crate::limits::{Limits, Spent};
use crate::plain::{Lead, Plain};
use crate::program::Program;
use crate::references::References;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use stepwell_json::Value;

/// The expression that a string of a definition holds, without the marks around it and the
/// space inside them; none where the string is literal. The marks are `{%` at its very start
/// and `%}` at its very end.
#[must_use]
pub fn as_expression(text: &str) -> Option<&str> {
    Some(text.strip_prefix("{%")?.strip_suffix("%}")?.trim())
}

/// A parsed expression. Cloning shares it.
#[derive(Clone)]
pub struct Expression {
    compiled: Arc<Compiled>,
}

struct Compiled {
    text: String,
    program: Program,
    plain: Option<Plain>,
}

/// What an expression reads.
#[derive(Clone, Copy)]
pub struct Bindings<'a> {
    /// The value of `$states`.
    pub states: &'a Value,
    /// The variable of a name without `$`, if it is set.
    pub variables: &'a dyn Fn(&str) -> Option<Value>,
}

/// What differs between two evaluations of the same expression on the same bindings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// The time that `$now` and `$millis` tell, in milliseconds since 1970-01-01T00:00:00Z.
    pub now_ms: i64,
    /// What `$random`, `$uuid` and `$shuffle` draw from. Evaluations that are to differ need
    /// different seeds.
    pub seed: u64,
}

impl Expression {
    /// Parses an expression, without the marks around it.
    ///
    /// # Errors
    /// Says why the text is not JSONata, or which part of it the language does not offer.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let program = Program::compile(text)?;
        dialect::check(program.root())?;
        let plain = Plain::of(program.root());
        Ok(Self { compiled: Arc::new(Compiled { text: text.to_owned(), program, plain }) })
    }

    /// The text that was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.compiled.text
    }

    /// What the expression refers to.
    #[must_use]
    pub fn references(&self) -> &References {
        self.compiled.program.references()
    }

    /// Evaluates the expression. The same arguments always give the same result.
    ///
    /// # Errors
    /// The expression gives nothing or something that has no JSON, raises an error, or meets a
    /// limit.
    pub fn evaluate(
        &self,
        bindings: &Bindings<'_>,
        environment: &Environment,
        limits: &Limits,
    ) -> Result<Value, EvaluationError> {
        self.evaluate_within(bindings, environment, &mut limits.clone())
    }

    /// As [`Self::evaluate`], and takes what is spent off `limits`, so that several evaluations
    /// can share them.
    ///
    /// # Errors
    /// As of [`Self::evaluate`].
    pub fn evaluate_within(
        &self,
        bindings: &Bindings<'_>,
        environment: &Environment,
        limits: &mut Limits,
    ) -> Result<Value, EvaluationError> {
        let Compiled { program, plain, .. } = &*self.compiled;
        match plain.as_ref().map(|plain| plain.follow(bindings)) {
            Some(Lead::Value(value)) => return Ok(value),
            Some(Lead::Undefined) => return Err(EvaluationError::Undefined),
            Some(Lead::Evaluate) | None => {}
        }
        let references = program.references();
        let set = |name: &String| Some((name.clone(), bindings.variable(name)?));
        let mut variables: Vec<_> = references.variables.iter().filter_map(set).collect();
        if references.reads_states() {
            variables.push((STATES.to_owned(), bindings.states.clone()));
        }
        let shadowing: Vec<_> = references.ambiguous.iter().filter_map(set).collect();
        let mut spent = Spent::default();
        let result = program.run(None, &variables, &shadowing, environment, limits, &mut spent);
        limits.spend(spent);
        result
    }
}

const STATES: &str = "states";

impl Bindings<'_> {
    pub(crate) fn variable(&self, name: &str) -> Option<Value> {
        if name == STATES { Some(self.states.clone()) } else { (self.variables)(name) }
    }
}

impl Debug for Expression {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Expression").field(&self.text()).finish()
    }
}

/// Expressions are equal when their texts are.
impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

#[cfg(test)]
mod tests {
    use super::{Expression, as_expression};

    #[test]
    fn the_marks_stand_at_the_very_ends() {
        assert_eq!(as_expression("{% $a %}"), Some("$a"));
        assert_eq!(as_expression("{%%}"), Some(""));
        for literal in ["$a", " {% $a %}", "{% $a %} ", "{%}", "{% $a", "", "{{% $a %}}"] {
            assert_eq!(as_expression(literal), None, "{literal}");
        }
    }

    #[test]
    fn expressions_are_shared_between_threads() {
        fn shared<T: Send + Sync + Clone + 'static>() {}
        shared::<Expression>();
    }
}
