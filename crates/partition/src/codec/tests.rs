//! Whatever is written reads back equal.

use super::*;
use crate::Execution;
use crate::execution::key_of;
use crate::nested::{Call, CallKind, ChildReport, RemoteTask, Waiter};
use crate::plan::plan;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use prost::Message as _;
use std::collections::{BTreeMap, BTreeSet};
use stepwell_api::internal::{HistoryBatch, Revision};
use stepwell_asl::ast::{FlowId, StateId};
use stepwell_engine::*;
use stepwell_ids::ExecutionArn;
use stepwell_storage::{OutboxEntry, Record};

/// Few texts, so that payloads repeat.
fn payload() -> impl Strategy<Value = Payload> {
    (0..6).prop_map(|n| Payload::from_stored(format!("[{n},\"é\"]")))
}

fn text() -> impl Strategy<Value = Arc<str>> {
    "[a-zé]{0,9}".prop_map(Into::into)
}

fn worker() -> impl Strategy<Value = WorkerKind> {
    prop_oneof![Just(WorkerKind::Activity), caller()]
}

fn caller() -> impl Strategy<Value = WorkerKind> {
    prop_oneof![Just(WorkerKind::Function), text().prop_map(WorkerKind::Integration)]
}

fn kind() -> impl Strategy<Value = StateType> {
    use StateType::*;
    prop::sample::select(vec![Pass, Task, Choice, Wait, Succeed, Fail, Parallel, Map])
}

fn reason() -> impl Strategy<Value = Reason> {
    (option::of(text()), option::of(text())).prop_map(|(error, cause)| Reason { error, cause })
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let seconds = || option::of(any::<u32>());
    let limits = (seconds(), seconds(), seconds(), option::of(text()));
    let worker = (worker(), text(), any::<u128>()).prop_map(|(kind, arn, incarnation)| {
        // The ARN of an integration is that of its resource.
        let arn =
            if let WorkerKind::Integration(resource) = &kind { resource.clone() } else { arn };
        Worker { kind, arn, incarnation }
    });
    (any::<u32>(), any::<u128>(), worker, payload(), limits).prop_map(
        |(attempt, nonce, worker, input, limits)| {
            let (timeout_seconds, heartbeat_seconds, call_seconds, role_arn) = limits;
            Schedule {
                attempt,
                nonce,
                worker,
                input,
                timeout_seconds,
                heartbeat_seconds,
                call_seconds,
                role_arn,
            }
        },
    )
}

fn outcome() -> impl Strategy<Value = TaskOutcome> {
    prop_oneof![payload().prop_map(TaskOutcome::Succeeded), reason().prop_map(TaskOutcome::Failed)]
}

fn attempt() -> impl Strategy<Value = TaskAttempt> {
    let started = (any::<u64>(), any::<i64>(), any::<u128>(), option::of(text())).prop_map(
        |(event, time_ms, delivery_id, worker_name)| Started {
            event,
            time_ms,
            delivery_id,
            worker_name,
        },
    );
    let time = || option::of(any::<i64>());
    let times = (time(), time(), time(), option::of(outcome()));
    let ids = (any::<u64>(), option::of(any::<u64>()));
    (ids, schedule(), option::of(started), times).prop_map(|(ids, schedule, started, times)| {
        TaskAttempt {
            scheduled_event: ids.0,
            schedule,
            started,
            submitted_event: ids.1,
            deadline_ms: times.0,
            heartbeat_deadline_ms: times.1,
            call_deadline_ms: times.2,
            outcome: times.3,
        }
    })
}

fn phase() -> impl Strategy<Value = Phase> {
    prop_oneof![
        Just(Phase::Entered),
        any::<i64>().prop_map(|until_ms| Phase::Waiting { until_ms }),
        any::<i64>().prop_map(|until_ms| Phase::Backoff { until_ms }),
        attempt().prop_map(|attempt| Phase::Task(Box::new(attempt))),
        (younger(), any::<u32>(), any::<u32>()).prop_map(|(first, count, open)| Phase::Branches {
            first: ScopeId(first),
            count,
            open
        }),
        (payload(), younger(), any::<(u32, u32, u32)>()).prop_map(
            |(items, first, (length, next, open))| {
                Phase::Iterations { items, length, first: ScopeId(first), next, open }
            }
        ),
    ]
}

/// No snapshot has so many scopes that these are not younger.
fn younger() -> impl Strategy<Value = u32> {
    4..u32::MAX
}

/// A parent that the scope `id` can have.
fn older(parent: Parent, id: ScopeId) -> Option<Parent> {
    let scope = ScopeId(parent.scope.0.checked_rem(id.0)?);
    Some(Parent { scope, ..parent })
}

fn scope() -> impl Strategy<Value = Scope> {
    let entered = any::<(u64, u64, i64)>();
    let run = (any::<u32>(), entered, payload(), vec(0..9_u32, 0..3), phase()).prop_map(
        |(state, (entered_event, entered_after, entered_ms), input, retries, phase)| {
            Position::In(StateRun {
                state: StateId(state),
                entered_event,
                entered_after,
                entered_ms,
                input,
                retries,
                phase,
            })
        },
    );
    let position = prop_oneof![
        (any::<u32>(), payload())
            .prop_map(|(state, input)| Position::Entering { state: StateId(state), input }),
        payload().prop_map(|output| Position::Finished { output }),
        run,
    ];
    let parent = option::of(any::<(u32, u32)>());
    (any::<u32>(), parent, any::<u64>(), variables(), position).prop_map(
        |(flow, parent, tail, variables, position)| {
            let parent = parent.map(|(scope, branch)| Parent { scope: ScopeId(scope), branch });
            Scope { flow: FlowId(flow), parent, tail, variables, position }
        },
    )
}

fn variables() -> impl Strategy<Value = Variables> {
    vec((text(), payload()), 0..3).prop_map(|values| values.into_iter().collect())
}

fn root() -> impl Strategy<Value = Root> {
    use Status::*;
    let status = prop::sample::select(vec![Running, Succeeded, Failed, TimedOut, Aborted]);
    let times = (any::<i64>(), any::<i64>(), option::of(any::<i64>()), option::of(any::<i64>()));
    (status, any::<u64>(), times, payload(), option::of(payload()), reason(), any::<u32>())
        .prop_map(|(status, last_event_id, times, input, output, reason, next_scope)| Root {
            status,
            last_event_id,
            last_time_ms: times.0,
            started_ms: times.1,
            stopped_ms: times.2,
            deadline_ms: times.3,
            input,
            output,
            reason,
            next_scope: ScopeId(next_scope),
        })
}

fn state_body() -> impl Strategy<Value = EventBody> {
    let branches = vec(any::<(u32, u32)>(), 0..3).prop_map(|branches| {
        let branch = |(flow, start)| Branch { flow: FlowId(flow), start_at: StateId(start) };
        branches.into_iter().map(branch).collect::<Vec<_>>()
    });
    prop_oneof![
        (payload(), text(), any::<u32>(), any::<i64>()).prop_map(
            |(input, role_arn, start_at, deadline_ms)| EventBody::ExecutionStarted {
                input,
                role_arn,
                start_at: StateId(start_at),
                deadline_ms
            }
        ),
        payload().prop_map(|output| EventBody::ExecutionSucceeded { output }),
        reason().prop_map(EventBody::ExecutionFailed),
        reason().prop_map(EventBody::ExecutionAborted),
        reason().prop_map(EventBody::ExecutionTimedOut),
        (kind(), any::<u32>(), text(), payload()).prop_map(|(kind, state, name, input)| {
            EventBody::StateEntered { kind, state: StateId(state), name, input }
        }),
        (kind(), text(), payload(), variables(), option::of(any::<u32>())).prop_map(
            |(kind, name, output, assigned, next)| EventBody::StateExited {
                kind,
                name,
                output,
                assigned,
                next: next.map(StateId)
            }
        ),
        kind().prop_map(|kind| EventBody::StateAborted { kind }),
        (branches, payload())
            .prop_map(|(branches, input)| EventBody::ParallelStateStarted { branches, input }),
        Just(EventBody::ParallelStateSucceeded),
        Just(EventBody::ParallelStateFailed),
    ]
}

fn map_body() -> impl Strategy<Value = EventBody> {
    let iteration = || (text(), any::<u32>());
    prop_oneof![
        (payload(), any::<u32>())
            .prop_map(|(items, length)| EventBody::MapStateStarted { items, length }),
        Just(EventBody::MapStateSucceeded),
        Just(EventBody::MapStateFailed),
        (iteration(), any::<(u32, u32)>(), payload()).prop_map(
            |((name, index), (flow, start), input)| {
                let branch = Branch { flow: FlowId(flow), start_at: StateId(start) };
                EventBody::MapIterationStarted { name, index, branch, input }
            }
        ),
        iteration().prop_map(|(name, index)| EventBody::MapIterationSucceeded { name, index }),
        iteration().prop_map(|(name, index)| EventBody::MapIterationFailed { name, index }),
        iteration().prop_map(|(name, index)| EventBody::MapIterationAborted { name, index }),
    ]
}

fn task_body() -> impl Strategy<Value = EventBody> {
    let delivery = || (any::<u128>(), option::of(text()));
    prop_oneof![
        schedule().prop_map(EventBody::TaskScheduled),
        (worker(), reason()).prop_map(|(w, r)| EventBody::TaskScheduleFailed(w, r)),
        (worker(), delivery()).prop_map(|(worker, (delivery_id, worker_name))| {
            EventBody::TaskStarted { worker, delivery_id, worker_name }
        }),
        (worker(), payload())
            .prop_map(|(worker, output)| EventBody::TaskSubmitted { worker, output }),
        outcome().prop_map(EventBody::OutcomeReceived),
        (caller(), reason()).prop_map(|(w, r)| EventBody::TaskStartFailed(w, r)),
        (worker(), payload())
            .prop_map(|(worker, output)| EventBody::TaskSucceeded { worker, output }),
        (worker(), reason()).prop_map(|(w, r)| EventBody::TaskFailed(w, r)),
        (worker(), reason()).prop_map(|(w, r)| EventBody::TaskTimedOut(w, r)),
        (text(), option::of(text()), reason()).prop_map(|(state, location, reason)| {
            EventBody::EvaluationFailed { state, location, reason }
        }),
        any::<i64>().prop_map(|until_ms| EventBody::WaitScheduled { until_ms }),
        any::<(u32, i64)>()
            .prop_map(|(retrier, until_ms)| EventBody::RetryScheduled { retrier, until_ms }),
        delivery().prop_map(|(delivery_id, worker_name)| EventBody::TaskRedelivered {
            delivery_id,
            worker_name
        }),
    ]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let body = prop_oneof![state_body(), map_body(), task_body()];
    let event = (any::<u64>(), any::<u64>(), 0..1_i64 << 40, any::<u32>(), body).prop_map(
        |(id, previous, time_ms, scope, body)| Event {
            id,
            previous,
            time_ms,
            scope: ScopeId(scope),
            body,
        },
    );
    vec(event, 0..6)
}

fn arn() -> ExecutionArn {
    ExecutionArn::parse("arn:aws:states:us-east-1:000000000000:execution:m:e").unwrap()
}

fn unborn() -> Execution {
    let revision = Revision {
        definition_hash: Bytes::from_static(&[3; 32]),
        role_arn: "arn:aws:iam::0:role/r".into(),
        updated_ms: 7,
        revision_id: "v".into(),
        started_version: 2,
        started_alias: "prod".into(),
        ..Revision::default()
    };
    let incarnation = Bytes::from_static(&[4; 16]);
    let origin = crate::Origin::new(arn(), 5, "call".into(), incarnation, revision);
    Execution::unborn(key_of(&arn()), origin)
}

fn remote_task() -> impl Strategy<Value = RemoteTask> {
    any::<(u128, u64, u32, u128)>().prop_map(|(run_id, scheduled_event, attempt, nonce)| {
        RemoteTask { arn: arn(), run_id, task: TaskRef { scheduled_event, attempt, nonce } }
    })
}

fn waiter() -> impl Strategy<Value = Waiter> {
    let forms = prop::sample::select(vec![JsonForm::Text, JsonForm::Parsed]);
    let waiter = |(task, form, told)| Waiter { told, ..Waiter::new(task, form) };
    (remote_task(), forms, any::<bool>()).prop_map(waiter)
}

fn call() -> impl Strategy<Value = Call> {
    let kinds = vec![CallKind::Start, CallKind::Stop { child: arn() }, CallKind::End];
    (any::<u64>(), remote_task(), prop::sample::select(kinds))
        .prop_map(|(entry, task, kind)| Call { from: arn(), entry, task, kind })
}

fn report() -> impl Strategy<Value = ChildReport> {
    let end = prop_oneof![payload().prop_map(Ok), reason().prop_map(Err)];
    (text(), any::<i64>(), option::of(end)).prop_map(|(child, started_ms, end)| ChildReport {
        child,
        started_ms,
        end,
    })
}

proptest! {
    #[test]
    fn calls_and_reports_read_back(
        (call, task, report) in (call(), remote_task(), report()),
    ) {
        let entry = OutboxEntry { key: key_of(&arn()), id: call.entry, body: encode_call(&call) };
        prop_assert_eq!(read_outbox(&entry).unwrap(), OutboxItem::Call(Box::new(call)));
        let read = decode_trigger(&encode_nested_trigger(&task, report.clone())).unwrap();
        let (run_id, trigger) = (task.run_id, report.trigger(task.task));
        prop_assert_eq!(read, StreamTrigger { arn: task.arn, run_id, trigger });
    }

    /// A history of commits, each written on top of the last, is read back from the parts and
    /// the batches that the commits hold, as a store keeps them.
    #[test]
    fn what_commits_hold_reads_back(
        commits in vec((root(), vec(scope(), 0..4), events()), 1..5),
        waiters in vec(waiter(), 0..3),
    ) {
        let (mut base, mut parts, mut batches) = (unborn(), BTreeMap::new(), Vec::new());
        let mut journal = Vec::new();
        for (root, scopes, events) in commits {
            let scopes = (0..).map(ScopeId).zip(scopes).map(|(id, mut scope)| {
                scope.parent = scope.parent.and_then(|parent| older(parent, id));
                (id, scope)
            });
            let snapshot = Snapshot::from_parts(root, scopes);
            let touched: BTreeSet<ScopeId> =
                snapshot.scopes().iter().chain(base.snapshot.scopes().iter()).map(|(id, _)| id).collect();
            journal.push(events.clone());
            let decision =
                Decision { snapshot, events, commands: Vec::new(), touched, not_before_ms: None };
            let (commit, planned) = plan(&base, decision, waiters.clone(), 9, 0);
            for (number, part) in commit.parts {
                match part {
                    Some(part) => parts.insert(number, part),
                    None => parts.remove(&number),
                };
            }
            batches.extend(commit.batch);
            base = Arc::into_inner(planned.next.unwrap()).unwrap();
        }
        let record = Record {
            version: base.version,
            commit: 9,
            parts: parts.into_iter().collect(),
            batches: batches.len() as u64,
        };
        prop_assert_eq!(base.batches, record.batches);

        let mut payloads = Payloads::default();
        let read = loop {
            match Execution::decode(&arn(), &record, &mut payloads).unwrap() {
                Ok(read) => break read,
                Err(missing) => for number in missing.batches {
                    let batch = StoredBatch::read(batches[number as usize].clone()).unwrap();
                    payloads.add(number, batch.payloads);
                },
            }
        };
        prop_assert_eq!(&read.snapshot, &base.snapshot);
        prop_assert_eq!(&read.origin, &base.origin);
        prop_assert_eq!(&read.waiters, &base.waiters);

        let mut payloads = Payloads::default();
        let mut stored = Vec::new();
        for (number, batch) in (0..).zip(&batches) {
            let mut batch = StoredBatch::read(batch.clone()).unwrap();
            payloads.add(number, std::mem::take(&mut batch.payloads));
            stored.extend(decode_events(&batch, 0..batch.len(), &mut payloads).unwrap());
        }
        prop_assert!(payloads.missing().is_empty());
        prop_assert_eq!(stored, journal.concat());
        // A text is stored once, in whichever batch it came with.
        let texts = batches.iter().flat_map(|b| HistoryBatch::decode(b.clone()).unwrap().payloads);
        let texts: Vec<String> = texts.collect();
        let distinct: BTreeSet<&String> = texts.iter().collect();
        prop_assert_eq!(texts.len(), distinct.len());
    }

    #[test]
    fn bytes_that_were_not_written_here_are_refused(bytes in vec(any::<u8>(), 0..64)) {
        let record = Record { version: 1, commit: 1, parts: vec![(0, bytes.clone().into())], batches: 0 };
        // No panic; a run id of 16 bytes does not come by chance.
        prop_assert!(Execution::decode(&arn(), &record, &mut Payloads::default()).is_err());
        let _ = decode_scope(&bytes, &mut Payloads::default());
        let _ = decode_trigger(&bytes);
        let body = bytes.into();
        let _ = read_outbox(&OutboxEntry { key: key_of(&arn()), id: 1, body });
    }
}

#[test]
fn heartbeats_leave_no_event_behind() {
    let event = Event {
        id: 0,
        previous: 0,
        time_ms: 1,
        scope: ScopeId::MAIN,
        body: EventBody::HeartbeatReceived,
    };
    let decision = Decision {
        snapshot: Snapshot::default(),
        events: vec![event],
        commands: Vec::new(),
        touched: BTreeSet::new(),
        not_before_ms: None,
    };
    let (commit, _) = plan(&Execution { version: 3, ..unborn() }, decision, Vec::new(), 1, 0);
    let batch = HistoryBatch::decode(commit.batch.unwrap()).unwrap();
    // Only the input, which this made-up execution had not stored yet.
    assert_eq!((batch.events.len(), batch.payloads.len()), (0, 1));
}
