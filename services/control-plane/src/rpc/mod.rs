//! The calls, a file each.

pub(crate) mod create_activity;
pub(crate) mod create_state_machine;
pub(crate) mod create_state_machine_alias;
pub(crate) mod delete_activity;
pub(crate) mod delete_state_machine;
pub(crate) mod delete_state_machine_alias;
pub(crate) mod delete_state_machine_version;
pub(crate) mod describe_activity;
pub(crate) mod describe_state_machine;
pub(crate) mod describe_state_machine_alias;
pub(crate) mod list_activities;
pub(crate) mod list_state_machine_aliases;
pub(crate) mod list_state_machine_versions;
pub(crate) mod list_state_machines;
pub(crate) mod list_tags_for_resource;
pub(crate) mod publish_state_machine_version;
pub(crate) mod tag_resource;
pub(crate) mod untag_resource;
pub(crate) mod update_state_machine;
pub(crate) mod update_state_machine_alias;
pub(crate) mod validate_state_machine_definition;
