//! The control plane of the script.

use super::Script;
use stepwell_api::controlplane::control_plane_service_server::ControlPlaneService;
use stepwell_api::controlplane::*;
use stepwell_api::from_millis;
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ControlPlaneService for Script {
    async fn create_state_machine(
        &self,
        request: Request<CreateStateMachineRequest>,
    ) -> Answer<CreateStateMachineResponse> {
        self.asked(request)?;
        Ok(Response::new(CreateStateMachineResponse {
            state_machine_arn: "arn:m".into(),
            creation_date: Some(from_millis(1_500)),
            state_machine_version_arn: Some("arn:m:1".into()),
        }))
    }

    async fn describe_state_machine(
        &self,
        request: Request<DescribeStateMachineRequest>,
    ) -> Answer<DescribeStateMachineResponse> {
        self.asked(request)?;
        Ok(Response::new(DescribeStateMachineResponse {
            state_machine_arn: "arn:m".into(),
            name: "m".into(),
            status: StateMachineStatus::Deleting.into(),
            definition: "{\"StartAt\": \"A\"}".into(),
            role_arn: "arn:r".into(),
            creation_date: Some(from_millis(1_500)),
            r#type: "STANDARD".into(),
            revision_id: None,
            variable_references: vec![StateVariableReferences {
                state_name: "A".into(),
                variables: vec!["a".into(), "b".into()],
            }],
            ..DescribeStateMachineResponse::default()
        }))
    }

    async fn list_state_machines(
        &self,
        request: Request<ListStateMachinesRequest>,
    ) -> Answer<ListStateMachinesResponse> {
        self.asked(request)?;
        Ok(Response::new(ListStateMachinesResponse {
            state_machines: vec![StateMachineListItem {
                state_machine_arn: "arn:m".into(),
                name: "m".into(),
                creation_date: Some(from_millis(1_500)),
                r#type: "STANDARD".into(),
            }],
            next_token: Some("next".into()),
        }))
    }

    async fn update_state_machine(
        &self,
        request: Request<UpdateStateMachineRequest>,
    ) -> Answer<UpdateStateMachineResponse> {
        self.asked(request)?;
        Ok(Response::new(UpdateStateMachineResponse {
            update_date: Some(from_millis(2_500)),
            revision_id: Some("r1".into()),
            state_machine_version_arn: None,
        }))
    }

    async fn publish_state_machine_version(
        &self,
        request: Request<PublishStateMachineVersionRequest>,
    ) -> Answer<PublishStateMachineVersionResponse> {
        self.asked(request)?;
        Ok(Response::new(PublishStateMachineVersionResponse {
            state_machine_version_arn: "arn:m:1".into(),
            creation_date: Some(from_millis(1_500)),
        }))
    }

    async fn list_state_machine_versions(
        &self,
        request: Request<ListStateMachineVersionsRequest>,
    ) -> Answer<ListStateMachineVersionsResponse> {
        self.asked(request)?;
        Ok(Response::new(ListStateMachineVersionsResponse {
            state_machine_versions: vec![StateMachineVersionListItem {
                state_machine_version_arn: "arn:m:1".into(),
                creation_date: Some(from_millis(1_500)),
            }],
            next_token: Some("next".into()),
        }))
    }

    async fn delete_state_machine_version(
        &self,
        request: Request<DeleteStateMachineVersionRequest>,
    ) -> Answer<DeleteStateMachineVersionResponse> {
        self.asked(request)?;
        Ok(Response::new(DeleteStateMachineVersionResponse {}))
    }

    async fn create_state_machine_alias(
        &self,
        request: Request<CreateStateMachineAliasRequest>,
    ) -> Answer<CreateStateMachineAliasResponse> {
        self.asked(request)?;
        Ok(Response::new(CreateStateMachineAliasResponse {
            state_machine_alias_arn: "arn:m:a".into(),
            creation_date: Some(from_millis(1_500)),
        }))
    }

    async fn describe_state_machine_alias(
        &self,
        request: Request<DescribeStateMachineAliasRequest>,
    ) -> Answer<DescribeStateMachineAliasResponse> {
        self.asked(request)?;
        Ok(Response::new(DescribeStateMachineAliasResponse {
            state_machine_alias_arn: "arn:m:a".into(),
            name: "a".into(),
            description: Some("d".into()),
            routes: vec![Route { state_machine_version_arn: "arn:m:1".into(), weight: 100 }],
            creation_date: Some(from_millis(1_500)),
            update_date: Some(from_millis(2_500)),
        }))
    }

    async fn update_state_machine_alias(
        &self,
        request: Request<UpdateStateMachineAliasRequest>,
    ) -> Answer<UpdateStateMachineAliasResponse> {
        self.asked(request)?;
        let update_date = Some(from_millis(2_500));
        Ok(Response::new(UpdateStateMachineAliasResponse { update_date }))
    }

    async fn list_state_machine_aliases(
        &self,
        request: Request<ListStateMachineAliasesRequest>,
    ) -> Answer<ListStateMachineAliasesResponse> {
        self.asked(request)?;
        Ok(Response::new(ListStateMachineAliasesResponse {
            state_machine_aliases: vec![StateMachineAliasListItem {
                state_machine_alias_arn: "arn:m:a".into(),
                creation_date: Some(from_millis(1_500)),
            }],
            next_token: None,
        }))
    }

    async fn delete_state_machine_alias(
        &self,
        request: Request<DeleteStateMachineAliasRequest>,
    ) -> Answer<DeleteStateMachineAliasResponse> {
        self.asked(request)?;
        Ok(Response::new(DeleteStateMachineAliasResponse {}))
    }

    async fn tag_resource(
        &self,
        request: Request<TagResourceRequest>,
    ) -> Answer<TagResourceResponse> {
        self.asked(request)?;
        Ok(Response::new(TagResourceResponse {}))
    }

    async fn untag_resource(
        &self,
        request: Request<UntagResourceRequest>,
    ) -> Answer<UntagResourceResponse> {
        self.asked(request)?;
        Ok(Response::new(UntagResourceResponse {}))
    }

    async fn list_tags_for_resource(
        &self,
        request: Request<ListTagsForResourceRequest>,
    ) -> Answer<ListTagsForResourceResponse> {
        self.asked(request)?;
        let tags = vec![Tag { key: "a".into(), value: "".into() }];
        Ok(Response::new(ListTagsForResourceResponse { tags }))
    }

    async fn delete_state_machine(
        &self,
        request: Request<DeleteStateMachineRequest>,
    ) -> Answer<DeleteStateMachineResponse> {
        self.asked(request)?;
        Ok(Response::new(DeleteStateMachineResponse {}))
    }

    async fn validate_state_machine_definition(
        &self,
        request: Request<ValidateStateMachineDefinitionRequest>,
    ) -> Answer<ValidateStateMachineDefinitionResponse> {
        self.asked(request)?;
        let mut diagnostic = Diagnostic {
            severity: DiagnosticSeverity::Warning.into(),
            code: "NO_DOLLAR".into(),
            message: "why".into(),
            location: Some("/States/A".into()),
        };
        let mut diagnostics = vec![diagnostic.clone()];
        diagnostic.set_severity(DiagnosticSeverity::Error);
        diagnostics.push(Diagnostic { location: None, ..diagnostic });
        Ok(Response::new(ValidateStateMachineDefinitionResponse {
            result: ValidationResult::Fail.into(),
            diagnostics,
            truncated: true,
        }))
    }

    async fn create_activity(
        &self,
        request: Request<CreateActivityRequest>,
    ) -> Answer<CreateActivityResponse> {
        self.asked(request)?;
        Ok(Response::new(CreateActivityResponse {
            activity_arn: "arn:a".into(),
            creation_date: Some(from_millis(1_500)),
        }))
    }

    async fn describe_activity(
        &self,
        request: Request<DescribeActivityRequest>,
    ) -> Answer<DescribeActivityResponse> {
        self.asked(request)?;
        Ok(Response::new(DescribeActivityResponse {
            activity_arn: "arn:a".into(),
            name: "a".into(),
            creation_date: Some(from_millis(1_500)),
        }))
    }

    async fn list_activities(
        &self,
        request: Request<ListActivitiesRequest>,
    ) -> Answer<ListActivitiesResponse> {
        self.asked(request)?;
        Ok(Response::new(ListActivitiesResponse {
            activities: vec![ActivityListItem {
                activity_arn: "arn:a".into(),
                name: "a".into(),
                creation_date: Some(from_millis(1_500)),
            }],
            next_token: None,
        }))
    }

    async fn delete_activity(
        &self,
        request: Request<DeleteActivityRequest>,
    ) -> Answer<DeleteActivityResponse> {
        self.asked(request)?;
        Ok(Response::new(DeleteActivityResponse {}))
    }
}
