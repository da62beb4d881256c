//! Scopes, each a part of its record.

use super::task::{decode_attempt, encode_attempt};
use super::variables::{decode_variables, encode_variables};
use super::{CodecError, Payloads, Writer, present};
use prost::Message as _;
use stepwell_api::internal::scope_record::Position as Stored;
use stepwell_api::internal::state_run_record::Phase as StoredPhase;
use stepwell_api::internal::{
    BranchesPhase, EnteringPosition, IterationsPhase, ScopeParent, ScopeRecord, StateRunRecord,
};
use stepwell_asl::ast::{FlowId, StateId};
use stepwell_engine::{Parent, Phase, Position, Scope, ScopeId, StateRun};

const WHAT: &str = "scope";

/// The part that holds `scope`.
pub(crate) fn encode_scope(scope: &Scope, writer: &mut Writer) -> Vec<u8> {
    let position = match &scope.position {
        Position::Entering { state, input } => {
            let input = Some(writer.place(input));
            Stored::Entering(EnteringPosition { state: state.0, input })
        }
        Position::In(run) => Stored::Run(encode_run(run, writer)),
        Position::Finished { output } => Stored::Finished(writer.place(output)),
    };
    let parent =
        scope.parent.map(|parent| ScopeParent { scope: parent.scope.0, branch: parent.branch });
    ScopeRecord {
        flow: scope.flow.0,
        parent,
        tail: scope.tail,
        position: Some(position),
        variables: encode_variables(&scope.variables, writer),
    }
    .encode_to_vec()
}

/// The scope that a part holds.
pub(crate) fn decode_scope(part: &[u8], payloads: &mut Payloads) -> Result<Scope, CodecError> {
    let record = ScopeRecord::decode(part).map_err(|error| CodecError::new(WHAT, error))?;
    let position = match present(record.position, WHAT, "position")? {
        Stored::Entering(EnteringPosition { state, input }) => {
            Position::Entering { state: StateId(state), input: payloads.of(input.as_ref())? }
        }
        Stored::Run(run) => Position::In(decode_run(run, payloads)?),
        Stored::Finished(output) => Position::Finished { output: payloads.get(&output)? },
    };
    let parent =
        |parent: ScopeParent| Parent { scope: ScopeId(parent.scope), branch: parent.branch };
    Ok(Scope {
        flow: FlowId(record.flow),
        parent: record.parent.map(parent),
        tail: record.tail,
        variables: decode_variables(record.variables, payloads)?,
        position,
    })
}

fn encode_run(run: &StateRun, writer: &mut Writer) -> StateRunRecord {
    let phase = match &run.phase {
        // A stored snapshot has no visit that has ended: what follows belongs to its decision.
        Phase::Entered | Phase::Ended => None,
        Phase::Waiting { until_ms } => Some(StoredPhase::WaitingUntilMs(*until_ms)),
        Phase::Backoff { until_ms } => Some(StoredPhase::BackoffUntilMs(*until_ms)),
        Phase::Task(attempt) => Some(StoredPhase::Attempt(encode_attempt(attempt, writer))),
        Phase::Iterations { items, length, first, next, open } => {
            Some(StoredPhase::Iterations(IterationsPhase {
                items: Some(writer.place(items)),
                length: *length,
                first: first.0,
                next: *next,
                open: *open,
            }))
        }
        Phase::Branches { first, count, open } => Some(StoredPhase::Branches(BranchesPhase {
            first: first.0,
            count: *count,
            open: *open,
        })),
    };
    StateRunRecord {
        state: run.state.0,
        entered_event: run.entered_event,
        entered_after: run.entered_after,
        entered_ms: run.entered_ms,
        input: Some(writer.place(&run.input)),
        retries: run.retries.clone(),
        phase,
    }
}

fn decode_run(record: StateRunRecord, payloads: &mut Payloads) -> Result<StateRun, CodecError> {
    let phase = match record.phase {
        None => Phase::Entered,
        Some(StoredPhase::WaitingUntilMs(until_ms)) => Phase::Waiting { until_ms },
        Some(StoredPhase::BackoffUntilMs(until_ms)) => Phase::Backoff { until_ms },
        Some(StoredPhase::Attempt(attempt)) => {
            Phase::Task(Box::new(decode_attempt(attempt, payloads)?))
        }
        Some(StoredPhase::Branches(BranchesPhase { first, count, open })) => {
            Phase::Branches { first: ScopeId(first), count, open }
        }
        Some(StoredPhase::Iterations(phase)) => Phase::Iterations {
            items: payloads.of(phase.items.as_ref())?,
            length: phase.length,
            first: ScopeId(phase.first),
            next: phase.next,
            open: phase.open,
        },
    };
    Ok(StateRun {
        state: StateId(record.state),
        entered_event: record.entered_event,
        entered_after: record.entered_after,
        entered_ms: record.entered_ms,
        input: payloads.of(record.input.as_ref())?,
        retries: record.retries,
        phase,
    })
}
