//! The Redis Functions of the adapter, under a name that says their version.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Raised with every change to what is stored.
pub(crate) const FORMAT: u32 = 2;

const SOURCES: [&str; 6] = [
    include_str!("functions/prelude.lua"),
    include_str!("functions/lease.lua"),
    include_str!("functions/commit.lua"),
    include_str!("functions/control.lua"),
    include_str!("functions/node.lua"),
    include_str!("functions/queue.lua"),
];

/// A function of the library.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Function {
    Acquire,
    Renew,
    Release,
    Owner,
    Create,
    CreateClosed,
    Advance,
    Load,
    LoadMarked,
    History,
    HistoryMarked,
    Append,
    ControlWrite,
    ControlGet,
    ControlGetMarked,
    ControlList,
    NodeRenew,
    Nodes,
    Push,
    Finish,
    GiveBack,
    Reclaim,
    Drop,
}

impl Function {
    fn suffix(self) -> &'static str {
        match self {
            Self::Acquire => "acquire",
            Self::Renew => "renew",
            Self::Release => "release",
            Self::Owner => "owner",
            Self::Create => "create",
            Self::CreateClosed => "create_closed",
            Self::Advance => "advance",
            Self::Load => "load",
            Self::LoadMarked => "load_marked",
            Self::History => "history",
            Self::HistoryMarked => "history_marked",
            Self::Append => "append",
            Self::ControlWrite => "control_write",
            Self::ControlGet => "control_get",
            Self::ControlGetMarked => "control_get_marked",
            Self::ControlList => "control_list",
            Self::NodeRenew => "node_renew",
            Self::Nodes => "nodes",
            Self::Push => "push",
            Self::Finish => "finish",
            Self::GiveBack => "give_back",
            Self::Reclaim => "reclaim",
            Self::Drop => "drop",
        }
    }

    fn only_reads(self) -> bool {
        matches!(
            self,
            Self::Owner
                | Self::Load
                | Self::History
                | Self::ControlGet
                | Self::ControlList
                | Self::Nodes
        )
    }
}

/// The library's text, and the names that its functions have in the server.
pub(crate) struct Library {
    /// Of the library; its functions' names start with it and an underscore.
    name: String,
    /// As `FUNCTION LOAD` takes it.
    pub(crate) code: String,
}

impl Library {
    /// The name holds a digest of the text, so that programs of different builds can share a
    /// server.
    pub(crate) fn new() -> Self {
        let text = SOURCES.concat();
        let mut name = format!("stepwell_{FORMAT}_");
        for byte in Sha256::digest(text.as_bytes()).iter().take(4) {
            // A string takes whatever is written to it.
            let _ = write!(name, "{byte:02x}");
        }
        let code = format!("#!lua name={name}\nlocal PREFIX = '{name}_'\n{text}");
        Self { name, code }
    }

    /// A call of `function` with these keys; arguments follow.
    pub(crate) fn call(&self, function: Function, keys: &[&[u8]]) -> redis::Cmd {
        let command = if function.only_reads() { "FCALL_RO" } else { "FCALL" };
        let mut call = redis::cmd(command);
        call.arg(format!("{}_{}", self.name, function.suffix())).arg(keys.len());
        for key in keys {
            call.arg(*key);
        }
        call
    }
}
