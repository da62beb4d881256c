//! The worker of functions: makes the calls that the queue of functions holds.

use super::report::Task;
use crate::dice::Dice;
use crate::world::World;
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::internal::PollFunctionTasksRequest;
use stepwell_api::internal::queue_service_client::QueueServiceClient;
use stepwell_service_kit::Role;
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(40);

/// See the module.
pub(crate) struct FunctionWorker {
    pub(crate) world: Arc<World>,
    pub(crate) seed: u64,
    pub(crate) name: String,
}

impl FunctionWorker {
    /// Polls, and makes every call that it gets at once, until the run closes.
    pub(crate) async fn run(self) {
        let dice = Dice::new(self.seed, &self.name);
        let mut number = 0_u64;
        while !self.world.is_closing() {
            let Some(way) = self.world.any(Role::Activity.name(), &dice) else {
                sleep(Duration::from_millis(200)).await;
                continue;
            };
            let max_tasks = u32::try_from(dice.between(1, 4)).unwrap_or(1);
            let request = PollFunctionTasksRequest { max_tasks, unable: None };
            let mut service = QueueServiceClient::new(way);
            let polled = timeout(PATIENCE, service.poll_function_tasks(request)).await;
            let Ok(Ok(polled)) = polled else {
                sleep(dice.millis(10, 300)).await;
                continue;
            };
            for started in polled.into_inner().tasks {
                number += 1;
                let dice = Dice::new(self.seed, &format!("{} {number}", self.name));
                let (token, input) = (started.task_token, started.input);
                let task = Task::new(&self.world, dice, token, started.resource, input, true);
                drop(task.map(|task| tokio::spawn(task.work())));
            }
        }
    }
}
