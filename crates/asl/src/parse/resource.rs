//! The `Resource` of a Task state.

use super::fields::Fields;
use super::report::{Report, quote};
use crate::ast::{Integration, Resource};
use std::sync::Arc;

/// Services with optimised integrations, with their actions where the list is short and closed.
const SERVICES: &[(&str, &[&str])] = &[
    ("apigateway", &["invoke"]),
    ("athena", &[]),
    ("batch", &["submitJob"]),
    ("bedrock", &[]),
    ("codebuild", &[]),
    ("databrew", &["startJobRun"]),
    ("dynamodb", &["getItem", "putItem", "updateItem", "deleteItem"]),
    ("ecs", &["runTask"]),
    ("eks", &[]),
    ("elasticmapreduce", &[]),
    ("emr-containers", &[]),
    ("emr-serverless", &[]),
    ("events", &["putEvents"]),
    ("glue", &["startJobRun"]),
    ("http", &["invoke"]),
    ("lambda", &["invoke"]),
    ("mediaconvert", &["createJob"]),
    ("sagemaker", &[]),
    ("sns", &["publish"]),
    ("sqs", &["sendMessage"]),
    ("states", &["startExecution"]),
];

/// How a call may end, after the action.
const PATTERNS: &[&str] = &["", "sync", "sync:2", "waitForTaskToken"];

pub(super) fn resource(fields: &Fields<'_>, report: &mut Report) -> Option<Resource> {
    let arn = fields.text("Resource", report)?;
    let place = fields.at("Resource");
    if !arn.starts_with("arn:") {
        report.schema("Value is not a valid resource ARN", &place);
        return None;
    }
    let resource = recognise(&arn);
    if resource.is_none() {
        let message = format!(
            "The resource provided {} is not recognized. The value is not a valid resource ARN, \
             or the resource is not available in this region.",
            quote(&arn)
        );
        report.schema(message, &place);
    }
    resource
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
    let integration = |service: &str, action: &str| Integration {
        arn: Arc::clone(arn),
        service: service.into(),
        action: action.into(),
    };
    if let Some(call) = rest.strip_prefix("aws-sdk:") {
        let (service, action) = call.split_once(':')?;
        let plain = |text: &str| !text.is_empty() && !text.contains(':');
        return (plain(service) && plain(action))
            .then(|| integration(&format!("aws-sdk:{service}"), action));
    }
    let (service, call) = rest.split_once(':')?;
    let (action, pattern) = call.split_once('.').unwrap_or((call, ""));
    let (_, actions) = SERVICES.iter().find(|(name, _)| *name == service)?;
    let known = if actions.is_empty() { !action.is_empty() } else { actions.contains(&action) };
    (known && PATTERNS.contains(&pattern)).then(|| integration(service, call))
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
