//! The execution service of the script.

use super::Script;
use stepwell_api::execution::execution_service_server::ExecutionService;
use stepwell_api::execution::*;
use stepwell_api::from_millis;
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ExecutionService for Script {
    async fn start_execution(
        &self,
        request: Request<StartExecutionRequest>,
    ) -> Answer<StartExecutionResponse> {
        self.starts.lock().unwrap().push(request.get_ref().clone());
        // A fault of a service, as the edge must survive it.
        assert_ne!(request.get_ref().state_machine_arn, "arn:panic");
        self.asked(request)?;
        Ok(Response::new(StartExecutionResponse {
            execution_arn: "arn:e".into(),
            start_date: Some(from_millis(1_700_000_000_123)),
        }))
    }

    async fn stop_execution(
        &self,
        request: Request<StopExecutionRequest>,
    ) -> Answer<StopExecutionResponse> {
        self.asked(request)?;
        Ok(Response::new(StopExecutionResponse { stop_date: Some(from_millis(2_500)) }))
    }

    async fn describe_execution(
        &self,
        request: Request<DescribeExecutionRequest>,
    ) -> Answer<DescribeExecutionResponse> {
        let asked = self.asked(request)?;
        let mut found = DescribeExecutionResponse {
            execution_arn: asked.execution_arn.clone(),
            state_machine_arn: "arn:m".into(),
            name: "e".into(),
            status: ExecutionStatus::Running.into(),
            start_date: Some(from_millis(1_500)),
            stop_date: None,
            input: "{}".into(),
            output: None,
            error: None,
            cause: None,
            ..DescribeExecutionResponse::default()
        };
        match asked.execution_arn.as_str() {
            "arn:succeeded" => {
                found.set_status(ExecutionStatus::Succeeded);
                found.stop_date = Some(from_millis(2_500));
                found.output = Some("[1]".into());
            }
            "arn:failed" => {
                found.set_status(ExecutionStatus::Failed);
                // Late enough to be redriven as long as this test is run.
                found.stop_date = Some(from_millis(32_503_680_000_000));
                found.error = Some("E".into());
                found.cause = Some("why".into());
            }
            _ => {}
        }
        Ok(Response::new(found))
    }

    async fn describe_state_machine_for_execution(
        &self,
        request: Request<DescribeStateMachineForExecutionRequest>,
    ) -> Answer<DescribeStateMachineForExecutionResponse> {
        self.asked(request)?;
        Ok(Response::new(DescribeStateMachineForExecutionResponse {
            state_machine_arn: "arn:m".into(),
            name: "m".into(),
            definition: "{}".into(),
            role_arn: "arn:r".into(),
            update_date: Some(from_millis(2_500)),
            ..DescribeStateMachineForExecutionResponse::default()
        }))
    }

    async fn get_execution_history(
        &self,
        request: Request<GetExecutionHistoryRequest>,
    ) -> Answer<GetExecutionHistoryResponse> {
        self.asked(request)?;
        Ok(Response::new(self.history.lock().unwrap().clone()))
    }

    async fn list_executions(
        &self,
        request: Request<ListExecutionsRequest>,
    ) -> Answer<ListExecutionsResponse> {
        self.asked(request)?;
        Ok(Response::new(ListExecutionsResponse {
            executions: vec![ExecutionListItem {
                execution_arn: "arn:e".into(),
                state_machine_arn: "arn:m".into(),
                name: "e".into(),
                status: ExecutionStatus::TimedOut.into(),
                start_date: Some(from_millis(1_500)),
                stop_date: Some(from_millis(2_500)),
                state_machine_version_arn: Some("arn:m:1".into()),
                state_machine_alias_arn: Some("arn:m:a".into()),
            }],
            next_token: Some("next".into()),
        }))
    }
}
