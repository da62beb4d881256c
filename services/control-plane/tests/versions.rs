//! Versions, aliases, tags and configurations of state machines.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "suite/lossy.rs"]
#[allow(dead_code, reason = "another test uses it")]
mod lossy;
#[path = "suite/nodes.rs"]
#[allow(dead_code, reason = "another test uses the rest")]
mod nodes;

use nodes::Suite;
use stepwell_api::controlplane::*;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_service_kit::Limits;
use tonic::{Response, Status};

const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";

fn definition(comment: &str) -> String {
    format!(
        r#"{{"Comment":"{comment}","StartAt":"A","States":{{"A":{{"Type":"Pass","End":true}}}}}}"#
    )
}

fn create(publish: bool) -> CreateStateMachineRequest {
    CreateStateMachineRequest {
        name: "m".into(),
        definition: definition("0"),
        role_arn: "arn:aws:iam::000000000000:role/a".into(),
        publish,
        ..CreateStateMachineRequest::default()
    }
}

fn update(comment: &str, publish: bool) -> UpdateStateMachineRequest {
    UpdateStateMachineRequest {
        state_machine_arn: MACHINE.into(),
        definition: Some(definition(comment)),
        publish,
        ..UpdateStateMachineRequest::default()
    }
}

fn describe(arn: &str) -> DescribeStateMachineRequest {
    DescribeStateMachineRequest { state_machine_arn: arn.into() }
}

fn publish(revision_id: Option<&str>) -> PublishStateMachineVersionRequest {
    PublishStateMachineVersionRequest {
        state_machine_arn: MACHINE.into(),
        revision_id: revision_id.map(Into::into),
        description: None,
    }
}

fn version(number: u64) -> String {
    format!("{MACHINE}:{number}")
}

fn delete_version(number: u64) -> DeleteStateMachineVersionRequest {
    DeleteStateMachineVersionRequest { state_machine_version_arn: version(number) }
}

fn alias(name: &str, routes: &[(u64, i32)]) -> CreateStateMachineAliasRequest {
    let route = |(number, weight): &(u64, i32)| Route {
        state_machine_version_arn: version(*number),
        weight: *weight,
    };
    let routes = routes.iter().map(route).collect();
    CreateStateMachineAliasRequest { name: name.into(), description: None, routes }
}

fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.into(), value: value.into() }
}

fn code<T: std::fmt::Debug>(answer: Result<Response<T>, Status>) -> ErrorCode {
    ApiError::from(answer.unwrap_err()).code()
}

async fn versions(suite: &Suite) -> Vec<String> {
    let request = ListStateMachineVersionsRequest {
        state_machine_arn: MACHINE.into(),
        ..ListStateMachineVersionsRequest::default()
    };
    let listed = suite.client.clone().list_state_machine_versions(request).await.unwrap();
    let versions = listed.into_inner().state_machine_versions;
    versions.into_iter().map(|version| version.state_machine_version_arn).collect()
}

#[tokio::test]
async fn a_revision_has_one_version_and_numbers_are_never_used_again() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    let created = client.create_state_machine(create(true)).await.unwrap().into_inner();
    assert_eq!(created.state_machine_version_arn, Some(version(1)));
    let again = client.create_state_machine(create(true)).await.unwrap().into_inner();
    assert_eq!(again, created);
    let first = client.publish_state_machine_version(publish(None)).await.unwrap().into_inner();
    assert_eq!(first.state_machine_version_arn, version(1));
    assert_eq!(first.creation_date, created.creation_date);
    let initial = client.publish_state_machine_version(publish(Some("INITIAL"))).await.unwrap();
    assert_eq!(initial.into_inner(), first);

    let second = client.update_state_machine(update("1", true)).await.unwrap().into_inner();
    assert_eq!(second.state_machine_version_arn, Some(version(2)));
    let same = client.update_state_machine(update("1", true)).await.unwrap().into_inner();
    assert_eq!(same.state_machine_version_arn, Some(version(2)));
    let plain = client.update_state_machine(update("1", false)).await.unwrap().into_inner();
    assert_eq!(plain.state_machine_version_arn, None);
    let stale = client.publish_state_machine_version(publish(Some("INITIAL"))).await;
    assert_eq!(code(stale), ErrorCode::ConflictException);
    assert_eq!(versions(&suite).await, [version(2), version(1)]);

    client.delete_state_machine_version(delete_version(2)).await.unwrap();
    client.delete_state_machine_version(delete_version(2)).await.unwrap();
    assert_eq!(versions(&suite).await, [version(1)]);
    let third = client.publish_state_machine_version(publish(None)).await.unwrap().into_inner();
    assert_eq!(third.state_machine_version_arn, version(3));
    let text = client.describe_state_machine(describe(&version(1))).await.unwrap().into_inner();
    assert_eq!((text.definition, text.revision_id), (definition("0"), None));
    let gone = client.describe_state_machine(describe(&version(2))).await;
    assert_eq!(code(gone), ErrorCode::StateMachineDoesNotExist);
}

#[tokio::test]
async fn versions_and_aliases_go_with_their_state_machine() {
    let suite = Suite::start(Limits { versions: 1, aliases: 1, ..Limits::default() }).await;
    let mut client = suite.client.clone();
    client.create_state_machine(create(true)).await.unwrap();
    let too_many = client.update_state_machine(update("1", true)).await;
    assert_eq!(code(too_many), ErrorCode::ServiceQuotaExceededException);
    client.create_state_machine_alias(alias("a", &[(1, 100)])).await.unwrap();
    let too_many = client.create_state_machine_alias(alias("b", &[(1, 100)])).await;
    assert_eq!(code(too_many), ErrorCode::ServiceQuotaExceededException);
    let delete = DeleteStateMachineRequest { state_machine_arn: MACHINE.into() };
    client.delete_state_machine(delete).await.unwrap();
    assert_eq!(versions(&suite).await, Vec::<String>::new());
    client.create_state_machine(create(false)).await.unwrap();
    let missing = client.describe_state_machine_alias(DescribeStateMachineAliasRequest {
        state_machine_alias_arn: format!("{MACHINE}:a"),
    });
    assert_eq!(code(missing.await), ErrorCode::ResourceNotFound);
    assert_eq!(versions(&suite).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_alias_keeps_its_versions_from_going() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    client.create_state_machine(create(true)).await.unwrap();
    client.update_state_machine(update("1", true)).await.unwrap();
    let made = client.create_state_machine_alias(alias("prod", &[(1, 100)])).await.unwrap();
    let again = client.create_state_machine_alias(alias("prod", &[(1, 100)])).await.unwrap();
    assert_eq!(made.into_inner(), again.into_inner());
    let other = client.create_state_machine_alias(alias("prod", &[(2, 100)])).await;
    assert_eq!(code(other), ErrorCode::ConflictException);
    let missing = client.create_state_machine_alias(alias("next", &[(3, 100)])).await;
    assert_eq!(code(missing), ErrorCode::ResourceNotFound);
    let used = client.delete_state_machine_version(delete_version(1)).await;
    assert_eq!(code(used), ErrorCode::ConflictException);

    let arn = format!("{MACHINE}:prod");
    let moved = UpdateStateMachineAliasRequest {
        state_machine_alias_arn: arn.clone(),
        description: Some("d".into()),
        routes: alias("prod", &[(2, 100)]).routes,
    };
    client.update_state_machine_alias(moved).await.unwrap();
    client.delete_state_machine_version(delete_version(1)).await.unwrap();
    let describe = DescribeStateMachineAliasRequest { state_machine_alias_arn: arn.clone() };
    let found = client.describe_state_machine_alias(describe.clone()).await.unwrap().into_inner();
    assert_eq!(found.routes, alias("prod", &[(2, 100)]).routes);
    assert_eq!(found.description.as_deref(), Some("d"));
    let of_version = ListStateMachineAliasesRequest {
        state_machine_arn: version(2),
        ..ListStateMachineAliasesRequest::default()
    };
    let listed = client.list_state_machine_aliases(of_version).await.unwrap().into_inner();
    assert_eq!(listed.state_machine_aliases[0].state_machine_alias_arn, arn);
    let delete = DeleteStateMachineAliasRequest { state_machine_alias_arn: arn };
    client.delete_state_machine_alias(delete.clone()).await.unwrap();
    client.delete_state_machine_alias(delete).await.unwrap();
    let gone = client.describe_state_machine_alias(describe).await;
    assert_eq!(code(gone), ErrorCode::ResourceNotFound);
}

#[tokio::test]
async fn tags_are_given_and_taken_away() {
    let suite = Suite::start(Limits { tags: 2, ..Limits::default() }).await;
    let mut client = suite.client.clone();
    let tags = vec![tag("b", "1")];
    client.create_state_machine(CreateStateMachineRequest { tags, ..create(false) }).await.unwrap();
    let activity = CreateActivityRequest { name: "a".into(), ..CreateActivityRequest::default() };
    client.create_activity(activity).await.unwrap();
    let give = |arn: &str, tags: &[Tag]| TagResourceRequest {
        resource_arn: arn.into(),
        tags: tags.to_vec(),
    };
    for arn in [MACHINE, ACTIVITY] {
        client.tag_resource(give(arn, &[tag("b", "2"), tag("a", "")])).await.unwrap();
        let too_many = client.tag_resource(give(arn, &[tag("c", "")])).await;
        assert_eq!(code(too_many), ErrorCode::TooManyTags);
        let list = ListTagsForResourceRequest { resource_arn: arn.into() };
        let listed = client.list_tags_for_resource(list.clone()).await.unwrap().into_inner();
        assert_eq!(listed.tags, [tag("b", "2"), tag("a", "")]);
        let take = UntagResourceRequest {
            resource_arn: arn.into(),
            tag_keys: vec!["b".into(), "z".into()],
        };
        client.untag_resource(take).await.unwrap();
        let listed = client.list_tags_for_resource(list).await.unwrap().into_inner();
        assert_eq!(listed.tags, [tag("a", "")]);
    }
    let missing = client.tag_resource(give(&format!("{MACHINE}x"), &[])).await;
    assert_eq!(code(missing), ErrorCode::ResourceNotFound);
    let broken = client.tag_resource(give("arn", &[])).await;
    assert_eq!(code(broken), ErrorCode::InvalidArn);
}

#[tokio::test]
async fn logs_and_tracing_are_part_of_the_revision() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    let logging = |level: &str, places: &[&str]| LoggingConfiguration {
        level: Some(level.into()),
        include_execution_data: Some(true),
        destinations: Some(LogDestinations {
            log_group_arns: places.iter().map(ToString::to_string).collect(),
        }),
    };
    let with_log = |logging| CreateStateMachineRequest {
        logging_configuration: Some(logging),
        tracing_enabled: Some(true),
        ..create(false)
    };
    let nowhere = client.create_state_machine(with_log(logging("ALL", &[]))).await;
    assert_eq!(code(nowhere), ErrorCode::InvalidLoggingConfiguration);
    client.create_state_machine(with_log(logging("ALL", &["arn:l"]))).await.unwrap();
    client.create_state_machine(with_log(logging("ALL", &["arn:l"]))).await.unwrap();
    let other = client.create_state_machine(with_log(logging("ERROR", &["arn:l"]))).await;
    assert_eq!(code(other), ErrorCode::StateMachineAlreadyExists);
    let found = client.describe_state_machine(describe(MACHINE)).await.unwrap().into_inner();
    assert_eq!(found.logging_configuration, Some(logging("ALL", &["arn:l"])));
    assert!(found.tracing_enabled);

    let quiet = UpdateStateMachineRequest {
        state_machine_arn: MACHINE.into(),
        tracing_enabled: Some(false),
        ..UpdateStateMachineRequest::default()
    };
    let revised = client.update_state_machine(quiet.clone()).await.unwrap().into_inner();
    assert!(revised.revision_id.is_some());
    let same = client.update_state_machine(quiet).await.unwrap().into_inner();
    assert_eq!(same.revision_id, revised.revision_id);
    let found = client.describe_state_machine(describe(MACHINE)).await.unwrap().into_inner();
    assert_eq!(found.logging_configuration, Some(logging("ALL", &["arn:l"])));
    assert!(!found.tracing_enabled);
    let kms = CreateStateMachineRequest {
        name: "n".into(),
        encryption_configuration: Some(EncryptionConfiguration {
            r#type: "CUSTOMER_MANAGED_KMS_KEY".into(),
        }),
        ..create(false)
    };
    let refused = client.create_state_machine(kms).await;
    assert_eq!(code(refused), ErrorCode::InvalidEncryptionConfiguration);
}
