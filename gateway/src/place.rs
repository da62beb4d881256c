//! Which execution a request of the execution service is about, so that its owner is asked at once.

use stepwell_api::execution::{
    DescribeExecutionRequest, DescribeStateMachineForExecutionRequest, GetExecutionHistoryRequest,
    ListExecutionsRequest, StartExecutionRequest, StopExecutionRequest,
};
use stepwell_ids::{ExecutionArn, Name, QualifiedMachineArn};

/// A request that is about an execution.
pub(crate) trait Placed {
    /// The execution; none where the request names none that there can be.
    fn execution(&self) -> Option<ExecutionArn>;
}

impl Placed for StartExecutionRequest {
    fn execution(&self) -> Option<ExecutionArn> {
        let named = QualifiedMachineArn::parse(&self.state_machine_arn).ok()?;
        let name = Name::parse(self.name.as_deref()?).ok()?;
        Some(ExecutionArn::new(named.machine().clone(), name))
    }
}

impl Placed for ListExecutionsRequest {
    fn execution(&self) -> Option<ExecutionArn> {
        None
    }
}

macro_rules! placed {
    ($($request:ident),*) => {
        $(impl Placed for $request {
            fn execution(&self) -> Option<ExecutionArn> {
                ExecutionArn::parse(&self.execution_arn).ok()
            }
        })*
    };
}

placed!(
    DescribeExecutionRequest,
    DescribeStateMachineForExecutionRequest,
    GetExecutionHistoryRequest,
    StopExecutionRequest
);
