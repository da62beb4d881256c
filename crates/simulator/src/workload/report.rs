//! Reporting what became of a task: late, twice, against each other, until somebody answers.

use crate::dice::Dice;
use crate::journal::{Answer, Delivery, Report, Reported, Span};
use crate::world::World;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use stepwell_api::activity::activity_service_client::ActivityServiceClient;
use stepwell_api::activity::*;
use stepwell_api::internal::queue_service_client::QueueServiceClient;
use stepwell_api::internal::report_task_request::Report as Told;
use stepwell_api::internal::*;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_ids::{ExecutionArn, partition_of};
use stepwell_oracle::Outcome;
use stepwell_partition::load;
use stepwell_service_kit::Role;
use stepwell_service_kit::tokens::TaskToken;
use stepwell_storage::PartitionStore as _;
use tokio::time::{sleep, timeout};
use tonic::Status;

const PATIENCE: Duration = Duration::from_secs(30);

/// A task that a worker was given.
pub(super) struct Task {
    pub(super) world: Arc<World>,
    pub(super) dice: Dice,
    pub(super) text: String,
    pub(super) token: TaskToken,
    pub(super) resource: String,
    pub(super) input: String,
    pub(super) is_function: bool,
}

impl Task {
    /// The task of a token; notes that it arrived.
    pub(super) fn new(
        world: &Arc<World>,
        dice: Dice,
        text: String,
        resource: String,
        input: String,
        is_function: bool,
    ) -> Option<Self> {
        let opened = TaskToken::open(&world.keys, &text);
        let mut entries = world.journal.entries();
        let Ok(token) = opened else {
            entries.surprises.push("a worker got a token that can't be opened".to_owned());
            return None;
        };
        let at = world.audit.tick();
        entries.deliveries.push(Delivery { at, task: token.clone(), is_function });
        drop(entries);
        Some(Self { world: Arc::clone(world), dice, text, token, resource, input, is_function })
    }

    /// Does the work, and reports.
    pub(super) async fn work(self) {
        self.world.reporting.fetch_add(1, Ordering::Relaxed);
        match self.outcome().await {
            Outcome::Success(output) => self.end(Reported::Success(output.to_json())).await,
            Outcome::Failure { error, cause } => {
                let text = |text: Option<Arc<str>>| text.as_deref().map(str::to_owned);
                self.end(Reported::Failure(text(error), text(cause))).await;
            }
            Outcome::Silence => self.late().await,
        }
        self.world.reporting.fetch_sub(1, Ordering::Relaxed);
    }

    async fn outcome(&self) -> Outcome {
        let machine = self.token.execution.split(':').nth(3).unwrap_or_default();
        let machine = self.world.machines.iter().find(|known| known.name == machine);
        let attempt = u32::try_from(self.token.attempt).unwrap_or(u32::MAX);
        machine.map_or(Outcome::Silence, |machine| {
            machine.outcome("", &self.resource, &self.input, attempt)
        })
    }

    async fn end(&self, what: Reported) {
        sleep(self.dice.millis(0, 1_500)).await;
        if self.dice.chance(300) {
            self.report(Reported::Heartbeat).await;
            sleep(self.dice.millis(0, 1_500)).await;
        }
        if self.dice.chance(150) {
            tokio::join!(self.report(what.clone()), self.report(what.clone()));
        }
        // A worker does not give up: without a timeout its task would wait for ever.
        while self.report(what.clone()).await == Answer::Unknown {
            sleep(self.dice.millis(50, 1_000)).await;
        }
        // Of a function's end it is not known yet whether it was taken or kept for later.
        if !self.is_function && self.dice.chance(200) {
            self.report(Reported::Failure(Some("Late".to_owned()), None)).await;
        }
        if self.dice.chance(100) {
            self.report(what).await;
        }
    }

    /// Says nothing until the attempt is over, and then speaks up: to no avail.
    async fn late(&self) {
        while self.is_open().await {
            sleep(self.dice.millis(200, 2_000)).await;
        }
        if self.dice.chance(700) {
            self.report(Reported::Success("\"late\"".to_owned())).await;
        }
    }

    async fn is_open(&self) -> bool {
        let Ok(arn) = ExecutionArn::parse(&format!("arn:aws:states:{}", self.token.execution))
        else {
            return false;
        };
        let memory = &self.world.audit.memory;
        let count = std::num::NonZeroU32::new(memory.partitions());
        let partition = count.map_or(0, |count| partition_of(&arn, count));
        let found = load(memory, partition, &arn).await.ok().flatten();
        found.is_some_and(|found| {
            found.origin().run_id == self.token.run_id
                && found.snapshot().attempt(self.token.scheduled_event_id).is_some()
        })
    }

    async fn report(&self, what: Reported) -> Answer<()> {
        let asked = self.world.audit.tick();
        let Some(way) = self.world.any(Role::Activity.name(), &self.dice) else {
            return Answer::Unknown;
        };
        let told = match (&what, self.is_function) {
            (_, true) => {
                let report = ReportFunctionTaskRequest { report: Some(self.told(&what)) };
                let mut service = QueueServiceClient::new(way);
                timeout(PATIENCE, service.report_function_task(report)).await.map(|r| r.map(drop))
            }
            (Reported::Success(output), false) => {
                let (task_token, output) = (self.text.clone(), output.clone());
                let request = SendTaskSuccessRequest { task_token, output };
                let mut service = ActivityServiceClient::new(way);
                timeout(PATIENCE, service.send_task_success(request)).await.map(|r| r.map(drop))
            }
            (Reported::Failure(error, cause), false) => {
                let (error, cause) = (error.clone(), cause.clone());
                let request =
                    SendTaskFailureRequest { task_token: self.text.clone(), error, cause };
                let mut service = ActivityServiceClient::new(way);
                timeout(PATIENCE, service.send_task_failure(request)).await.map(|r| r.map(drop))
            }
            (Reported::Heartbeat, false) => {
                let request = SendTaskHeartbeatRequest { task_token: self.text.clone() };
                let mut service = ActivityServiceClient::new(way);
                timeout(PATIENCE, service.send_task_heartbeat(request)).await.map(|r| r.map(drop))
            }
        };
        let answer = self.answer(told.unwrap_or_else(|_| Err(Status::unavailable("silence"))));
        let span = Span { asked, answered: self.world.audit.tick() };
        let (task, is_function) = (self.token.clone(), self.is_function);
        let report = Report { span, task, what, is_function, answer: answer.clone() };
        self.world.journal.entries().reports.push(report);
        answer
    }

    fn told(&self, what: &Reported) -> ReportTaskRequest {
        let report = match what {
            Reported::Success(output) => Told::Output(output.clone()),
            Reported::Failure(error, cause) => Told::Failure(TaskFailure {
                kind: TaskFailureKind::Failed.into(),
                error: error.clone(),
                cause: cause.clone(),
            }),
            Reported::Heartbeat => Told::Heartbeat(TaskHeartbeat {}),
        };
        let (task_token, report) = (self.text.clone(), Some(report));
        ReportTaskRequest { task_token, report, reporter: TaskReporter::Caller.into() }
    }

    fn answer(&self, answer: Result<(), Status>) -> Answer<()> {
        let error = match answer {
            Ok(()) => return Answer::Done(()),
            Err(status) => ApiError::from(status),
        };
        match error.code() {
            ErrorCode::ServiceUnavailable => Answer::Unknown,
            ErrorCode::TaskTimedOut => Answer::Refused(ErrorCode::TaskTimedOut.name()),
            ErrorCode::TaskDoesNotExist => Answer::Refused(ErrorCode::TaskDoesNotExist.name()),
            code => {
                let text = format!("a worker was told {}: {}", code.name(), error.message());
                self.world.journal.entries().surprises.push(text);
                Answer::Refused(code.name())
            }
        }
    }
}
