//! The integration service: the built-in worker that calls Lambda functions, named as the resource
//! of a task or by `lambda:invoke`.
//!
//! Data owned: none; it writes nothing. What it has in hand is gone with it, and then the owner of
//! the execution, missing its heartbeats, fails the attempt with `Lambda.Unknown`.
//! RPCs: none served. It polls `stepwell.internal.v1.QueueService` on activity nodes for calls to
//! make, makes them on the configured Lambda endpoint, and reports their ends there.
//! It never makes the call of a started task twice, never takes more calls than it has slots for,
//! and never keeps a call going whose task has ended or timed out.
//!
//! How a call that can't be made shows in the history. Nothing configured: LambdaFunctionScheduleFailed,
//! as such a call can't even be attempted. An endpoint that takes no connections when a call is
//! about to be taken: LambdaFunctionStartFailed. One that goes away after the task was started:
//! LambdaFunctionFailed. All with `Lambda.SdkClientException`, to be retried and caught.

mod call;
mod endpoint;
mod invocation;
mod outcome;
mod poll;
mod reporter;
mod role;

pub use endpoint::EndpointError;
pub use role::{Integration, Options};
