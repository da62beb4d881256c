//! A simulator of the suite: whole runs, faults and all, from one seed.
//!
//! The real services run here, the execution role with its partitions and the activity role with
//! its queues, as many processes as a seed decides, over the memory store. All of them are tasks
//! of one thread on a clock that is turned by hand, and whatever crosses a boundary is decided by
//! chance that the seed determines: so a run repeats exactly. What the suite did is then compared
//! with its invariants (`check`), and its outputs with those of the naive evaluator.
//!
//! It never looks inside a process while it runs. A process dies by never coming past its next
//! boundary; nobody outside can tell that from its being gone.

mod chaos;
mod check;
mod clock;
mod dice;
mod faults;
mod journal;
mod link;
mod network;
mod plan;
mod process;
mod run;
mod store;
mod workload;
mod world;

pub use check::Stats;
pub use run::{Verdict, run};
