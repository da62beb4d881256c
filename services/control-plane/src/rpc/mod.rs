//! The calls, a file each.

pub(crate) mod create_activity;
pub(crate) mod create_state_machine;
pub(crate) mod delete_activity;
pub(crate) mod delete_state_machine;
pub(crate) mod describe_activity;
pub(crate) mod describe_state_machine;
pub(crate) mod list_activities;
pub(crate) mod list_state_machines;
pub(crate) mod update_state_machine;
pub(crate) mod validate_state_machine_definition;
