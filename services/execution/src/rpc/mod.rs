//! One file a call.

pub(crate) mod close_state_machine;
pub(crate) mod describe_execution;
pub(crate) mod describe_state_machine_for_execution;
pub(crate) mod get_execution_history;
pub(crate) mod list_executions;
pub(crate) mod refresh_resource;
pub(crate) mod release_state_machine;
pub(crate) mod report_nested;
pub(crate) mod report_task;
pub(crate) mod settle_tasks;
pub(crate) mod start_execution;
pub(crate) mod start_nested;
pub(crate) mod start_task;
pub(crate) mod stop_execution;
pub(crate) mod stop_nested;
pub(crate) mod take_tasks;
