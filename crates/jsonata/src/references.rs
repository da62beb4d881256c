//! What an expression refers to, for the validation of the definition around it.

use crate::functions;
use crate::scope::{Role, name, walk};
use jlens_core::ast::{Node, NodeKind};
use std::collections::BTreeSet;

/// What an expression refers to outside itself. Names are without their `$` and in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// The variables that it reads, `$states` not among them. A name that is also a function's
    /// (`count` in `$count + 1`) is in `ambiguous` instead.
    pub variables: BTreeSet<String>,
    /// Names of functions that it uses as a value: as an argument (`$map($x, $uppercase)`), or
    /// because a variable has the same name. Where there is a variable of that name it is what
    /// the whole expression means by the name, calls included, as in JSONata; a name that is
    /// only called always means the function.
    pub ambiguous: BTreeSet<String>,
    /// The functions that it calls by name and does not define.
    pub functions: BTreeSet<String>,
    /// The members of `$states` that it reads by name: `input`, `result`, `errorOutput`,
    /// `context` or anything else.
    pub states: BTreeSet<String>,
    /// It reads `$states` in another way than by a member's name.
    pub whole_states: bool,
}

/// The reserved variable.
const STATES: &str = "states";

impl References {
    pub(crate) fn of(root: &Node) -> Self {
        let mut found = Self::default();
        // `$states` where it starts a path has been counted with the path.
        let mut counted: BTreeSet<u32> = BTreeSet::new();
        walk(root, &mut |sight| {
            if let NodeKind::Path { steps, .. } = &sight.node.kind
                && let [first, second, ..] = steps.as_slice()
                && let (Some(STATES), NodeKind::Name { name: member }) = (name(first), &second.kind)
            {
                counted.insert(first.id);
                found.states.insert(member.clone());
            }
            let Some(name) = name(sight.node) else { return };
            match sight.role {
                Role::Local => {}
                _ if name.is_empty() || name == "$" => {}
                _ if name == STATES => found.whole_states |= !counted.contains(&sight.node.id),
                Role::Called => _ = found.functions.insert(name.to_owned()),
                _ if functions::exists(name) => _ = found.ambiguous.insert(name.to_owned()),
                _ => _ = found.variables.insert(name.to_owned()),
            }
        });
        found
    }

    /// Whether it reads `$states` at all.
    #[must_use]
    pub fn reads_states(&self) -> bool {
        self.whole_states || !self.states.is_empty()
    }
}
