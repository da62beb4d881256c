//! A commit as a call of a function, and its answer.

use crate::encode;
use crate::encode::{listing, outbox_entry, outbox_record, tag, to_end_of};
use crate::keys::PartitionKeys;
use crate::library::{Function, Library};
use crate::refusal::{Effect, is_refusal, is_stale};
use crate::reply::{array, integer};
use crate::router::Answer;
use redis::{Cmd, ServerError, Value};
use stepwell_storage::{Commit, Expect, Lease, Outcome, StoreError, Timer};

const NOTHING: &[u8] = b"";

/// The call; `commit.lua` says what its arguments are.
pub(crate) fn call(library: &Library, keys: &PartitionKeys, lease: Lease, commit: &Commit) -> Cmd {
    let (record, history) = (keys.record(&commit.key), keys.history(&commit.key));
    let function = match commit.expect {
        Expect::Absent => Function::Create,
        Expect::Version(_) => Function::Advance,
    };
    let mut call = library.call(
        function,
        &[
            &keys.lease,
            &record,
            &history,
            &keys.timers,
            &keys.list,
            &keys.entries,
            &keys.open,
            &keys.closed,
            &keys.outbox,
            &keys.triggers,
            &keys.trigger_ids,
        ],
    );
    call.arg(lease.epoch).arg(&lease.fence.to_be_bytes()).arg(&commit.key[..]);
    call.arg(&commit.id.to_be_bytes());
    match commit.expect {
        Expect::Absent => call.arg(NOTHING),
        Expect::Version(version) => call.arg(version),
    };
    match commit.not_before_ms {
        None => call.arg(NOTHING),
        Some(due_ms) => call.arg(due_ms),
    };
    match &commit.gate {
        None => call.arg(NOTHING),
        Some(index) => call.arg(&tag(index)),
    };
    match commit.trigger {
        None => call.arg(NOTHING),
        Some(id) => call.arg(&id.to_be_bytes()),
    };
    match commit.timer {
        Timer::Keep => call.arg(NOTHING),
        Timer::Clear => call.arg("-"),
        Timer::Set(due_ms) => call.arg(due_ms),
    };
    match &commit.listing {
        None => call.arg(NOTHING),
        Some(listed) => call.arg(listing(listed)),
    };
    if commit.remove {
        let prefix = outbox_record(&commit.key);
        call.arg(encode::from(&prefix)).arg(to_end_of(&prefix));
    } else {
        call.arg(NOTHING).arg(NOTHING);
        changes(&mut call, commit);
    }
    call
}

fn changes(call: &mut Cmd, commit: &Commit) {
    let put = || commit.parts.iter().filter_map(|(number, part)| Some((number, part.as_ref()?)));
    call.arg(put().count());
    for (number, part) in put() {
        call.arg(field(*number)).arg(&part[..]);
    }
    let gone = || commit.parts.iter().filter(|(_, part)| part.is_none());
    call.arg(gone().count());
    for (number, _) in gone() {
        call.arg(field(*number));
    }
    call.arg(commit.outbox_retire.len());
    for id in &commit.outbox_retire {
        let prefix = outbox_entry(&commit.key, *id);
        call.arg(encode::from(&prefix)).arg(to_end_of(&prefix));
    }
    call.arg(commit.outbox_put.len());
    for (id, body) in &commit.outbox_put {
        let mut member = outbox_entry(&commit.key, *id);
        call.arg(encode::from(&member)).arg(to_end_of(&member));
        member.extend_from_slice(body);
        call.arg(member);
    }
    call.arg(usize::from(commit.batch.is_some()));
    if let Some(batch) = &commit.batch {
        call.arg(&batch[..]);
    }
}

/// The name of a part in its record.
fn field(number: u64) -> String {
    format!("p{number}")
}

/// The outcomes of a turn's commits, or why they are not known.
///
/// # Errors
/// [`StoreError::Unavailable`] where the server refused all of them before they did anything.
pub(crate) fn outcomes(
    commits: &[Commit],
    answers: Vec<Answer>,
) -> Result<Vec<Outcome>, StoreError> {
    let answers: Vec<Value> = answers.into_iter().map(|answer| answer.value).collect();
    // What each commit hears by itself.
    let own = |error: &ServerError| error.code() == "OOM" || is_stale(error);
    let refused = |value: &Value| matches!(value, Value::ServerError(error) if is_refusal(error));
    let told = |value: &Value| matches!(value, Value::ServerError(error) if own(error));
    if let Some(Value::ServerError(error)) = answers.first()
        && answers.iter().all(refused)
        && !answers.iter().all(told)
    {
        return Err(Effect::Writes.refused(error));
    }
    let outcome = |(commit, answer): (&Commit, Value)| match answer {
        Value::ServerError(error) if is_stale(&error) => Ok(Outcome::Fenced),
        Value::ServerError(error) if error.code() == "OOM" && commit.expect == Expect::Absent => {
            Ok(Outcome::Full)
        }
        Value::ServerError(error) => Err(error.to_string()),
        answer => read(answer).map_err(|error| error.to_string()),
    };
    let outcomes: Result<Vec<_>, _> = commits.iter().zip(answers).map(outcome).collect();
    outcomes.map_err(StoreError::Unknown)
}

fn read(answer: Value) -> Result<Outcome, StoreError> {
    let values = array(answer)?.iter().map(integer).collect::<Result<Vec<_>, _>>()?;
    Ok(match values[..] {
        [0, now_ms] => Outcome::Committed { now_ms },
        [1, version] => Outcome::Conflict { version: u64::try_from(version).ok() },
        [2] => Outcome::Fenced,
        [3, now_ms] => Outcome::TooEarly { now_ms },
        [4] => Outcome::Gated,
        [5] => Outcome::TriggerGone,
        _ => return Err(StoreError::Unknown(format!("Redis gave the outcome {values:?}"))),
    })
}
