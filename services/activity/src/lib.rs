//! The activity service: hands tasks to workers and passes on what they report.
//!
//! Data owned: the queues of tasks in the store (`a:<activity ARN>` and `functions`), and the
//! pollers that wait on this node. Both can be rebuilt: a queue holds hints, the task itself lives
//! in its execution, and owners queue their tasks again where a queue was lost.
//! RPCs: `stepwell.activity.v1.ActivityService` for workers, `stepwell.internal.v1.QueueService`
//! for other nodes; one file each under `rpc`.
//! It never lets a task token out before the owner of the execution has recorded the start, never
//! drops a claimed task without either handing it over or putting it back, and never decides how
//! a task ends: that is the owner's alone.

mod asks;
mod claim;
mod deliverers;
mod delivery_id;
mod dispatcher;
mod entry;
mod handover;
mod line;
mod lost;
mod owner;
mod requests;
mod returns;
mod rpc;
mod service;
mod settler;
mod taker;
mod wakes;

pub use handover::Handover;
pub use service::{Activity, Options};
