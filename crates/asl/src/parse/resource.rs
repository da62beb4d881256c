//! The `Resource` of a Task state.

use super::fields::Fields;
use super::report::{Place, Report, quote};
use crate::ast::{CallPattern, Integration, Resource};
use std::sync::Arc;

/// How a call may end: with the answer, with the job, with the job told as JSON, by a token.
type Patterns = &'static [CallPattern];

const ANSWER: Patterns = &[CallPattern::RequestResponse];
const JOB: Patterns = &[CallPattern::RequestResponse, CallPattern::Sync];
const TOKEN: Patterns = &[CallPattern::RequestResponse, CallPattern::WaitForTaskToken];
const JOB_OR_TOKEN: Patterns =
    &[CallPattern::RequestResponse, CallPattern::Sync, CallPattern::WaitForTaskToken];
const ALL: Patterns = &[
    CallPattern::RequestResponse,
    CallPattern::Sync,
    CallPattern::Sync2,
    CallPattern::WaitForTaskToken,
];

/// The actions of a service with how their calls may end.
type Actions = &'static [(&'static [&'static str], Patterns)];

/// Services with optimised integrations (developer guide, "Integrating optimized services").
const SERVICES: &[(&str, Actions)] = &[
    ("apigateway", &[(&["invoke"], TOKEN)]),
    (
        "athena",
        &[
            (&["startQueryExecution"], JOB),
            (&["stopQueryExecution", "getQueryExecution", "getQueryResults"], ANSWER),
        ],
    ),
    ("batch", &[(&["submitJob"], JOB)]),
    ("bedrock", &[(&["invokeModel"], TOKEN), (&["createModelCustomizationJob"], JOB)]),
    (
        "codebuild",
        &[
            (&["startBuild", "startBuildBatch", "retryBuildBatch"], JOB),
            (
                &[
                    "stopBuild",
                    "batchDeleteBuilds",
                    "batchGetReports",
                    "stopBuildBatch",
                    "deleteBuildBatch",
                ],
                ANSWER,
            ),
        ],
    ),
    ("databrew", &[(&["startJobRun"], JOB)]),
    ("dynamodb", &[(&["getItem", "putItem", "updateItem", "deleteItem"], ANSWER)]),
    ("ecs", &[(&["runTask"], JOB_OR_TOKEN)]),
    (
        "eks",
        &[
            (
                &[
                    "createCluster",
                    "deleteCluster",
                    "createFargateProfile",
                    "deleteFargateProfile",
                    "createNodegroup",
                    "deleteNodegroup",
                ],
                JOB,
            ),
            (&["runJob"], JOB_OR_TOKEN),
            (&["call"], TOKEN),
        ],
    ),
    (
        "elasticmapreduce",
        &[
            (&["createCluster", "terminateCluster", "addStep"], JOB),
            (
                &[
                    "setClusterTerminationProtection",
                    "cancelStep",
                    "modifyInstanceFleetByName",
                    "modifyInstanceGroupByName",
                ],
                ANSWER,
            ),
        ],
    ),
    (
        "emr-containers",
        &[(&["createVirtualCluster"], ANSWER), (&["deleteVirtualCluster", "startJobRun"], JOB)],
    ),
    (
        "emr-serverless",
        &[(
            &[
                "createApplication",
                "startApplication",
                "stopApplication",
                "deleteApplication",
                "startJobRun",
                "cancelJobRun",
            ],
            JOB,
        )],
    ),
    ("events", &[(&["putEvents"], TOKEN)]),
    ("glue", &[(&["startJobRun"], JOB)]),
    ("http", &[(&["invoke"], ANSWER)]),
    ("lambda", &[(&["invoke"], TOKEN)]),
    ("mediaconvert", &[(&["createJob"], JOB)]),
    (
        "sagemaker",
        &[
            (
                &[
                    "createHyperParameterTuningJob",
                    "createLabelingJob",
                    "createProcessingJob",
                    "createTrainingJob",
                    "createTransformJob",
                ],
                JOB,
            ),
            (&["createEndpoint", "createEndpointConfig", "createModel", "updateEndpoint"], ANSWER),
        ],
    ),
    ("sns", &[(&["publish"], TOKEN)]),
    ("sqs", &[(&["sendMessage"], TOKEN)]),
    ("states", &[(&["startExecution"], ALL)]),
];

pub(super) fn resource(fields: &Fields<'_>, report: &mut Report) -> Option<Resource> {
    let arn = fields.text("Resource", report)?;
    let place = fields.at("Resource");
    if !arn.starts_with("arn:") {
        report.schema("Value is not a valid resource ARN", &place);
        return None;
    }
    let resource = recognise(&arn);
    if resource.is_none() {
        report_unknown(&arn, &place, report);
    }
    resource
}

/// Reports an ARN that names nothing which can be called.
pub(super) fn report_unknown(arn: &str, place: &Place<'_>, report: &mut Report) {
    let message = format!(
        "The resource provided {} is not recognized. The value is not a valid resource ARN, \
         or the resource is not available in this region.",
        quote(arn)
    );
    report.schema(message, place);
}

fn recognise(arn: &Arc<str>) -> Option<Resource> {
    let mut parts = arn.splitn(6, ':');
    let [_, partition, service, region, account, rest] = std::array::from_fn(|_| parts.next());
    if !partition?.starts_with("aws") {
        return None;
    }
    let (service, region, account, rest) = (service?, region?, account?, rest?);
    if (service, region, account) == ("states", "", "") {
        return integration(arn, rest).map(Resource::Integration);
    }
    if region.is_empty() || account.is_empty() {
        return None;
    }
    let (kind, name) = rest.split_once(':')?;
    let named = !name.is_empty() && !name.starts_with(':');
    match (service, kind) {
        ("states", "activity") if named && !name.contains(':') => {
            Some(Resource::Activity(Arc::clone(arn)))
        }
        ("lambda", "function") if named => Some(Resource::Function(Arc::clone(arn))),
        _ => None,
    }
}

fn integration(arn: &Arc<str>, rest: &str) -> Option<Integration> {
    let (sdk, call) = rest.strip_prefix("aws-sdk:").map_or(("", rest), |call| ("aws-sdk:", call));
    let (service, action) = call.split_once(':')?;
    let (name, suffix) = action.split_once('.').map_or((action, None), |(n, s)| (n, Some(s)));
    let pattern = CallPattern::of_suffix(suffix)?;
    let patterns = if sdk.is_empty() { optimised(service, name)? } else { of_sdk(service, name)? };
    patterns.contains(&pattern).then(|| Integration {
        arn: Arc::clone(arn),
        service: format!("{sdk}{service}").into(),
        action: action.into(),
        pattern,
    })
}

/// How a call of an optimised integration may end; none where there is no such call.
fn optimised(service: &str, action: &str) -> Option<Patterns> {
    let (_, actions) = SERVICES.iter().find(|(name, _)| *name == service)?;
    let (_, patterns) = actions.iter().find(|(names, _)| names.contains(&action))?;
    Some(patterns)
}

/// As [`optimised`], of an action of the AWS SDK: `s3` and `getObject`. Which services and actions
/// there are is not known here, only how their names are written.
fn of_sdk(service: &str, action: &str) -> Option<Patterns> {
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    let is_service = plain(service) && !service.contains(|c: char| c.is_ascii_uppercase());
    let is_action = plain(action) && action.starts_with(|c: char| c.is_ascii_lowercase());
    (is_service && is_action).then_some(TOKEN)
}

#[cfg(test)]
mod tests {
    use super::recognise;
    use crate::ast::Resource;

    #[test]
    fn resources_are_told_by_their_arns() {
        let recognised = |arn: &str| recognise(&arn.into());
        let activity = "arn:aws:states:us-east-1:000000000000:activity:Pack";
        assert_eq!(recognised(activity), Some(Resource::Activity(activity.into())));
        for function in [
            "arn:aws:lambda:us-east-1:000000000000:function:pay",
            "arn:aws-cn:lambda:cn-north-1:000000000000:function:pay:$LATEST",
        ] {
            assert_eq!(recognised(function), Some(Resource::Function(function.into())));
        }
        for (arn, service, action) in [
            ("arn:aws:states:::lambda:invoke", "lambda", "invoke"),
            ("arn:aws:states:::states:startExecution.sync:2", "states", "startExecution.sync:2"),
            ("arn:aws:states:::aws-sdk:s3:getObject", "aws-sdk:s3", "getObject"),
            ("arn:aws:states:::glue:startJobRun.sync", "glue", "startJobRun.sync"),
            ("arn:aws:states:::http:invoke", "http", "invoke"),
            (
                "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "sqs",
                "sendMessage.waitForTaskToken",
            ),
            (
                "arn:aws:states:::aws-sdk:s3:listBuckets.waitForTaskToken",
                "aws-sdk:s3",
                "listBuckets.waitForTaskToken",
            ),
            ("arn:aws-cn:states:::aws-sdk:apigatewayv2:getApis", "aws-sdk:apigatewayv2", "getApis"),
        ] {
            let Some(Resource::Integration(found)) = recognised(arn) else { panic!("{arn}") };
            assert_eq!((&*found.service, &*found.action), (service, action));
        }
        for arn in [
            "arn:",
            "arn:aws:states:::dynamodb:query",
            "arn:aws:states:::nothing:here",
            "arn:aws:states:::lambda:invoke.never",
            "arn:aws:states:::aws-sdk:s3",
            "arn:aws:states:::aws-sdk:s3:GetObject",
            "arn:aws:states:::aws-sdk:S3:getObject",
            "arn:aws:states:::aws-sdk:s3:getObject.sync",
            "arn:aws:states:::lambda:invoke.sync",
            "arn:aws:states:::lambda:listFunctions",
            "arn:aws:states:::sqs:sendMessage.sync",
            "arn:aws:states:::glue:startJobRun.sync:2",
            "arn:aws:states:::dynamodb:putItem.waitForTaskToken",
            "arn:aws:states:::http:invoke.waitForTaskToken",
            "arn:aws:states:::s3:getObject",
            "arn:aws:states:::",
            "arn:aws:states:us-east-1:000000000000:stateMachine:M",
            "arn:aws:states:us-east-1:000000000000:activity:",
            "arn:aws:states:us-east-1:000000000000:activity:a:b",
            "arn:aws:lambda:us-east-1:000000000000:function:",
            "arn:aws:lambda:us-east-1::function:f",
            "arn:azure:lambda:us-east-1:000000000000:function:f",
            "arn:aws:s3:us-east-1:000000000000:bucket:b",
        ] {
            assert_eq!(recognised(arn), None, "{arn}");
        }
    }
}
