//! State machines, and what workers make of their tasks.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use stepwell_api::internal::{Revision, StateMachineRecord};
use stepwell_asl::Definition;
use stepwell_asl::ast::{Resource, StateKind, Wait, WaitUntil};
use stepwell_ids::ExecutionArn;
use stepwell_json::Value;
use stepwell_oracle::{
    Case, Endings, Latency, Limits, Outcome, Scenario, TaskCall, Workers, endings,
};

/// The role of every state machine.
pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/simulated";
const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:";

/// A state machine.
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) definition: Definition,
    /// What its executions are started with.
    pub(crate) inputs: Vec<String>,
    number: u128,
    outcomes: Arc<dyn Fn(&TaskCall<'_>) -> Outcome + Send + Sync>,
}

impl Machine {
    pub(crate) fn new(
        number: u128,
        text: String,
        inputs: Vec<String>,
        outcomes: Arc<dyn Fn(&TaskCall<'_>) -> Outcome + Send + Sync>,
    ) -> Result<Self, String> {
        let definition = stepwell_asl::executable(&text).map_err(|findings| {
            format!("{text}\n{}", stepwell_asl::invalid_definition(&findings))
        })?;
        Ok(Self { name: format!("m{number}"), text, definition, inputs, number, outcomes })
    }

    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:states:us-east-1:000000000000:stateMachine:{}", self.name)
    }

    pub(crate) fn hash(&self) -> Bytes {
        Bytes::copy_from_slice(&Sha256::digest(self.text.as_bytes()))
    }

    /// As the control plane keeps it.
    pub(crate) fn record(&self) -> StateMachineRecord {
        let revision = Revision {
            definition_hash: self.hash(),
            role_arn: ROLE.to_owned(),
            ..Revision::default()
        };
        StateMachineRecord {
            incarnation: Bytes::copy_from_slice(&(self.number + 1_000).to_be_bytes()),
            name: self.name.clone(),
            revision: Some(revision),
            created_definition: self.hash(),
            ..StateMachineRecord::default()
        }
    }

    /// The names of the activities that its tasks are for.
    pub(crate) fn activities(&self) -> Vec<String> {
        let states = self.definition.flows().iter().flat_map(|flow| flow.states());
        let activity = |kind: &StateKind| match kind {
            StateKind::Task(task) => match &task.resource {
                Resource::Activity(arn) => {
                    arn.to_string().strip_prefix(ACTIVITY).map(str::to_owned)
                }
                _ => None,
            },
            _ => None,
        };
        states.filter_map(|state| activity(&state.kind)).collect()
    }

    /// Whether its executions start others, of which the naive evaluator knows nothing.
    pub(crate) fn is_nesting(&self) -> bool {
        self.text.contains(":states:startExecution")
    }

    /// The point in time that a state waits for, where the definition names it.
    pub(crate) fn waits_until_ms(&self, state: &str) -> Option<i64> {
        let mut states = self.definition.flows().iter().flat_map(|flow| flow.states());
        match &states.find(|known| &*known.name == state)?.kind {
            StateKind::Wait(Wait { until: WaitUntil::Timestamp(at), .. }) => {
                Some(at.as_epoch_millis())
            }
            _ => None,
        }
    }

    /// What a worker makes of a task; nothing where the input is no JSON.
    pub(crate) fn outcome(
        &self,
        state: &str,
        resource: &str,
        input: &str,
        attempt: u32,
    ) -> Outcome {
        match stepwell_json::parse(input) {
            Ok(input) => (self.outcomes)(&TaskCall { state, resource, input: &input, attempt }),
            Err(_) => Outcome::Silence,
        }
    }

    /// Every way in which an execution can end.
    pub(crate) fn endings(
        &self,
        execution: &ExecutionArn,
        input: &Value,
        started_ms: i64,
    ) -> Endings {
        endings(&Case {
            definition: &self.definition,
            execution,
            role_arn: ROLE,
            input,
            started_ms,
            outcomes: &|call| (self.outcomes)(call),
            latency: Latency::Arbitrary,
            limits: &Limits::default(),
        })
    }
}

/// Random machines of a run, beside those by hand.
const RANDOM: u64 = 4;

/// The machines of a run.
pub(crate) fn machines(seed: u64) -> Vec<Machine> {
    let random = (0..RANDOM).filter_map(|number| {
        let seed = seed.wrapping_mul(RANDOM).wrapping_add(number);
        let scenario = Scenario::generate(seed, Workers::ActivitiesAndFunctions);
        let (text, inputs) = (scenario.definition.clone(), vec![scenario.input.clone()]);
        let outcomes = Arc::new(move |call: &TaskCall<'_>| scenario.answer(call));
        Machine::new(100 + u128::from(number), text, inputs, outcomes).ok()
    });
    by_hand().into_iter().chain(random).collect()
}

/// The machines that every run has.
fn by_hand() -> Vec<Machine> {
    let texts = DEFINITIONS.iter().map(|text| text.replace("ACTIVITY", ACTIVITY));
    let inputs = || {
        let items = ["[]", "[1]", "[1,2,3]", "[{\"a\":1},{\"a\":2},{\"a\":3},{\"a\":4}]"];
        let input = |(n, items)| format!("{{\"n\":{n},\"items\":{items}}}");
        (0..8).zip(items.into_iter().cycle()).map(input).collect()
    };
    let machine = |(number, text)| Machine::new(number, text, inputs(), Arc::new(scripted)).ok();
    (0..).zip(texts).filter_map(machine).collect()
}

/// Decided by the call alone, so that workers and the naive evaluator agree.
fn scripted(call: &TaskCall<'_>) -> Outcome {
    let text = format!("{} {} {}", call.resource, call.input.to_json(), call.attempt);
    let digest = Sha256::digest(text.as_bytes());
    let chance = digest.first().copied().unwrap_or_default() % 10;
    let failure = |error: &str| Outcome::Failure { error: Some(error.into()), cause: None };
    match (call.resource.contains("flaky"), chance) {
        (true, 0..3) => Outcome::Silence,
        (true, 3..6) => failure("Flaky"),
        (false, 0) => failure("Broken"),
        _ => {
            let done = format!("{{\"done\":{},\"by\":{}}}", call.input.to_json(), call.attempt);
            stepwell_json::parse(&done).map_or(Outcome::Silence, Outcome::Success)
        }
    }
}

const DEFINITIONS: &[&str] = &[
    r#"{"StartAt":"A","States":{
        "A":{"Type":"Pass","Result":{"a":1},"ResultPath":"$.a","Next":"B"},
        "B":{"Type":"Pass","Parameters":{"b.$":"$.a","n.$":"$.n"},"Next":"C"},
        "C":{"Type":"Succeed"}}}"#,
    r#"{"StartAt":"W","States":{
        "W":{"Type":"Wait","Seconds":3,"Next":"V"},
        "V":{"Type":"Wait","SecondsPath":"$.n","Next":"P"},
        "P":{"Type":"Pass","End":true}}}"#,
    r#"{"StartAt":"T","States":{
        "T":{"Type":"Task","Resource":"ACTIVITYplain","ResultPath":"$.t","Next":"U",
            "Catch":[{"ErrorEquals":["States.ALL"],"Next":"F"}]},
        "U":{"Type":"Task","Resource":"ACTIVITYother","InputPath":"$.t","Retry":[
            {"ErrorEquals":["Broken"],"IntervalSeconds":1,"MaxAttempts":2}],"End":true},
        "F":{"Type":"Fail","Error":"Caught","Cause":"the task failed"}}}"#,
    r#"{"StartAt":"T","States":{
        "T":{"Type":"Task","Resource":"ACTIVITYflaky","TimeoutSeconds":60,"HeartbeatSeconds":40,
            "Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":1,"MaxAttempts":6,
                "BackoffRate":1.5}],
            "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.e","Next":"P"}],"End":true},
        "P":{"Type":"Pass","End":true}}}"#,
    r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
        {"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":2,"Next":"T"},
            "T":{"Type":"Task","Resource":"ACTIVITYplain","End":true}}},
        {"StartAt":"U","States":{"U":{"Type":"Task","Resource":"ACTIVITYother","End":true}}},
        {"StartAt":"X","States":{"X":{"Type":"Pass","End":true}}}]}}}"#,
    r#"{"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":2,
        "ItemProcessor":{"StartAt":"T","States":{
            "T":{"Type":"Task","Resource":"ACTIVITYplain","Retry":[
                {"ErrorEquals":["States.ALL"],"IntervalSeconds":1,"MaxAttempts":5}],"Next":"W"},
            "W":{"Type":"Wait","Seconds":1,"End":true}}},"End":true}}}"#,
    r#"{"StartAt":"F","States":{
        "F":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:plain",
            "ResultPath":"$.f","Retry":[
                {"ErrorEquals":["Broken"],"IntervalSeconds":1,"MaxAttempts":3}],"Next":"W"},
        "W":{"Type":"Wait","Seconds":1,"Next":"G"},
        "G":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:other",
            "Catch":[{"ErrorEquals":["Broken"],"Next":"H"}],"End":true},
        "H":{"Type":"Pass","End":true}}}"#,
    r#"{"StartAt":"W","TimeoutSeconds":6,"States":{"W":{"Type":"Wait","Seconds":600,"End":true}}}"#,
    r#"{"StartAt":"N","States":{
        "N":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2","Parameters":{
            "StateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:m2",
            "Input":{"n.$":"$.n","items.$":"$.items"}},"ResultSelector":{"s.$":"$.Status"},
            "Catch":[{"ErrorEquals":["States.ALL"],"Next":"P"}],"Next":"P"},
        "P":{"Type":"Pass","End":true}}}"#,
    r#"{"StartAt":"N","States":{
        "N":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution","Parameters":{
            "StateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:m1",
            "Input":{"n":1}},"ResultPath":"$.started","Next":"W"},
        "W":{"Type":"Wait","Seconds":1,"End":true}}}"#,
    r#"{"StartAt":"C","States":{
        "C":{"Type":"Choice","Choices":[
            {"Variable":"$.n","NumericGreaterThanEquals":9,"Next":"S"}],"Default":"W"},
        "W":{"Type":"Wait","Seconds":1,"Next":"N"},
        "N":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n,3)"},"Next":"C"},
        "S":{"Type":"Succeed"}}}"#,
    // Points in time of a run, some of them closer to each other than clocks are.
    r#"{"StartAt":"A","States":{
        "A":{"Type":"Wait","Timestamp":"2023-11-14T22:13:24Z","Next":"B"},
        "B":{"Type":"Wait","Timestamp":"2023-11-14T22:13:24.060Z","Next":"T"},
        "T":{"Type":"Task","Resource":"ACTIVITYplain","Catch":[
            {"ErrorEquals":["States.ALL"],"Next":"C"}],"Next":"C"},
        "C":{"Type":"Wait","Timestamp":"2023-11-14T22:13:32Z","Next":"D"},
        "D":{"Type":"Wait","Timestamp":"2023-11-14T22:13:32.120Z","Next":"E"},
        "E":{"Type":"Parallel","End":true,"Branches":[
            {"StartAt":"F","States":{
                "F":{"Type":"Wait","Timestamp":"2023-11-14T22:13:40Z","End":true}}},
            {"StartAt":"G","States":{
                "G":{"Type":"Wait","Timestamp":"2023-11-14T22:13:40.080Z","Next":"H"},
                "H":{"Type":"Wait","Timestamp":"2023-11-14T22:13:40.090Z","End":true}}}]}}}"#,
];
