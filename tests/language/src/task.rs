//! Workers of cases: which task is theirs, and what they say.

use crate::case::{Act, Outcome};
use stepwell_engine::{Payload, Snapshot, TaskAttempt, TaskFailure, Trigger, WorkerKind};
use stepwell_json::{Object, Value};

/// The oldest task that the outcome can be of: one that waits for its worker, or for the holder of
/// its token.
pub(crate) fn next(snapshot: &Snapshot, outcome: &Outcome) -> Option<TaskAttempt> {
    let scopes = snapshot.scopes().iter();
    let open = scopes.filter_map(|(_, scope)| scope.attempt());
    let mut fitting: Vec<_> = open
        .filter(|attempt| if outcome.by_token { is_submitted(attempt) } else { is_new(attempt) })
        .filter(|attempt| is_of(attempt, &outcome.worker))
        .collect();
    fitting.sort_by_key(|attempt| attempt.scheduled_event);
    fitting.first().copied().cloned()
}

/// Says that a worker has taken the task, where none has.
pub(crate) fn taken(attempt: &TaskAttempt) -> Option<Trigger> {
    let is_activity = attempt.schedule.worker.kind == WorkerKind::Activity;
    is_new(attempt).then(|| Trigger::TaskStarted {
        task: attempt.reference(),
        delivery_id: u128::from(attempt.scheduled_event),
        worker_name: is_activity.then(|| "worker".into()),
    })
}

/// What the worker says of the task that it has; nothing where it vanishes.
pub(crate) fn said(outcome: &Outcome, attempt: &TaskAttempt) -> Option<Trigger> {
    let task = attempt.reference();
    let is_call = attempt.schedule.worker.kind != WorkerKind::Activity && !outcome.by_token;
    let text = match &outcome.act {
        Act::Vanish(_) => return None,
        Act::Fail { error, cause } => {
            let (error, cause) =
                (error.as_deref().map(Into::into), cause.as_deref().map(Into::into));
            let failure = TaskFailure::Failed;
            return Some(if is_call {
                Trigger::CallFailed { task, failure, error, cause }
            } else {
                Trigger::TaskFailed { task, failure, error, cause }
            });
        }
        Act::Succeed(value) => value.to_string(),
        Act::SucceedText(text) => text.clone(),
    };
    let result =
        stepwell_json::parse(&text).unwrap_or_else(|error| panic!("{text} is no JSON: {error}"));
    if !is_call {
        return Some(Trigger::TaskSucceeded { task, output: Payload::from_value(result) });
    }
    let output = match attempt.schedule.worker.kind {
        WorkerKind::Integration(_) => Payload::from_value(answer(result)),
        _ => Payload::from_value(result),
    };
    Some(Trigger::CallAnswered { task, output })
}

fn is_new(attempt: &TaskAttempt) -> bool {
    attempt.started.is_none()
}

fn is_submitted(attempt: &TaskAttempt) -> bool {
    attempt.submitted_event.is_some()
}

fn is_of(attempt: &TaskAttempt, worker: &str) -> bool {
    let name = match &attempt.schedule.worker.kind {
        WorkerKind::Integration(_) => {
            let input = attempt.schedule.input.value().ok();
            input.and_then(|input| input.get("FunctionName")?.as_str())
        }
        _ => Some(&*attempt.schedule.worker.arn),
    };
    name.and_then(|name| name.rsplit(':').next()) == Some(worker)
}

/// What `lambda:invoke` makes of a function's result.
fn answer(result: Value) -> Value {
    let nothing = || Value::from(Object::default());
    let mut answer = Object::default();
    answer.insert("ExecutedVersion".into(), "$LATEST".into());
    answer.insert("Payload".into(), result);
    answer.insert("SdkHttpMetadata".into(), nothing());
    answer.insert("SdkResponseMetadata".into(), nothing());
    answer.insert("StatusCode".into(), 200.into());
    answer.into()
}
