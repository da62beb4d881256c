//! The table of actions: name, members, and what carries each out.
//!
//! An action is added by a row here, and a function that turns arguments into a call and the
//! answer into JSON.

mod activities;
mod aliases;
mod executions;
mod state_machines;
mod structures;
mod tags;
mod tasks;
mod versions;

use crate::arguments::{Arguments, Kind, Member};
use crate::call::{Call, Repeat};
use axum::body::Body;
use futures::future::BoxFuture;
use stepwell_api::ApiError;

/// An action of the API.
#[derive(Debug)]
pub(crate) struct Action {
    /// As in the reference.
    pub(crate) name: &'static str,
    /// The members of its request.
    pub(crate) members: &'static [Member],
    /// Whether its call may be made again.
    pub(crate) repeat: Repeat,
    /// Carries it out and gives the JSON of the answer.
    pub(crate) run: fn(Call, Arguments) -> BoxFuture<'static, Result<Body, ApiError>>,
}

/// The action called `name`.
pub(crate) fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.name == name)
}

const MAX_RESULTS: Member = Member::optional("maxResults", Kind::Integer);
const NEXT_TOKEN: Member = Member::optional("nextToken", Kind::Text);
const NAME: Member = Member::required("name");
const ACTIVITY_ARN: Member = Member::required("activityArn");
const STATE_MACHINE_ARN: Member = Member::required("stateMachineArn");
const EXECUTION_ARN: Member = Member::required("executionArn");
const TASK_TOKEN: Member = Member::required("taskToken");
const ERROR: Member = Member::optional("error", Kind::Text);
const CAUSE: Member = Member::optional("cause", Kind::Text);
const TYPE: Kind = Kind::OneOf(&["STANDARD", "EXPRESS"]);
const DESCRIPTION: Member = Member::optional("description", Kind::Text);
const TAGS: Member = Member::optional("tags", Kind::Json);
const RESOURCE_ARN: Member = Member::required("resourceArn");
const ALIAS_ARN: Member = Member::required("stateMachineAliasArn");
const LOGGING: Member = Member::optional("loggingConfiguration", Kind::Json);
const TRACING: Member = Member::optional("tracingConfiguration", Kind::Json);
const ENCRYPTION: Member = Member::optional("encryptionConfiguration", Kind::Json);
const PUBLISH: Member = Member::optional("publish", Kind::Boolean);
const VERSION_DESCRIPTION: Member = Member::optional("versionDescription", Kind::Text);
const INCLUDED_DATA: Member =
    Member::optional("includedData", Kind::OneOf(&["ALL_DATA", "METADATA_ONLY"]));
const SEVERITY: Kind = Kind::OneOf(&["ERROR", "WARNING"]);
const STATUS: Kind = Kind::OneOf(&["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]);

macro_rules! actions {
    ($($name:literal: $run:path, $repeat:ident, [$($member:expr),*];)*) => {
        static ACTIONS: &[Action] = &[$(Action {
            name: $name,
            members: &[$($member),*],
            repeat: Repeat::$repeat,
            run: |call, arguments| Box::pin($run(call, arguments)),
        },)*];
    };
}

// Those that are called most stand first.
actions! {
    "StartExecution": executions::start, Safe,
        [STATE_MACHINE_ARN, Member::optional("name", Kind::Text),
         Member::optional("input", Kind::Text)];
    "GetActivityTask": tasks::get, Unsent,
        [ACTIVITY_ARN, Member::optional("workerName", Kind::Text)];
    "SendTaskSuccess": tasks::succeed, Unsent, [TASK_TOKEN, Member::required("output")];
    "SendTaskFailure": tasks::fail, Unsent, [TASK_TOKEN, ERROR, CAUSE];
    "SendTaskHeartbeat": tasks::heartbeat, Safe, [TASK_TOKEN];
    "DescribeExecution": executions::describe, Safe, [EXECUTION_ARN, INCLUDED_DATA];
    "GetExecutionHistory": executions::history, Safe,
        [EXECUTION_ARN, MAX_RESULTS, NEXT_TOKEN, Member::optional("reverseOrder", Kind::Boolean),
         Member::optional("includeExecutionData", Kind::Boolean)];
    "ListExecutions": executions::list, Safe,
        [STATE_MACHINE_ARN, Member::optional("statusFilter", STATUS), MAX_RESULTS, NEXT_TOKEN];
    "StopExecution": executions::stop, Safe, [EXECUTION_ARN, ERROR, CAUSE];
    "DescribeStateMachineForExecution": executions::state_machine, Safe,
        [EXECUTION_ARN, INCLUDED_DATA];
    "StartSyncExecution": executions::start_sync, Safe, [STATE_MACHINE_ARN];
    "CreateStateMachine": state_machines::create, Safe,
        [NAME, Member::required("definition"), Member::required("roleArn"),
         Member::optional("type", TYPE), LOGGING, TRACING, ENCRYPTION, TAGS, PUBLISH,
         VERSION_DESCRIPTION];
    "DescribeStateMachine": state_machines::describe, Safe, [STATE_MACHINE_ARN, INCLUDED_DATA];
    "ListStateMachines": state_machines::list, Safe, [MAX_RESULTS, NEXT_TOKEN];
    "UpdateStateMachine": state_machines::update, Safe,
        [STATE_MACHINE_ARN, Member::optional("definition", Kind::Text),
         Member::optional("roleArn", Kind::Text), LOGGING, TRACING, ENCRYPTION, PUBLISH,
         VERSION_DESCRIPTION];
    "DeleteStateMachine": state_machines::delete, Safe, [STATE_MACHINE_ARN];
    "ValidateStateMachineDefinition": state_machines::validate, Safe,
        [Member::required("definition"), Member::optional("type", TYPE),
         Member::optional("severity", SEVERITY), MAX_RESULTS];
    "PublishStateMachineVersion": versions::publish, Safe,
        [STATE_MACHINE_ARN, Member::optional("revisionId", Kind::Text), DESCRIPTION];
    "ListStateMachineVersions": versions::list, Safe,
        [STATE_MACHINE_ARN, MAX_RESULTS, NEXT_TOKEN];
    "DeleteStateMachineVersion": versions::delete, Safe,
        [Member::required("stateMachineVersionArn")];
    "CreateStateMachineAlias": aliases::create, Safe,
        [NAME, DESCRIPTION, Member::required_json("routingConfiguration")];
    "DescribeStateMachineAlias": aliases::describe, Safe, [ALIAS_ARN];
    "UpdateStateMachineAlias": aliases::update, Safe,
        [ALIAS_ARN, DESCRIPTION, Member::optional("routingConfiguration", Kind::Json)];
    "ListStateMachineAliases": aliases::list, Safe,
        [STATE_MACHINE_ARN, MAX_RESULTS, NEXT_TOKEN];
    "DeleteStateMachineAlias": aliases::delete, Safe, [ALIAS_ARN];
    "TagResource": tags::tag, Safe, [RESOURCE_ARN, Member::required_json("tags")];
    "UntagResource": tags::untag, Safe, [RESOURCE_ARN, Member::required_json("tagKeys")];
    "ListTagsForResource": tags::list, Safe, [RESOURCE_ARN];
    "CreateActivity": activities::create, Safe, [NAME, TAGS, ENCRYPTION];
    "DescribeActivity": activities::describe, Safe, [ACTIVITY_ARN];
    "ListActivities": activities::list, Safe, [MAX_RESULTS, NEXT_TOKEN];
    "DeleteActivity": activities::delete, Safe, [ACTIVITY_ARN];
}
