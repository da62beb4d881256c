//! A compiled expression as the evaluator runs it: guarded, metered and within limits.

use crate::expression::Environment;
use crate::failure::EvaluationError;
use crate::guard::guarded;
use crate::limits::{Limits, Spent};
use crate::meter::Meter;
use crate::references::References;
use crate::scope::walk;
use crate::{convert, functions};
use jlens_core::ast::{Node, NodeKind};
use jlens_core::reads::{Read, Reads};
use jlens_core::{CancelToken, Options};
use serde_json::Value as Json;
use stepwell_json::Value;

/// How many times slower a step of a regular expression is than one of the language.
const REGEX_STEP: u64 = 5;

#[derive(Debug)]
pub(crate) struct Program {
    source: jlens_core::Expression,
    guarded: jlens_core::Expression,
    references: References,
    reads: Reads,
    has_regex: bool,
}

/// A variable and its value.
pub(crate) type Variable = (String, Value);

impl Program {
    /// # Errors
    /// What is wrong with the text as JSONata 2.2.
    pub(crate) fn compile(text: &str) -> Result<Self, jlens_core::Error> {
        let source = jlens_core::Expression::compile(text)?;
        let mut has_regex = false;
        walk(&source.ast().root, &mut |sight| {
            has_regex |= matches!(sight.node.kind, NodeKind::Regex { .. });
        });
        let functions = functions::bindings([].iter(), &Environment::default());
        Ok(Self {
            guarded: with_guards(&source, &[])?,
            references: References::of(&source.ast().root),
            reads: source.reads_with(&functions),
            source,
            has_regex,
        })
    }

    pub(crate) fn root(&self) -> &Node {
        &self.source.ast().root
    }

    pub(crate) fn references(&self) -> &References {
        &self.references
    }

    /// Evaluates against `input`, or none. `variables` are those that the expression refers to
    /// and that exist; `shadowing` are those among them that have a function's name. What it takes
    /// is added to `spent`.
    ///
    /// # Errors
    /// As of [`crate::Expression::evaluate`].
    pub(crate) fn run(
        &self,
        input: Option<&Json>,
        variables: &[Variable],
        shadowing: &[Variable],
        environment: &Environment,
        limits: &Limits,
        spent: &mut Spent,
    ) -> Result<Value, EvaluationError> {
        let used = self.references.functions.iter().chain(&self.references.ambiguous);
        let mut bindings = functions::bindings(used, environment);
        for (name, value) in variables {
            // What is read was found for functions of their own names only.
            let read = match self.reads.binding(name) {
                Some(read) if shadowing.is_empty() => read,
                _ => &Read::Whole,
            };
            bindings = bindings.var(name.as_str(), convert::to_json(value, read, spent)?);
        }
        let mut shadowed = Vec::new();
        for (name, value) in shadowing {
            bindings = bindings.var(name.as_str(), convert::to_json(value, &Read::Whole, spent)?);
            shadowed.push(name.as_str());
        }
        let reguarded;
        let expression = if shadowed.is_empty() {
            &self.guarded
        } else {
            reguarded = with_guards(&self.source, &shadowed)?;
            &reguarded
        };
        let token = CancelToken::new();
        let options = self.options(environment, limits).cancel_token(token.clone());
        let mut meter = Meter::new(limits, token);
        let outcome = expression.evaluate_traced(input, &bindings, &options, &mut meter);
        spent.add(meter.spent());
        if self.has_regex {
            spent.steps = spent.steps.saturating_mul(REGEX_STEP);
        }
        let gave_function = meter.gave_function();
        if let Some(stopped) = meter.stopped() {
            return Err(stopped);
        }
        match outcome? {
            Some(json) => convert::from_json(&json).ok_or(EvaluationError::UnsupportedType),
            None if gave_function => Err(EvaluationError::UnsupportedType),
            None => Err(EvaluationError::Undefined),
        }
    }

    fn options(&self, environment: &Environment, limits: &Limits) -> Options {
        let steps = if self.has_regex { limits.steps / REGEX_STEP } else { limits.steps };
        Options::new()
            .now(environment.now_ms)
            .seed(environment.seed)
            .max_steps(steps)
            .max_depth(limits.depth)
            .max_array_length(limits.array_items)
            .max_string_length(limits.string_bytes)
            .max_result_size(limits.result_bytes)
    }
}

fn with_guards(
    source: &jlens_core::Expression,
    shadowed: &[&str],
) -> Result<jlens_core::Expression, jlens_core::Error> {
    match guarded(source.ast(), shadowed) {
        None => Ok(source.clone()),
        Some(text) => jlens_core::Expression::compile(&text),
    }
}
