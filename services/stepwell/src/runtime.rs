//! The threads of a process.

use crate::cli::Command;
use std::io;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use tokio::runtime::{Builder, Runtime};

/// The runtime that the command asks for.
///
/// With one thread tasks have their turns in the order in which they became ready. So whoever
/// writes to a connection comes after all that wrote into it, and a system call carries many
/// requests or answers; several threads run at once the task that the last one woke, and it carries
/// one.
///
/// # Errors
/// The system has no more threads, or no more to watch connections by.
pub(crate) fn runtime(command: &Command) -> io::Result<Runtime> {
    let processors = available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let threads = match command {
        Command::Dev(dev) => dev.shared.threads.unwrap_or(processors).get(),
        Command::Gateway(node)
        | Command::ControlPlane(node)
        | Command::Execution(node)
        | Command::Activity(node)
        | Command::Integration(node) => match node.shared.threads {
            Some(threads) => threads.get(),
            None => (processors.get() / 2).max(1),
        },
    };
    match threads {
        0 | 1 => Builder::new_current_thread().enable_all().build(),
        _ => Builder::new_multi_thread().worker_threads(threads).enable_all().build(),
    }
}
