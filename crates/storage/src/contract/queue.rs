//! Task queues and their wake signals.

use crate::{QueueStore, QueueTag, QueueTask, StoreError, WakeCursor, WokenQueues};
use bytes::Bytes;

const QUEUE: &[u8] = b"activity";

fn task(id: &'static str) -> QueueTask {
    let id = Bytes::from_static(id.as_bytes());
    QueueTask { body: Bytes::from([b"body of ", &id[..]].concat()), id }
}

async fn claim(store: &dyn QueueStore, node: &str, limit: usize) -> Result<Vec<Bytes>, StoreError> {
    let tasks = store.queue_claim(QUEUE, node, limit).await?;
    let bodies = tasks.iter().all(|task| task.body == [b"body of ", &task.id[..]].concat());
    assert!(bodies, "{tasks:?}");
    Ok(tasks.into_iter().map(|task| task.id).collect())
}

/// A task is pushed once while it waits or is claimed, claimed by one, and gone when finished.
///
/// # Errors
/// What the store's calls give.
pub async fn queue_tasks(store: &dyn QueueStore) -> Result<(), StoreError> {
    assert!(claim(store, "one", 9).await?.is_empty(), "no queue, no tasks");
    store.queue_finish(QUEUE, &["a".into()]).await?;
    store.queue_push(QUEUE, &["a", "b", "c", "d"].map(task)).await?;
    store.queue_push(QUEUE, &["b", "e"].map(task)).await?;
    assert_eq!(claim(store, "one", 2).await?, ["a", "b"]);
    assert_eq!(claim(store, "two", 0).await?, [""; 0]);
    assert_eq!(claim(store, "two", 1).await?, ["c"]);
    store.queue_push(QUEUE, &["a", "c"].map(task)).await?;
    store.queue_finish(QUEUE, &["a".into(), "d".into(), "none".into()]).await?;
    assert_eq!(claim(store, "one", 9).await?, ["e"], "d was finished while it waited");
    store.queue_push(QUEUE, &["a", "b"].map(task)).await?;
    assert_eq!(claim(store, "one", 9).await?, ["a"], "a finished task can come again");
    store.queue_push(b"other", &["b"].map(task)).await?;
    assert_eq!(store.queue_claim(b"other", "one", 9).await?, ["b"].map(task));
    Ok(())
}

/// Claimed tasks come back when they are given back, or when their node is no longer alive.
///
/// # Errors
/// What the store's calls give.
pub async fn queue_returns(store: &dyn QueueStore) -> Result<(), StoreError> {
    store.queue_push(QUEUE, &["a", "b", "c", "d"].map(task)).await?;
    assert_eq!(claim(store, "one", 2).await?, ["a", "b"]);
    assert_eq!(claim(store, "two", 1).await?, ["c"]);
    store.queue_give_back(QUEUE, &["a".into(), "d".into(), "none".into()]).await?;
    let mut waiting = claim(store, "two", 9).await?;
    waiting.sort();
    assert_eq!(waiting, ["a", "d"], "given back once, and only what was claimed");
    assert_eq!(store.queue_reclaim(QUEUE, &["one".to_owned(), "two".to_owned()]).await?, 0);
    assert_eq!(store.queue_reclaim(QUEUE, &["one".to_owned()]).await?, 3);
    let mut reclaimed = claim(store, "three", 9).await?;
    reclaimed.sort();
    assert_eq!(reclaimed, ["a", "c", "d"]);
    store.queue_finish(QUEUE, &["a".into(), "b".into(), "c".into(), "d".into()]).await?;
    assert_eq!(store.queue_reclaim(QUEUE, &[]).await?, 0);
    assert_eq!(store.queue_reclaim(b"none", &[]).await?, 0);
    assert!(claim(store, "one", 9).await?.is_empty());
    Ok(())
}

/// A task that takes the place of a claimed one waits, and the claimed one is forgotten.
///
/// # Errors
/// What the store's calls give.
pub async fn queue_replaces(store: &dyn QueueStore) -> Result<(), StoreError> {
    store.queue_push(QUEUE, &["a", "b"].map(task)).await?;
    assert_eq!(claim(store, "one", 9).await?, ["a", "b"]);
    let tag = QueueTag::of(QUEUE);
    let start = store.queue_wake(tag, WakeCursor::default()).await?;
    for _ in 0..2 {
        // The second call is the repetition of one whose answer was lost.
        store.queue_replace(QUEUE, &[("a".into(), task("c")), ("none".into(), task("d"))]).await?;
    }
    let woken = store.queue_wake(tag, start.cursor).await?;
    assert_eq!(woken.queues, WokenQueues::These(vec![QUEUE.into()]));
    let mut replacing = claim(store, "two", 9).await?;
    replacing.sort();
    assert_eq!(replacing, ["c", "d"]);
    assert_eq!(store.queue_reclaim(QUEUE, &["two".to_owned()]).await?, 1, "b, and a is gone");
    assert_eq!(claim(store, "two", 9).await?, ["b"]);
    Ok(())
}

/// A queue has one generation from its first push until it is dropped.
///
/// # Errors
/// What the store's calls give.
pub async fn queue_generations(store: &dyn QueueStore) -> Result<(), StoreError> {
    let names = [Bytes::from_static(b"none"), Bytes::from_static(QUEUE)];
    assert_eq!(store.queue_generations(&names).await?, [None, None]);
    let first = store.queue_push(QUEUE, &["a"].map(task)).await?;
    assert_eq!(store.queue_push(QUEUE, &[]).await?, first);
    assert_eq!(claim(store, "one", 9).await?, ["a"]);
    store.queue_finish(QUEUE, &["a".into()]).await?;
    assert_eq!(store.queue_generations(&names).await?, [None, Some(first)]);
    store.queue_push(QUEUE, &["b"].map(task)).await?;
    store.queue_drop(QUEUE).await?;
    assert_eq!(store.queue_generations(&names).await?, [None, None]);
    assert!(claim(store, "one", 9).await?.is_empty());
    let second = store.queue_push(QUEUE, &["b"].map(task)).await?;
    assert_ne!(first, second);
    assert_eq!(claim(store, "one", 9).await?, ["b"]);
    Ok(())
}

/// A waiter learns at once which queues of its tag got tasks, also those from before it waited.
///
/// # Errors
/// What the store's calls give.
pub async fn queue_wakes(store: &dyn QueueStore) -> Result<(), StoreError> {
    let tag = QueueTag::of(QUEUE);
    let start = store.queue_wake(tag, WakeCursor::default()).await?;
    assert_eq!(start.queues, WokenQueues::All);
    let wait = store.queue_wake(tag, start.cursor);
    let act = async {
        tokio::task::yield_now().await;
        store.queue_push(QUEUE, &["a"].map(task)).await
    };
    let (woken, pushed) = tokio::join!(wait, act);
    pushed?;
    let woken = woken?;
    assert_eq!(woken.queues, WokenQueues::These(vec![QUEUE.into()]));
    assert_eq!(claim(store, "one", 1).await?, ["a"]);
    // Nothing changed: these give no signal.
    store.queue_push(QUEUE, &["a"].map(task)).await?;
    store.queue_give_back(QUEUE, &["none".into()]).await?;
    let other = other_of(tag);
    store.queue_give_back(QUEUE, &["a".into()]).await?;
    store.queue_push(&other, &["b"].map(task)).await?;
    store.queue_push(&other, &["c"].map(task)).await?;
    let mut named = Vec::new();
    let mut cursor = woken.cursor;
    while named.len() < 2 {
        let woken = store.queue_wake(tag, cursor).await?;
        let WokenQueues::These(queues) = woken.queues else { panic!("{woken:?}") };
        cursor = woken.cursor;
        named.extend(queues);
        named.sort();
        named.dedup();
    }
    let mut expected = vec![Bytes::from_static(QUEUE), other];
    expected.sort();
    assert_eq!(named, expected);
    Ok(())
}

/// A waiter that is given up and asks again hears of what happened meanwhile.
///
/// # Errors
/// What the store's calls give.
pub async fn queue_wakes_after_giving_up(store: &dyn QueueStore) -> Result<(), StoreError> {
    let tag = QueueTag::of(QUEUE);
    let start = store.queue_wake(tag, WakeCursor::default()).await?;
    {
        let mut wait = std::pin::pin!(store.queue_wake(tag, start.cursor));
        // Both are ready only by accident: the wait has nothing to hear.
        tokio::select! {
            biased;
            woken = &mut wait => panic!("{woken:?}"),
            generations = store.queue_generations(&[]) => assert!(generations?.is_empty()),
        }
    }
    store.queue_push(QUEUE, &["a"].map(task)).await?;
    let woken = store.queue_wake(tag, start.cursor).await?;
    let heard = match &woken.queues {
        WokenQueues::All => true,
        WokenQueues::These(queues) => *queues == [QUEUE],
    };
    assert!(heard, "{woken:?}");
    Ok(())
}

/// Another queue of the tag.
fn other_of(tag: QueueTag) -> Bytes {
    let names = (0..).map(|number: u32| Bytes::from(format!("other-{number}")));
    names.filter(|name| QueueTag::of(name) == tag).take(1).collect::<Vec<_>>().concat().into()
}
