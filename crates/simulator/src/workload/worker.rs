//! A worker of an activity.

use super::report::Task;
use crate::dice::Dice;
use crate::world::World;
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::activity::GetActivityTaskRequest;
use stepwell_api::activity::activity_service_client::ActivityServiceClient;
use stepwell_service_kit::Role;
use tokio::time::{sleep, timeout};

/// How long a worker waits for the answer of a poll.
const PATIENCE: Duration = Duration::from_secs(20);

/// See the module.
pub(crate) struct Worker {
    pub(crate) world: Arc<World>,
    pub(crate) seed: u64,
    pub(crate) name: String,
    pub(crate) activity: String,
}

impl Worker {
    /// Polls, and works on everything that it gets at once, until the run closes.
    pub(crate) async fn run(self) {
        let dice = Dice::new(self.seed, &self.name);
        let arn = format!("arn:aws:states:us-east-1:000000000000:activity:{}", self.activity);
        for number in 0_u64.. {
            if self.world.is_closing() {
                return;
            }
            let Some(way) = self.world.any(Role::Activity.name(), &dice) else {
                sleep(Duration::from_millis(200)).await;
                continue;
            };
            let request = GetActivityTaskRequest {
                activity_arn: arn.clone(),
                worker_name: Some(self.name.clone()),
            };
            let mut service = ActivityServiceClient::new(way);
            let polled = timeout(PATIENCE, service.get_activity_task(request)).await;
            let Ok(Ok(polled)) = polled else {
                sleep(dice.millis(10, 300)).await;
                continue;
            };
            let polled = polled.into_inner();
            if let (Some(token), Some(input)) = (polled.task_token, polled.input) {
                let dice = Dice::new(self.seed, &format!("{} {number}", self.name));
                let task = Task::new(&self.world, dice, token, arn.clone(), input, false);
                drop(task.map(|task| tokio::spawn(task.work())));
            }
        }
    }
}
