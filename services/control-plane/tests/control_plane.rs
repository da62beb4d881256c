//! The control plane over the memory store, among scripted nodes.
#![allow(clippy::unwrap_used)]

#[path = "suite/lossy.rs"]
mod lossy;
#[path = "suite/nodes.rs"]
mod nodes;

use lossy::Lost;
use nodes::{Suite, namespace};
use std::sync::atomic::Ordering;
use std::time::Duration;
use stepwell_api::controlplane::*;
use stepwell_api::{ApiError, ErrorCode, NamespaceMetadata as _, to_millis};
use stepwell_ids::Namespace;
use stepwell_service_kit::Limits;
use stepwell_storage::ControlStore as _;
use tonic::{Response, Status};

const PASS: &str = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#;
const SPACED: &str = r#"{"StartAt":"A", "States":{"A":{"Type":"Pass","End":true}}}"#;
const ROLE: &str = "arn:aws:iam::000000000000:role/a";
const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";

fn create(name: &str, definition: &str) -> CreateStateMachineRequest {
    CreateStateMachineRequest {
        name: name.into(),
        definition: definition.into(),
        role_arn: ROLE.into(),
        ..CreateStateMachineRequest::default()
    }
}

fn describe(arn: &str) -> DescribeStateMachineRequest {
    DescribeStateMachineRequest { state_machine_arn: arn.into() }
}

fn update(definition: Option<&str>, role: Option<&str>) -> UpdateStateMachineRequest {
    UpdateStateMachineRequest {
        state_machine_arn: MACHINE.into(),
        definition: definition.map(Into::into),
        role_arn: role.map(Into::into),
        ..UpdateStateMachineRequest::default()
    }
}

fn delete(arn: &str) -> DeleteStateMachineRequest {
    DeleteStateMachineRequest { state_machine_arn: arn.into() }
}

/// The code and the message of a refusal.
fn refusal<T: std::fmt::Debug>(answer: Result<Response<T>, Status>) -> (ErrorCode, String) {
    let error = ApiError::from(answer.unwrap_err());
    (error.code(), error.message().to_owned())
}

#[tokio::test]
async fn creating_is_idempotent_by_name_and_text() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    let first = client.create_state_machine(create("m", PASS)).await.unwrap().into_inner();
    assert_eq!(first.state_machine_arn, MACHINE);
    assert_eq!(first.creation_date.as_ref().map(to_millis), Some(1_700_000_000_123));
    suite.now_ms.fetch_add(5_000, Ordering::SeqCst);
    let other_role = CreateStateMachineRequest {
        role_arn: "arn:aws:iam::000000000000:role/b".into(),
        ..create("m", PASS)
    };
    assert_eq!(client.create_state_machine(other_role).await.unwrap().into_inner(), first);
    let (code, message) = refusal(client.create_state_machine(create("m", SPACED)).await);
    assert_eq!(code, ErrorCode::StateMachineAlreadyExists);
    assert_eq!(message, format!("State Machine Already Exists: '{MACHINE}'"));
    let described = client.describe_state_machine(describe(MACHINE)).await.unwrap().into_inner();
    let expected = DescribeStateMachineResponse {
        state_machine_arn: MACHINE.into(),
        name: "m".into(),
        status: StateMachineStatus::Active.into(),
        definition: PASS.into(),
        role_arn: ROLE.into(),
        creation_date: first.creation_date,
        r#type: "STANDARD".into(),
        logging_configuration: Some(LoggingConfiguration {
            level: Some("OFF".into()),
            include_execution_data: Some(false),
            destinations: None,
        }),
        ..DescribeStateMachineResponse::default()
    };
    assert_eq!(described, expected);
}

#[tokio::test]
async fn the_variables_that_states_read_are_described() {
    let mut client = Suite::start(Limits::default()).await.client;
    let text = r#"{"StartAt":"Z","States":{
        "Z":{"Type":"Pass","Assign":{"a":1,"b":2},"Next":"A"},
        "A":{"Type":"Pass","Parameters":{"x.$":"$b","y.$":"$a"},"Next":"J"},
        "J":{"Type":"Pass","QueryLanguage":"JSONata","Output":"{% $a %}","End":true}}}"#;
    client.create_state_machine(create("m", text)).await.unwrap();
    let described = client.describe_state_machine(describe(MACHINE)).await.unwrap().into_inner();
    let of = |state: &str, variables: &[&str]| StateVariableReferences {
        state_name: state.into(),
        variables: variables.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(described.variable_references, [of("A", &["a", "b"]), of("J", &["a"])]);
}

#[tokio::test]
async fn concurrent_creations_agree_on_one() {
    let suite = Suite::start(Limits::default()).await;
    let calls = (0..16).map(|at| {
        let mut client = suite.client.clone();
        let text = if at % 2 == 0 { PASS } else { SPACED };
        async move { client.create_state_machine(create("m", text)).await }
    });
    let answers = futures::future::join_all(calls).await;
    let (created, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((created.len(), refused.len()), (8, 8));
    for answer in refused {
        assert_eq!(refusal(answer).0, ErrorCode::StateMachineAlreadyExists);
    }
}

#[tokio::test]
async fn what_a_state_machine_may_not_be_is_refused() {
    let limits = Limits { state_machines: 1, ..Limits::default() };
    let mut client = Suite::start(limits).await.client;
    let with = |change: fn(&mut CreateStateMachineRequest)| {
        let mut request = create("m", PASS);
        change(&mut request);
        request
    };
    for (request, code, message) in [
        (
            with(|it| it.name = String::new()),
            ErrorCode::ValidationException,
            "1 validation error detected: Value '' at 'name' failed to satisfy constraint: Member \
             must have length greater than or equal to 1",
        ),
        (with(|it| it.name = "a b".into()), ErrorCode::InvalidName, "Invalid Name: 'a b'"),
        (
            with(|it| it.role_arn = "role".into()),
            ErrorCode::InvalidArn,
            "Invalid Arn: 'Invalid ARN prefix: role'",
        ),
        (
            with(|it| it.r#type = Some("EXPRESS".into())),
            ErrorCode::StateMachineTypeNotSupported,
            "This operation is not supported by this type of state machine",
        ),
        (
            with(|it| it.r#type = Some("X".into())),
            ErrorCode::ValidationException,
            "1 validation error detected: Value 'X' at 'type' failed to satisfy constraint: Member \
             must satisfy enum value set: [STANDARD, EXPRESS]",
        ),
        (
            with(|it| it.definition = r#"{"StartAt":"A"}"#.into()),
            ErrorCode::InvalidDefinition,
            "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are \
             required: [States] at /'",
        ),
    ] {
        assert_eq!(refusal(client.create_state_machine(request).await), (code, message.into()));
    }
    let long = create("m", &" ".repeat(1_048_577));
    let (code, _) = refusal(client.create_state_machine(long).await);
    assert_eq!(code, ErrorCode::ValidationException);
    client.create_state_machine(create("m", PASS)).await.unwrap();
    let (code, _) = refusal(client.create_state_machine(create("n", PASS)).await);
    assert_eq!(code, ErrorCode::StateMachineLimitExceeded);
    client.create_state_machine(create("m", PASS)).await.unwrap();
}

#[tokio::test]
async fn arns_of_other_kinds_and_namespaces_are_told_apart() {
    let mut client = Suite::start(Limits::default()).await.client;
    client.create_state_machine(create("m", PASS)).await.unwrap();
    for (arn, message) in [
        ("not_a_valid_arn", "Invalid Arn: 'Invalid ARN prefix: not_a_valid_arn'"),
        (ACTIVITY, "Invalid Arn: 'Resource type not valid in this context: activity'"),
    ] {
        let (code, found) = refusal(client.describe_state_machine(describe(arn)).await);
        assert_eq!((code, found.as_str()), (ErrorCode::InvalidArn, message));
        let (code, _) = refusal(client.delete_state_machine(delete(arn)).await);
        assert_eq!(code, ErrorCode::InvalidArn);
    }
    let (code, _) = refusal(client.describe_state_machine(describe("")).await);
    assert_eq!(code, ErrorCode::ValidationException);
    let other = Namespace { account: "111111111111".into(), ..namespace() };
    let (code, message) =
        refusal(client.describe_state_machine(other.request(describe(MACHINE))).await);
    assert_eq!(code, ErrorCode::StateMachineDoesNotExist);
    assert_eq!(message, format!("State Machine Does Not Exist: '{MACHINE}'"));
    client.delete_state_machine(other.request(delete(MACHINE))).await.unwrap();
    client.describe_state_machine(describe(MACHINE)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_update_makes_a_revision_that_every_node_confirms() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    let (code, _) = refusal(client.update_state_machine(update(Some(PASS), None)).await);
    assert_eq!(code, ErrorCode::StateMachineDoesNotExist);
    client.create_state_machine(create("m", PASS)).await.unwrap();
    let (code, message) = refusal(client.update_state_machine(update(None, None)).await);
    assert_eq!(code, ErrorCode::MissingRequiredParameter);
    assert!(message.starts_with("Either the definition, the role ARN"), "{message}");

    let same = client.update_state_machine(update(Some(PASS), Some(ROLE))).await.unwrap();
    assert_eq!(same.into_inner().revision_id, None);
    suite.nodes.take_asked();
    suite.nodes.failures.store(3, Ordering::SeqCst);
    suite.now_ms.fetch_add(1_000, Ordering::SeqCst);
    let changed = client.update_state_machine(update(Some(SPACED), None)).await.unwrap();
    let changed = changed.into_inner();
    assert_eq!(suite.nodes.take_asked(), ["refresh m"]);
    assert_eq!(changed.update_date.as_ref().map(to_millis), Some(1_700_000_001_123));
    let described = client.describe_state_machine(describe(MACHINE)).await.unwrap().into_inner();
    assert_eq!((described.definition.as_str(), described.role_arn.as_str()), (SPACED, ROLE));
    assert!(described.revision_id.is_some());
    assert_eq!(described.revision_id, changed.revision_id);
    let again = client.update_state_machine(update(Some(SPACED), None)).await.unwrap();
    assert_eq!(again.into_inner(), changed);
    // The creation stays idempotent by what it was called with, and by what stands now.
    for text in [PASS, SPACED] {
        client.create_state_machine(create("m", text)).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_that_a_live_node_never_confirms_is_not_answered_as_done() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    client.create_state_machine(create("m", PASS)).await.unwrap();
    suite.nodes.failures.store(usize::MAX, Ordering::SeqCst);
    let started = tokio::time::Instant::now();
    let (code, _) = refusal(client.update_state_machine(update(Some(SPACED), None)).await);
    assert_eq!(code, ErrorCode::ServiceUnavailable);
    assert!(started.elapsed() >= Duration::from_secs(30));
}

#[tokio::test]
async fn a_state_machine_without_open_executions_goes_at_once() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    client.delete_state_machine(delete(MACHINE)).await.unwrap();
    client.create_state_machine(create("m", PASS)).await.unwrap();
    let group = b"000000000000/us-east-1";
    let (_, first) = suite.store.control_get(group, b"m/m").await.unwrap().unwrap();
    assert_eq!(suite.nodes.take_asked(), ["refresh m"], "nodes may know one that was deleted");
    client.delete_state_machine(delete(MACHINE)).await.unwrap();
    assert_eq!(suite.nodes.take_asked(), ["refresh m", "close m", "refresh m"]);
    let (code, _) = refusal(client.describe_state_machine(describe(MACHINE)).await);
    assert_eq!(code, ErrorCode::StateMachineDoesNotExist);
    assert_eq!(suite.store.control_count(b"deleting", b"").await, Ok(0));
    client.create_state_machine(create("m", PASS)).await.unwrap();
    let (_, second) = suite.store.control_get(group, b"m/m").await.unwrap().unwrap();
    assert_ne!(first, second, "a new incarnation");
}

#[tokio::test(start_paused = true)]
async fn a_state_machine_with_open_executions_goes_when_the_last_has_ended() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    client.create_state_machine(create("m", PASS)).await.unwrap();
    suite.nodes.open.store(2, Ordering::SeqCst);
    client.delete_state_machine(delete(MACHINE)).await.unwrap();
    client.delete_state_machine(delete(MACHINE)).await.unwrap();
    let described = client.describe_state_machine(describe(MACHINE)).await.unwrap().into_inner();
    assert_eq!(described.status(), StateMachineStatus::Deleting);
    for refused in [
        refusal(client.create_state_machine(create("m", PASS)).await).0,
        refusal(client.update_state_machine(update(Some(PASS), None)).await).0,
    ] {
        assert_eq!(refused, ErrorCode::StateMachineDeleting);
    }
    suite.nodes.open.store(0, Ordering::SeqCst);
    // Nobody asks: the sweep finds it.
    let gone = async {
        while suite.store.control_count(b"000000000000/us-east-1", b"m/").await != Ok(0) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap();
    let (code, _) = refusal(client.describe_state_machine(describe(MACHINE)).await);
    assert_eq!(code, ErrorCode::StateMachineDoesNotExist);
    suite.drain.begin();
    suite.drain.finished().await;
}

#[tokio::test]
async fn describing_and_creating_finish_a_deletion() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    for _ in 0..2 {
        client.create_state_machine(create("m", PASS)).await.unwrap();
        suite.nodes.open.store(1, Ordering::SeqCst);
        client.delete_state_machine(delete(MACHINE)).await.unwrap();
        suite.nodes.open.store(0, Ordering::SeqCst);
        // The second turn finishes it by the creation at its beginning.
    }
    client.create_state_machine(create("m", SPACED)).await.unwrap();
    suite.nodes.open.store(1, Ordering::SeqCst);
    client.delete_state_machine(delete(MACHINE)).await.unwrap();
    suite.nodes.open.store(0, Ordering::SeqCst);
    let (code, _) = refusal(client.describe_state_machine(describe(MACHINE)).await);
    assert_eq!(code, ErrorCode::StateMachineDoesNotExist);
}

#[tokio::test]
async fn activities_come_and_go() {
    let limits = Limits { activities: 1, ..Limits::default() };
    let suite = Suite::start(limits).await;
    let mut client = suite.client.clone();
    let request = |name: &str| CreateActivityRequest {
        name: name.into(),
        ..CreateActivityRequest::default()
    };
    let first = client.create_activity(request("a")).await.unwrap().into_inner();
    assert_eq!(first.activity_arn, ACTIVITY);
    suite.now_ms.fetch_add(1_000, Ordering::SeqCst);
    assert_eq!(client.create_activity(request("a")).await.unwrap().into_inner(), first);
    assert_eq!(suite.nodes.take_asked(), ["refresh a"; 2], "nodes may know one that was deleted");
    let (code, _) = refusal(client.create_activity(request("b")).await);
    assert_eq!(code, ErrorCode::ActivityLimitExceeded);
    let (code, message) = refusal(client.create_activity(request("\0activity")).await);
    assert_eq!((code, message.as_str()), (ErrorCode::InvalidName, "Invalid Name: '\0activity'"));

    let describe = || DescribeActivityRequest { activity_arn: ACTIVITY.into() };
    let described = client.describe_activity(describe()).await.unwrap().into_inner();
    assert_eq!((described.name.as_str(), described.creation_date), ("a", first.creation_date));
    let delete = || DeleteActivityRequest { activity_arn: ACTIVITY.into() };
    for _ in 0..2 {
        client.delete_activity(delete()).await.unwrap();
        let mut asked = suite.nodes.take_asked();
        asked.sort();
        assert_eq!(asked, ["drop a", "refresh a"]);
    }
    let (code, message) = refusal(client.describe_activity(describe()).await);
    assert_eq!(code, ErrorCode::ActivityDoesNotExist);
    assert_eq!(message, format!("Activity Does Not Exist: '{ACTIVITY}'"));
    client.create_activity(request("b")).await.unwrap();
}

#[tokio::test]
async fn writes_whose_answers_are_lost_are_settled_by_reading_again() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    for lost in [Lost::Answer, Lost::Request] {
        let lose = |count| *suite.lossy.losses.lock().unwrap() = vec![lost; count].into();
        lose(1);
        client.create_state_machine(create("m", PASS)).await.unwrap();
        // That of the reminder, and that of the record.
        lose(2);
        let changed = client.update_state_machine(update(Some(SPACED), None)).await.unwrap();
        let described = client.describe_state_machine(describe(MACHINE)).await.unwrap();
        let described = described.into_inner();
        assert_eq!(described.definition, SPACED);
        assert_eq!(described.revision_id, changed.into_inner().revision_id);
        let activity =
            CreateActivityRequest { name: "a".into(), ..CreateActivityRequest::default() };
        lose(1);
        client.create_activity(activity).await.unwrap();
        let activity = DeleteActivityRequest { activity_arn: ACTIVITY.into() };
        lose(1);
        client.delete_activity(activity).await.unwrap();
        assert_eq!(suite.store.control_count(b"000000000000/us-east-1", b"a/").await, Ok(0));
        lose(0);
        suite.nodes.open.store(0, Ordering::SeqCst);
        client.delete_state_machine(delete(MACHINE)).await.unwrap();
        assert_eq!(suite.store.control_count(b"000000000000/us-east-1", b"m/").await, Ok(0));
    }
    *suite.lossy.losses.lock().unwrap() = vec![Lost::Request; 100].into();
    let (code, _) = refusal(client.create_state_machine(create("m", PASS)).await);
    assert_eq!(code, ErrorCode::ServiceUnavailable);
    let (code, _) = refusal(client.describe_state_machine(describe(MACHINE)).await);
    assert_eq!(code, ErrorCode::StateMachineDoesNotExist);
}

#[tokio::test]
async fn lists_are_by_name_and_their_tokens_of_one_call() {
    let suite = Suite::start(Limits::default()).await;
    let mut client = suite.client.clone();
    for name in ["c", "a", "b"] {
        client.create_state_machine(create(name, PASS)).await.unwrap();
    }
    let page = |max_results, next_token| ListStateMachinesRequest { max_results, next_token };
    let all = client.list_state_machines(page(Some(0), None)).await.unwrap().into_inner();
    let names: Vec<_> = all.state_machines.iter().map(|item| item.name.as_str()).collect();
    assert_eq!((names, all.next_token), (vec!["a", "b", "c"], None));
    let first = client.list_state_machines(page(Some(2), None)).await.unwrap().into_inner();
    assert_eq!(first.state_machines.len(), 2);
    let token = first.next_token;
    let second = client.list_state_machines(page(Some(2), token.clone())).await.unwrap();
    let second = second.into_inner();
    assert_eq!((second.state_machines[0].name.as_str(), second.next_token), ("c", None));

    let invalid = (ErrorCode::InvalidToken, "Invalid Token: 'Invalid token'".to_owned());
    let other_size = client.list_state_machines(page(Some(1), token.clone())).await.unwrap();
    assert_eq!(other_size.into_inner().state_machines[0].name, "c");
    let request = ListActivitiesRequest { max_results: Some(2), next_token: token.clone() };
    assert_eq!(refusal(client.list_activities(request).await), invalid);
    let garbage = client.list_state_machines(page(None, Some("x".into()))).await;
    assert_eq!(refusal(garbage), invalid);
    suite.now_ms.fetch_add(86_400_001, Ordering::SeqCst);
    assert_eq!(refusal(client.list_state_machines(page(Some(2), token)).await), invalid);
    for max_results in [-1, 1_001] {
        let refused = client.list_state_machines(page(Some(max_results), None)).await;
        assert_eq!(refusal(refused).0, ErrorCode::ValidationException);
    }
}
