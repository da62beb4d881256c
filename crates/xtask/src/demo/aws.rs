//! The AWS CLI, pointed at the suite and at nothing else.

use crate::workspace::{output_of, root};
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// Settings of the user that must not reach the CLI.
const OTHERS: &[&str] = &["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"];
/// What it is set to instead. Any key is accepted, since `dev` does not verify signatures.
const SETTINGS: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "demo"),
    ("AWS_SECRET_ACCESS_KEY", "demo"),
    ("AWS_DEFAULT_REGION", "us-east-1"),
    ("AWS_CONFIG_FILE", "/dev/null"),
    ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("AWS_PAGER", ""),
    ("NO_PROXY", "127.0.0.1"),
];

/// The AWS CLI of the environment.
pub(super) struct Aws {
    program: PathBuf,
    endpoint: String,
}

impl Aws {
    /// A CLI that sends its calls to `endpoint`, a URL.
    pub(super) fn new(program: PathBuf, endpoint: String) -> Self {
        Self { program, endpoint }
    }

    /// Prints a command of `aws stepfunctions`, runs it and gives its answer.
    ///
    /// # Errors
    /// Has what the CLI printed, which holds the service's own message.
    pub(super) fn call(&self, arguments: &[&str]) -> Result<Value> {
        println!("$ aws stepfunctions {}", arguments.join(" "));
        self.call_again(arguments)
    }

    /// Runs a command that the reader has seen, and gives its answer.
    ///
    /// # Errors
    /// As of `call`.
    pub(super) fn call_again(&self, arguments: &[&str]) -> Result<Value> {
        let mut command = Command::new(&self.program);
        command.current_dir(root()).args(["--endpoint-url", &self.endpoint, "--output", "json"]);
        OTHERS.iter().for_each(|name| _ = command.env_remove(name));
        command.envs(SETTINGS.iter().copied()).arg("stepfunctions").args(arguments);
        let action = arguments.first().copied().unwrap_or_default();
        let printed = output_of(&mut command).with_context(|| format!("aws {action}"))?;
        serde_json::from_str(&printed).with_context(|| format!("aws {action} printed no JSON"))
    }
}

/// A member of an answer that is a text.
///
/// # Errors
/// Names the member that the answer lacks.
pub(super) fn text<'a>(answer: &'a Value, member: &str) -> Result<&'a str> {
    answer[member].as_str().with_context(|| format!("the answer has no {member}"))
}
