//! Payload templates and calls of intrinsic functions, compiled.
//!
//! Compiling parses every path and call, brings members into the order in which results have
//! them, and keeps what is literal as one shared value: evaluation parses, sorts and copies
//! nothing.

use std::sync::Arc;
use stepwell_json::Value;
use stepwell_jsonpath::{Path, Root};

/// A payload template (`Parameters`, `ResultSelector`): JSON in which members with a name that
/// ends in `.$` are evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    pub(crate) root: Node,
    reads_context: bool,
    variables: Vec<Arc<str>>,
}

/// A value of a template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// Nothing in it is evaluated.
    Literal(Value),
    Array(Vec<Node>),
    /// By name without `.$`, in the order of the result.
    Object(Vec<(Arc<str>, Node)>),
    /// The value of the member `field`, whose name ends in `.$`.
    Path {
        field: Arc<str>,
        path: Path,
    },
    Call(Call),
}

/// A call of an intrinsic function with all that is nested in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// As written, as messages quote it.
    pub(crate) text: Arc<str>,
    pub(crate) root: Invocation,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Invocation {
    pub(crate) function: Function,
    pub(crate) arguments: Vec<Argument>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Argument {
    Literal(Value),
    /// A literal in the first place of `States.Format`: the texts between its `{}`.
    Format(Vec<String>),
    Path(Path),
    Call(Invocation),
}

macro_rules! functions {
    ($($function:ident),+ $(,)?) => {
        /// An intrinsic function, `States.` and its name.
        #[allow(clippy::upper_case_acronyms, reason = "named as the language names them")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Function {
            $($function,)+
        }

        impl Function {
            const ALL: &'static [(&'static str, Self)] =
                &[$((concat!("States.", stringify!($function)), Self::$function),)+];
        }
    };
}

functions! {
    Array, ArrayContains, ArrayGetItem, ArrayLength, ArrayPartition, ArrayRange, ArrayUnique,
    Base64Decode, Base64Encode, Format, Hash, JsonMerge, JsonToString, MathAdd, MathRandom,
    StringSplit, StringToJson, UUID,
}

impl Function {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    pub(crate) fn name(self) -> &'static str {
        // The table holds every function.
        Self::ALL.iter().find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }
}

impl Template {
    pub(crate) fn new(root: Node) -> Self {
        let (mut reads_context, mut variables) = (false, Vec::new());
        root.each_path(&mut |path| match path.root() {
            Root::Input => {}
            Root::Context => reads_context = true,
            Root::Variable(name) => variables.push(name.as_str().into()),
        });
        Self { root, reads_context, variables }
    }

    /// Whether a path starts from the context object.
    #[must_use]
    pub fn reads_context(&self) -> bool {
        self.reads_context
    }

    /// The variables that paths start from, once for each such path.
    #[must_use]
    pub fn variables(&self) -> &[Arc<str>] {
        &self.variables
    }
}

impl Node {
    /// Whether nothing below is evaluated, known from the children alone.
    pub(crate) fn is_constant(&self) -> bool {
        let literal = |node: &Self| matches!(node, Self::Literal(_));
        match self {
            Self::Literal(_) => true,
            Self::Array(items) => items.iter().all(literal),
            Self::Object(members) => members.iter().all(|(_, item)| literal(item)),
            Self::Path { .. } | Self::Call(_) => false,
        }
    }

    fn each_path(&self, visit: &mut dyn FnMut(&Path)) {
        match self {
            Self::Literal(_) => {}
            Self::Array(items) => items.iter().for_each(|item| item.each_path(visit)),
            Self::Object(members) => members.iter().for_each(|(_, item)| item.each_path(visit)),
            Self::Path { path, .. } => visit(path),
            Self::Call(call) => call.each_path(visit),
        }
    }
}

impl Call {
    /// Whether the function is one of those that `ErrorPath` and `CausePath` take, because their
    /// results are, or can be, texts.
    #[must_use]
    pub fn gives_text(&self) -> bool {
        matches!(
            self.root.function,
            Function::Format
                | Function::JsonToString
                | Function::ArrayGetItem
                | Function::Base64Encode
                | Function::Base64Decode
                | Function::Hash
                | Function::UUID
        )
    }

    /// Whether a path starts from the context object.
    #[must_use]
    pub fn reads_context(&self) -> bool {
        let mut reads_context = false;
        self.each_path(&mut |path| reads_context |= *path.root() == Root::Context);
        reads_context
    }

    /// Shows every path among the arguments to `visit`, nested calls included.
    pub fn each_path(&self, visit: &mut dyn FnMut(&Path)) {
        self.root.each_path(visit);
    }
}

impl Invocation {
    fn each_path(&self, visit: &mut dyn FnMut(&Path)) {
        for argument in &self.arguments {
            match argument {
                Argument::Literal(_) | Argument::Format(_) => {}
                Argument::Path(path) => visit(path),
                Argument::Call(call) => call.each_path(visit),
            }
        }
    }
}
