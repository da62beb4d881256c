//! Histories and lists in pages.

#![allow(clippy::unwrap_used)]

mod suite;

use stepwell_api::ErrorCode;
use stepwell_api::execution::*;
use suite::{Installation, PASS, error, start};

/// Two waits, so that the history has several batches, and private events at their ends.
const STEPS: &str = r#"{"StartAt":"A","States":{
    "A":{"Type":"Pass","Next":"B"},
    "B":{"Type":"Wait","Seconds":10,"Next":"C"},
    "C":{"Type":"Pass","Result":[1,2,3],"ResultPath":"$.c","Next":"D"},
    "D":{"Type":"Wait","Seconds":10,"Next":"E"},
    "E":{"Type":"Pass","End":true}}}"#;

async fn pages(
    suite: &Installation,
    arn: &str,
    order: EventOrder,
    size: i32,
) -> Vec<Vec<HistoryEvent>> {
    let mut request = GetExecutionHistoryRequest {
        execution_arn: arn.to_owned(),
        max_results: Some(size),
        next_token: None,
        order: order.into(),
    };
    let mut pages = Vec::new();
    loop {
        let page = suite.executions("a").get_execution_history(request.clone()).await.unwrap();
        let page = page.into_inner();
        pages.push(page.events);
        match page.next_token {
            Some(token) => request.next_token = Some(token),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn a_history_reads_the_same_in_pages_of_any_size_and_from_either_end() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let machine = suite.create("m", STEPS).await;
    let input = r#"{"a":"b"}"#;
    let started = suite.executions("a").start_execution(start(&machine, "e", input)).await;
    let arn = started.unwrap().into_inner().execution_arn;
    for _ in 0..2 {
        suite.clock.forward(std::time::Duration::from_secs(12));
        let before = suite.history("a", &arn).await.len();
        suite::eventually("more events", || async {
            (suite.history("a", &arn).await.len() > before).then_some(())
        })
        .await;
    }
    suite.ended("a", &arn).await;
    let all = suite.history("a", &arn).await;
    assert_eq!(all.len(), 12);
    assert!((1..).zip(&all).all(|(id, event)| event.id == id));
    let mut reversed = all.clone();
    reversed.reverse();
    for size in [1, 2, 3, 5, 11, 12, 13] {
        let forward = pages(&suite, &arn, EventOrder::OldestFirst, size).await;
        assert!(forward.iter().all(|page| page.len() <= size as usize && !page.is_empty()));
        assert_eq!(forward.concat(), all, "{size}");
        let backward = pages(&suite, &arn, EventOrder::NewestFirst, size).await;
        assert_eq!(backward.concat(), reversed, "{size}");
    }
}

#[tokio::test]
async fn a_page_token_is_of_one_call() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let machine = suite.create("m", PASS).await;
    let mut executions = suite.executions("a");
    let started = executions.start_execution(start(&machine, "e", "1")).await.unwrap();
    let execution_arn = started.into_inner().execution_arn;
    let request = GetExecutionHistoryRequest {
        execution_arn: execution_arn.clone(),
        max_results: Some(2),
        ..Default::default()
    };
    let page = executions.get_execution_history(request.clone()).await.unwrap().into_inner();
    let next_token = page.next_token;
    assert!(next_token.is_some());
    let with_token =
        GetExecutionHistoryRequest { next_token: next_token.clone(), ..request.clone() };
    let longer = GetExecutionHistoryRequest { max_results: Some(3), ..with_token.clone() };
    let rest = executions.get_execution_history(longer).await.unwrap().into_inner();
    assert_eq!(rest.events.first().map(|event| event.id), Some(3));
    let reverse =
        GetExecutionHistoryRequest { order: EventOrder::NewestFirst.into(), ..with_token };
    let refused = executions.get_execution_history(reverse).await.unwrap_err();
    assert_eq!(error(refused), (ErrorCode::InvalidToken, "Invalid Token: 'Invalid token'".into()));
    let list = ListExecutionsRequest {
        state_machine_arn: machine,
        max_results: Some(1_001),
        ..Default::default()
    };
    let refused = executions.list_executions(list).await.unwrap_err();
    assert_eq!(error(refused).0, ErrorCode::ValidationException);
    suite.clock.forward(std::time::Duration::from_secs(86_400 + 60));
    let late = GetExecutionHistoryRequest { next_token, ..request };
    suite::eventually("the token's end", || {
        let (mut executions, late) = (executions.clone(), late.clone());
        async move { executions.get_execution_history(late).await.err() }
    })
    .await;
}

#[tokio::test]
async fn executions_are_listed_newest_first_by_status_and_in_pages() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let waits = r#"{"StartAt":"C","States":{
        "C":{"Type":"Choice","Choices":[{"Variable":"$","NumericEquals":1,"Next":"W"}],"Default":"P"},
        "W":{"Type":"Wait","Seconds":99,"End":true},"P":{"Type":"Succeed"}}}"#;
    let machine = suite.create("m", waits).await;
    let mut executions = suite.executions("a");
    for number in 0..10 {
        let input = (number % 2).to_string();
        let request = start(&machine, &format!("e{number}"), &input);
        executions.start_execution(request).await.unwrap();
        suite.clock.forward(std::time::Duration::from_secs(1));
        let now = suite.store.now_ms().await.unwrap();
        // The node's own clock follows the store's.
        suite::eventually("the clock", || async {
            (_node.partitions().now_ms() + 50 >= now).then_some(())
        })
        .await;
    }
    let mut list = async |status: ExecutionStatus, size: i32| {
        let mut request = ListExecutionsRequest {
            state_machine_arn: machine.clone(),
            status_filter: status.into(),
            max_results: Some(size),
            next_token: None,
        };
        let mut names = Vec::new();
        loop {
            let page = executions.list_executions(request.clone()).await.unwrap().into_inner();
            assert!(page.executions.len() <= size as usize);
            names.extend(page.executions.into_iter().map(|item| item.name));
            match page.next_token {
                Some(token) => request.next_token = Some(token),
                None => return names,
            }
        }
    };
    let all = ["e9", "e8", "e7", "e6", "e5", "e4", "e3", "e2", "e1", "e0"];
    for size in [1, 3, 10, 11] {
        assert_eq!(list(ExecutionStatus::Unspecified, size).await, all);
    }
    assert_eq!(list(ExecutionStatus::Running, 2).await, ["e9", "e7", "e5", "e3", "e1"]);
    assert_eq!(list(ExecutionStatus::Succeeded, 9).await, ["e8", "e6", "e4", "e2", "e0"]);
    assert!(list(ExecutionStatus::Aborted, 9).await.is_empty());
}
