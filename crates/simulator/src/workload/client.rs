//! A client: starts executions, the same ones again, others under taken names; stops and reads.

use crate::dice::Dice;
use crate::journal::{Answer, Read, Shown, Span, Start, Stop};
use crate::world::World;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use stepwell_api::execution::execution_service_client::ExecutionServiceClient;
use stepwell_api::execution::*;
use stepwell_api::{ApiError, ErrorCode, to_millis};
use stepwell_service_kit::{Role, Transport};
use tokio::time::{sleep, timeout};
use tonic::Status;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a client asks whether an execution has ended, at most.
const LOOKS: u64 = 60;

/// See the module.
pub(crate) struct Client {
    pub(crate) world: Arc<World>,
    pub(crate) number: u64,
    pub(crate) dice: Dice,
    /// What all clients have started so far.
    pub(crate) started: Arc<Mutex<Vec<StartExecutionRequest>>>,
}

impl Client {
    /// Makes its calls.
    pub(crate) async fn run(self) {
        let pause = 2 * self.world.plan.faulty_ms / self.world.plan.calls.max(1);
        for call in 0..self.world.plan.calls {
            sleep(self.dice.millis(0, pause)).await;
            match self.dice.below(100) {
                0..40 => self.start_new(call).await,
                40..52 => self.start_again().await,
                52..62 => self.start_other(call).await,
                62..68 => self.stop().await,
                68..84 => self.watch().await,
                _ => {
                    if let Some(arn) = self.arn() {
                        self.history(arn).await;
                    }
                }
            }
        }
    }

    fn started(&self) -> Option<StartExecutionRequest> {
        let started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        // The newest are the most interesting ones.
        let from = started.len().saturating_sub(8);
        self.dice.pick(started.get(from..).unwrap_or_default()).cloned()
    }

    async fn start_new(&self, call: u64) {
        let Some(machine) = self.dice.pick(&self.world.machines) else { return };
        let request = StartExecutionRequest {
            state_machine_arn: machine.arn(),
            name: Some(format!("e{}-{call}", self.number)),
            input: self.dice.pick(&machine.inputs).cloned(),
            request_id: Some(format!("r{}-{call}", self.number)),
        };
        self.started.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        // As the gateway does: the same call until it is answered, a bounded number of times.
        for _ in 0..3 {
            if self.start(request.clone()).await != Answer::Unknown {
                return;
            }
        }
    }

    /// The same call, perhaps while the first is under way.
    async fn start_again(&self) {
        if let Some(request) = self.started() {
            self.start(request).await;
        }
    }

    /// Another call under a name that was used.
    async fn start_other(&self, call: u64) {
        let Some(mut request) = self.started() else { return };
        request.request_id = Some(format!("o{}-{call}", self.number));
        if self.dice.chance(700) {
            request.input = Some(format!("{{\"n\":9,\"items\":[{call}]}}"));
        }
        self.start(request).await;
    }

    fn service(&self) -> Option<ExecutionServiceClient<Transport>> {
        self.world.any(Role::Execution.name(), &self.dice).map(ExecutionServiceClient::new)
    }

    async fn start(&self, request: StartExecutionRequest) -> Answer<i64> {
        let Some(mut service) = self.service() else { return Answer::Unknown };
        let asked = self.world.audit.tick();
        let answer = timeout(PATIENCE, service.start_execution(request.clone())).await;
        let answer = self.answer(answer, &[ErrorCode::ExecutionAlreadyExists], |started| {
            started.start_date.as_ref().map(to_millis).unwrap_or_default()
        });
        let machine = request.state_machine_arn.replace(":stateMachine:", ":execution:");
        let start = Start {
            span: Span { asked, answered: self.world.audit.tick() },
            arn: format!("{machine}:{}", request.name.unwrap_or_default()),
            input: request.input.unwrap_or_default(),
            request_id: request.request_id.unwrap_or_default(),
            answer: answer.clone(),
        };
        self.world.journal.entries().starts.push(start);
        answer
    }

    fn arn(&self) -> Option<String> {
        let request = self.started()?;
        let machine = request.state_machine_arn.replace(":stateMachine:", ":execution:");
        Some(format!("{machine}:{}", request.name.unwrap_or_default()))
    }

    async fn stop(&self) {
        let (Some(arn), Some(mut service)) = (self.arn(), self.service()) else { return };
        let asked = self.world.audit.tick();
        let request = StopExecutionRequest {
            execution_arn: arn.clone(),
            error: Some("Stopped".to_owned()),
            cause: None,
        };
        let answer = timeout(PATIENCE, service.stop_execution(request)).await;
        let answer = self.answer(answer, &[ErrorCode::ExecutionDoesNotExist], |stopped| {
            stopped.stop_date.as_ref().map(to_millis)
        });
        let span = Span { asked, answered: self.world.audit.tick() };
        self.world.journal.entries().stops.push(Stop { span, arn, answer });
    }

    /// Asks for an execution until it has ended, for a while, and then for its history; whichever
    /// nodes are asked.
    async fn watch(&self) {
        let Some(arn) = self.arn() else { return };
        for _ in 0..self.dice.below(LOOKS) + 1 {
            if self.describe(arn.clone()).await {
                return self.history(arn).await;
            }
            sleep(self.dice.millis(0, 80)).await;
        }
    }

    /// Whether the execution was shown to have ended.
    async fn describe(&self, arn: String) -> bool {
        let Some(mut service) = self.service() else { return false };
        let asked = self.world.audit.tick();
        let request = DescribeExecutionRequest { execution_arn: arn.clone() };
        let answer = timeout(PATIENCE, service.describe_execution(request)).await;
        let answer =
            self.answer(answer, &[ErrorCode::ExecutionDoesNotExist], |found| Shown::Execution {
                running: found.status() == ExecutionStatus::Running,
                started_ms: found.start_date.as_ref().map(to_millis).unwrap_or_default(),
                stopped_ms: found.stop_date.as_ref().map(to_millis),
                output: found.output.clone(),
            });
        let ended = matches!(answer, Answer::Done(Shown::Execution { running: false, .. }));
        self.read(arn, asked, answer);
        ended
    }

    async fn history(&self, arn: String) {
        let Some(mut service) = self.service() else { return };
        let asked = self.world.audit.tick();
        let request = GetExecutionHistoryRequest {
            execution_arn: arn.clone(),
            max_results: Some(1_000),
            ..Default::default()
        };
        let answer = timeout(PATIENCE, service.get_execution_history(request)).await;
        let answer = self.answer(answer, &[ErrorCode::ExecutionDoesNotExist], |found| {
            Shown::History(found.events.clone())
        });
        self.read(arn, asked, answer);
    }

    fn read(&self, arn: String, asked: u64, answer: Answer<Shown>) {
        let span = Span { asked, answered: self.world.audit.tick() };
        let shown = match answer {
            Answer::Done(shown) => shown,
            Answer::Refused(_) => Shown::Nothing,
            Answer::Unknown => return,
        };
        self.world.journal.entries().reads.push(Read { span, arn, shown });
    }

    fn answer<T, U>(
        &self,
        answer: Result<Result<tonic::Response<T>, Status>, tokio::time::error::Elapsed>,
        refusals: &[ErrorCode],
        read: impl Fn(&T) -> U,
    ) -> Answer<U> {
        match answer {
            Err(_) => Answer::Unknown,
            Ok(Ok(answer)) => Answer::Done(read(answer.get_ref())),
            Ok(Err(status)) => {
                let error = ApiError::from(status);
                let code = error.code();
                if code != ErrorCode::ServiceUnavailable && !refusals.contains(&code) {
                    let surprise =
                        format!("a client was told {}: {}", code.name(), error.message());
                    self.world.journal.entries().surprises.push(surprise);
                }
                if refusals.contains(&code) {
                    Answer::Refused(code.name())
                } else {
                    Answer::Unknown
                }
            }
        }
    }
}
