//! Every case through every door on this side of the wire.

#![allow(clippy::unwrap_used, reason = "a test crate")]

use futures::future::join_all;
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use stepwell_engine::Limits;
use stepwell_language::{
    Act, Case, Door, EngineDoor, PartitionDoor, ROLE, Seen, cases, execution_of, findings,
    normalised_text,
};
use stepwell_oracle::{Ending, Latency, Outcome, TaskCall};
use stepwell_storage::{MemoryStore, Store};
use stepwell_storage_embedded::EmbeddedStore;
use stepwell_storage_redis::testing::RedisServer;
use stepwell_storage_redis::{Acknowledged, RedisStore};

/// The cases that are executed here.
fn executed() -> Vec<Case> {
    let here = |case: &Case| case.findings.is_none() && case.machines.is_empty();
    cases().into_iter().filter(here).collect()
}

/// What is wrong with what was seen of a case.
fn difference(case: &Case, seen: &Seen) -> Option<String> {
    let expected = case.history.clone().unwrap_or_default();
    let differs = |(at, event): (usize, &Json)| expected.get(at) != Some(event);
    if let Some((at, event)) = seen.history.iter().enumerate().find(|it| differs(*it)) {
        let expected = expected.get(at).map_or("nothing".to_owned(), Json::to_string);
        return Some(format!("{}: expected {expected}\n  and saw {event}", case.name));
    }
    if seen.history.len() < expected.len() {
        return Some(format!(
            "{}: the history ends after {} events",
            case.name,
            seen.history.len()
        ));
    }
    (case.ending.as_ref() != Some(&seen.ending))
        .then(|| format!("{}: expected {:?}\n  and saw {}", case.name, case.ending, seen.ending))
}

async fn check(door: &dyn Door, cases: &[Case]) {
    let seen = join_all(cases.iter().map(|case| door.run(case))).await;
    let wrong = cases.iter().zip(&seen).filter_map(|(case, seen)| difference(case, seen));
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// A node has one set of limits: cases with others are the engine's and the suite's.
async fn check_over(store: Arc<dyn Store>) {
    let cases: Vec<_> = executed().into_iter().filter(|case| case.limits.is_none()).collect();
    let door = PartitionDoor::open(store, Limits::default()).await;
    check(&door, &cases).await;
    door.close().await;
}

#[tokio::test]
async fn the_engine_executes_every_case() {
    let cases = executed();
    assert!(cases.len() > 100, "{} cases", cases.len());
    check(&EngineDoor, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_in_memory_executes_every_case() {
    let clock = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        i64::try_from(now.as_millis()).unwrap()
    };
    check_over(Arc::new(MemoryStore::new(8, Arc::new(clock)))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_over_the_embedded_store_executes_every_case() {
    let folder = tempfile::tempdir().unwrap();
    check_over(Arc::new(EmbeddedStore::open(folder.path(), 8).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_over_redis_executes_every_case() {
    let server = RedisServer::start();
    check_over(Arc::new(RedisStore::open(&server.url(), 8, Acknowledged::ByServer).await.unwrap()))
        .await;
}

#[test]
fn a_validation_finds_what_the_cases_say() {
    let found = cases().into_iter().filter(|case| case.findings.is_some());
    let wrong = found.filter_map(|case| {
        let seen = findings(case.definition());
        let expected = case.findings.clone().unwrap_or_default();
        (seen != expected).then(|| format!("{}: {}", case.name, Json::from(seen)))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the workers of a case do, for an evaluation that asks in an order of its own.
fn answers(case: &Case) -> impl Fn(&TaskCall<'_>) -> Outcome {
    let mut queues: HashMap<String, VecDeque<Outcome>> = HashMap::new();
    for outcome in &case.outcomes {
        let answer = match &outcome.act {
            Act::Succeed(value) => {
                Outcome::Success(stepwell_json::parse(&value.to_string()).unwrap())
            }
            Act::SucceedText(text) => Outcome::Success(stepwell_json::parse(text).unwrap()),
            Act::Fail { error, cause } => Outcome::Failure {
                error: error.as_deref().map(Into::into),
                cause: cause.as_deref().map(Into::into),
            },
            Act::Vanish(_) => Outcome::Silence,
        };
        queues.entry(outcome.worker.clone()).or_default().push_back(answer);
    }
    let queues = RefCell::new(queues);
    move |call| {
        let worker = call.resource.rsplit(':').next().unwrap_or_default();
        let answer = queues.borrow_mut().get_mut(worker).and_then(VecDeque::pop_front);
        answer.unwrap_or(Outcome::Silence)
    }
}

/// The histories were read by people; the endings also by the oracle. Calls of integrations have
/// answers that it does not make.
#[test]
fn the_oracle_ends_every_case_alike() {
    for case in executed() {
        if case.limits.is_some() || case.definition().contains("arn:aws:states:::") {
            continue;
        }
        let definition = stepwell_asl::executable(case.definition()).unwrap();
        let found = stepwell_oracle::endings(&stepwell_oracle::Case {
            definition: &definition,
            execution: &execution_of(&case),
            role_arn: ROLE,
            input: &stepwell_json::parse(&case.input()).unwrap(),
            started_ms: 1_795_399_980_123,
            outcomes: &answers(&case),
            latency: Latency::Zero,
            limits: &stepwell_oracle::Limits::default(),
        });
        let endings: Vec<_> = found.possible.iter().map(printed).collect();
        let mut expected = case.ending.clone().unwrap();
        if let Some(Json::String(cause)) = expected.get_mut("cause") {
            *cause = stepwell_oracle::without_event_ids(cause);
        }
        assert!(endings.contains(&expected), "{}: {expected}\n{endings:?}", case.name);
    }
}

fn printed(ending: &Ending) -> Json {
    let mut printed = match ending {
        Ending::Succeeded(output) => {
            json!({"status": "SUCCEEDED", "output": normalised_text(&output.to_json())})
        }
        Ending::Failed { .. } => json!({"status": "FAILED"}),
        Ending::TimedOut => json!({"status": "TIMED_OUT"}),
    };
    if let Ending::Failed { error, cause } = ending {
        for (name, text) in [("error", error), ("cause", cause)] {
            if let Some(text) = text {
                printed[name] = normalised_text(text).into();
            }
        }
    }
    printed
}

/// Prints what the engine makes of the cases that have no history yet, to be read against the
/// language's contract before it goes into their files.
#[tokio::test]
#[ignore = "a tool for whoever adds a case"]
async fn print_what_new_cases_give() {
    for case in cases() {
        let seen = if case.findings.as_ref().is_some_and(Vec::is_empty) {
            json!({"findings": findings(case.definition())})
        } else if case.findings.is_none() && case.history.is_none() && case.machines.is_empty() {
            let seen = EngineDoor.run(&case).await;
            json!({"ending": seen.ending, "history": seen.history})
        } else {
            continue;
        };
        println!("{}", json!({"case": case.name, "seen": seen}));
    }
}
