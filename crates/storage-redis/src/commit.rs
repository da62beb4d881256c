//! A commit as a call of a function, and its answer.

use crate::encode::{list_members, listing, outbox_entry, outbox_record, to_end_of};
use crate::keys::PartitionKeys;
use crate::library::{Function, Library};
use crate::refusal::{Effect, is_refusal, is_stale};
use crate::reply::{array, integer};
use crate::router::Answer;
use crate::{encode, record};
use redis::{Cmd, ServerError, ToRedisArgs, Value};
use stepwell_storage::{Commit, Expect, Lease, Listing, Outcome, StoreError, Timer};

const NOTHING: &[u8] = b"";

/// The call; `commit.lua` says what its arguments are.
pub(crate) fn call(library: &Library, keys: &PartitionKeys, lease: Lease, commit: &Commit) -> Cmd {
    match &commit.listing {
        Some(listing) if is_closed_when_made(commit, listing) => {
            create_closed(library, keys, lease, commit, listing)
        }
        _ => any(library, keys, lease, commit),
    }
}

/// Whether nothing but a record, its listing and its timer come of the commit, and the record is
/// not to change any more.
fn is_closed_when_made(commit: &Commit, listing: &Listing) -> bool {
    commit.expect == Expect::Absent
        && !listing.open
        && !commit.remove
        && commit.trigger.is_none()
        && commit.outbox_put.is_empty()
        && commit.outbox_retire.is_empty()
}

fn create_closed(
    library: &Library,
    keys: &PartitionKeys,
    lease: Lease,
    commit: &Commit,
    listed: &Listing,
) -> Cmd {
    let record = keys.record(&commit.key);
    let names: [&[u8]; 4] = [&keys.lease, &record, &keys.timers, &keys.list];
    let mut call = library.call(Function::CreateClosed, &names);
    call.arg(lease.epoch).arg(&lease.fence.to_be_bytes()).arg(&commit.key[..]);
    optional(&mut call, commit.not_before_ms);
    optional(&mut call, commit.gate.as_ref().map(|index| encode::gate(index)));
    match commit.timer {
        Timer::Keep | Timer::Clear => call.arg(NOTHING),
        Timer::Set(due_ms) => call.arg(due_ms),
    };
    let [all, by_status] = list_members(listed, &commit.key);
    call.arg(all).arg(by_status).arg(record::whole(commit, &listing(listed)));
    call
}

fn any(library: &Library, keys: &PartitionKeys, lease: Lease, commit: &Commit) -> Cmd {
    let (record, history) = (keys.record(&commit.key), keys.history(&commit.key));
    let (function, version) = match commit.expect {
        Expect::Absent => (Function::Create, None),
        Expect::Version(version) => (Function::Advance, Some(version)),
    };
    let names: [&[u8]; 9] = [
        &keys.lease,
        &record,
        &keys.timers,
        &keys.list,
        &keys.open,
        &history,
        &keys.outbox,
        &keys.triggers,
        &keys.trigger_ids,
    ];
    let mut call = library.call(function, names.get(..needed(commit)).unwrap_or(&names));
    call.arg(lease.epoch).arg(&lease.fence.to_be_bytes()).arg(&commit.key[..]);
    call.arg(&commit.id.to_be_bytes());
    optional(&mut call, version);
    optional(&mut call, commit.not_before_ms);
    optional(&mut call, commit.gate.as_ref().map(|index| encode::gate(index)));
    optional(&mut call, commit.trigger.map(u128::to_be_bytes).as_ref());
    match commit.timer {
        Timer::Keep => call.arg(NOTHING),
        Timer::Clear => call.arg("-"),
        Timer::Set(due_ms) => call.arg(due_ms),
    };
    optional(&mut call, commit.listing.as_ref().map(listing));
    if commit.remove {
        let prefix = outbox_record(&commit.key);
        call.arg(encode::from(&prefix)).arg(to_end_of(&prefix));
    } else {
        call.arg(NOTHING).arg(NOTHING);
        changes(&mut call, commit);
    }
    call
}

/// How many of the keys the commit touches: the server looks at each that it is given.
fn needed(commit: &Commit) -> usize {
    let outbox = !commit.outbox_put.is_empty() || !commit.outbox_retire.is_empty();
    match commit {
        Commit { trigger: Some(_), .. } => 9,
        Commit { remove: true, .. } => 7,
        _ if outbox => 7,
        Commit { expect: Expect::Version(_), batch: Some(_), .. } => 6,
        _ => 5,
    }
}

fn optional(call: &mut Cmd, argument: Option<impl ToRedisArgs>) {
    match argument {
        None => call.arg(NOTHING),
        Some(argument) => call.arg(argument),
    };
}

fn changes(call: &mut Cmd, commit: &Commit) {
    let put = || commit.parts.iter().filter_map(|(number, part)| Some((number, part.as_ref()?)));
    call.arg(put().count());
    for (number, part) in put() {
        call.arg(record::part(*number)).arg(&part[..]);
    }
    let gone = || commit.parts.iter().filter(|(_, part)| part.is_none());
    call.arg(gone().count());
    for (number, _) in gone() {
        call.arg(record::part(*number));
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
