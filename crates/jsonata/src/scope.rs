//! The walk over an expression that knows which variables the expression itself binds, and where
//! there is a context other than the (absent) input.

use jlens_core::ast::{Attrs, Node, NodeKind, Stage};

/// A node met on the walk, in source order.
pub(crate) struct Sight<'a> {
    /// The node.
    pub(crate) node: &'a Node,
    /// Its context is the input of the expression: not an item of a path or of a predicate.
    pub(crate) top: bool,
    /// What it is used for.
    pub(crate) role: Role,
}

/// How a node is used. `Local` variables are bound by the expression; the others are not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Not a variable, or one that the expression binds.
    Local,
    /// A free variable that is called.
    Called,
    /// A free variable that is partially applied to so many arguments.
    Applied(usize),
    /// A free variable used as a value.
    Value,
}

/// Shows `visit` every node of the expression below `root`.
pub(crate) fn walk<'a>(root: &'a Node, visit: &mut dyn FnMut(Sight<'a>)) {
    Walk { scopes: vec![Vec::new()], visit }.node(root, true, Role::Value);
}

struct Walk<'a, 'v> {
    /// The names bound so far, innermost scope last. `JSONata` lets a function see what is bound
    /// after it was defined, so functions are declared at the head of their block.
    scopes: Vec<Vec<&'a str>>,
    visit: &'v mut dyn FnMut(Sight<'a>),
}

impl<'a> Walk<'a, '_> {
    fn node(&mut self, node: &'a Node, top: bool, role: Role) {
        jlens_core::stack::grow(|| self.enter(node, top, role));
    }

    fn value(&mut self, node: &'a Node, top: bool) {
        self.node(node, top, Role::Value);
    }

    fn enter(&mut self, node: &'a Node, top: bool, role: Role) {
        let role = match &node.kind {
            NodeKind::Variable { name } if !self.is_bound(name) => role,
            _ => Role::Local,
        };
        (self.visit)(Sight { node, top, role });
        // A step binds `@` and `#` for itself and, inside a path, for the steps behind it.
        match &node.kind {
            NodeKind::Path { steps, .. } => {
                self.scopes.push(Vec::new());
                for (index, step) in steps.iter().enumerate() {
                    self.value(step, top && index == 0);
                }
                self.attributes(&node.attrs);
                self.scopes.pop();
                return;
            }
            NodeKind::Block { exprs, .. } => self.block(exprs, top),
            NodeKind::Bind { lhs, rhs } => self.bind(lhs, rhs, top),
            NodeKind::Lambda(definition) => {
                self.scopes.push(definition.params.iter().map(String::as_str).collect());
                self.value(&definition.body, top);
                self.scopes.pop();
            }
            NodeKind::Function { procedure, args } => {
                self.node(procedure, top, Role::Called);
                args.iter().for_each(|arg| self.value(arg, top));
            }
            NodeKind::Partial { procedure, args } => {
                self.node(procedure, top, Role::Applied(args.len()));
                args.iter().for_each(|arg| self.value(arg, top));
            }
            NodeKind::Transform(definition) => {
                self.value(&definition.pattern, false);
                self.value(&definition.update, false);
                definition.delete.iter().for_each(|delete| self.value(delete, false));
            }
            NodeKind::Sort { terms } => terms.iter().for_each(|term| self.value(&term.expr, false)),
            _ => self.children(node, top),
        }
        self.attributes(&node.attrs);
    }

    fn children(&mut self, node: &'a Node, top: bool) {
        match &node.kind {
            NodeKind::Binary { lhs, rhs, .. }
            | NodeKind::Fallback { lhs, rhs, .. }
            | NodeKind::Apply { lhs, rhs } => {
                self.value(lhs, top);
                self.value(rhs, top);
            }
            NodeKind::Negate { expr } => self.value(expr, top),
            NodeKind::Array { items } => items.iter().for_each(|item| self.value(item, top)),
            NodeKind::Object { pairs } => self.pairs(pairs, top),
            NodeKind::Condition { condition, then, otherwise } => {
                self.value(condition, top);
                self.value(then, top);
                otherwise.iter().for_each(|otherwise| self.value(otherwise, top));
            }
            _ => {}
        }
    }

    fn block(&mut self, exprs: &'a [Node], top: bool) {
        let functions = exprs.iter().filter_map(|expr| match &expr.kind {
            NodeKind::Bind { lhs, rhs } if matches!(rhs.kind, NodeKind::Lambda(_)) => name(lhs),
            _ => None,
        });
        self.scopes.push(functions.collect());
        exprs.iter().for_each(|expr| self.value(expr, top));
        self.scopes.pop();
    }

    fn bind(&mut self, lhs: &'a Node, rhs: &'a Node, top: bool) {
        let recursive = matches!(rhs.kind, NodeKind::Lambda(_));
        if recursive {
            self.declare(name(lhs));
        }
        self.value(rhs, top);
        if !recursive {
            self.declare(name(lhs));
        }
    }

    fn attributes(&mut self, attrs: &'a Attrs) {
        self.declare(attrs.focus.as_deref());
        self.declare(attrs.index.as_deref());
        for stage in attrs.stages.iter().chain(&attrs.predicate) {
            match stage {
                Stage::Filter { expr, .. } => self.value(expr, false),
                Stage::Index { var, .. } => self.declare(Some(var)),
            }
        }
        if let Some(group) = &attrs.group {
            self.pairs(&group.pairs, false);
        }
    }

    fn pairs(&mut self, pairs: &'a [(Node, Node)], top: bool) {
        for (key, value) in pairs {
            self.value(key, top);
            self.value(value, top);
        }
    }

    fn declare(&mut self, name: Option<&'a str>) {
        if let (Some(scope), Some(name)) = (self.scopes.last_mut(), name) {
            scope.push(name);
        }
    }

    fn is_bound(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.contains(&name))
    }
}

/// Whether the expression below `root` names the variable or function `name` anywhere.
pub(crate) fn uses(root: &Node, name: &str) -> bool {
    let mut used = false;
    walk(root, &mut |sight| used |= self::name(sight.node) == Some(name));
    used
}

/// The name of the variable that `node` is.
pub(crate) fn name(node: &Node) -> Option<&str> {
    match &node.kind {
        NodeKind::Variable { name } => Some(name),
        _ => None,
    }
}
