//! JSONata expressions and templates, compiled.
//!
//! As with payload templates, what is literal is one shared value and evaluation parses nothing.
//! Each expression knows its place in its state, which errors name.

use std::sync::Arc;
use stepwell_json::Value;
use stepwell_jsonata::References;

/// A JSONata expression of a definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    pub(crate) compiled: stepwell_jsonata::Expression,
    location: Arc<str>,
}

impl Expression {
    pub(crate) fn new(compiled: stepwell_jsonata::Expression, location: String) -> Self {
        Self { compiled, location: location.into() }
    }

    /// The text between `{%` and `%}`, without the space around it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.compiled.text()
    }

    /// Where the expression stands in its state: `Output/a/b[0]`, `Choices[1]/Condition`.
    #[must_use]
    pub fn location(&self) -> &Arc<str> {
        &self.location
    }

    /// What the expression refers to.
    #[must_use]
    pub fn references(&self) -> &References {
        self.compiled.references()
    }

    /// Whether the expression looks at `$states.context`.
    #[must_use]
    pub fn reads_context(&self) -> bool {
        let references = self.references();
        references.whole_states || references.states.contains("context")
    }
}

/// A JSONata template (`Arguments`, `Output`, `Assign`, …): JSON in which strings of the form
/// `{% … %}` are evaluated, wherever they stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Expressions {
    pub(crate) root: ExpressionNode,
    reads_context: bool,
}

/// A value of a JSONata template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExpressionNode {
    /// Nothing in it is evaluated.
    Literal(Value),
    Expression(Expression),
    Array(Vec<ExpressionNode>),
    Object(Vec<(Arc<str>, ExpressionNode)>),
}

impl Expressions {
    pub(crate) fn new(root: ExpressionNode) -> Self {
        let mut reads_context = false;
        root.each(&mut |expression| reads_context |= expression.reads_context());
        Self { root, reads_context }
    }

    /// Whether an expression looks at `$states.context`.
    #[must_use]
    pub fn reads_context(&self) -> bool {
        self.reads_context
    }

    /// The expression that the whole template is, if it is one.
    #[must_use]
    pub fn whole(&self) -> Option<&Expression> {
        match &self.root {
            ExpressionNode::Expression(expression) => Some(expression),
            _ => None,
        }
    }

    /// Shows every expression to `visit`, in document order.
    pub fn each(&self, visit: &mut dyn FnMut(&Expression)) {
        self.root.each(visit);
    }
}

impl ExpressionNode {
    /// Whether nothing below is evaluated, known from the children alone.
    pub(crate) fn is_constant(&self) -> bool {
        let literal = |node: &Self| matches!(node, Self::Literal(_));
        match self {
            Self::Literal(_) => true,
            Self::Expression(_) => false,
            Self::Array(items) => items.iter().all(literal),
            Self::Object(members) => members.iter().all(|(_, item)| literal(item)),
        }
    }

    fn each(&self, visit: &mut dyn FnMut(&Expression)) {
        match self {
            Self::Literal(_) => {}
            Self::Expression(expression) => visit(expression),
            Self::Array(items) => items.iter().for_each(|item| item.each(visit)),
            Self::Object(members) => members.iter().for_each(|(_, item)| item.each(visit)),
        }
    }
}
