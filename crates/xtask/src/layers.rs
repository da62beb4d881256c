//! The layer table, and the check that every dependency inside the workspace points down it.
//!
//! A crate may depend on crates of a lower rank only: never upward, never sideways. The pure
//! ranks may not reach for a runtime, a wire or a clock of their own.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::process::Command;

/// Crates by rank, lowest first.
const LAYERS: &[&[&str]] = &[
    &["stepwell-json", "stepwell-ids"],
    &["stepwell-jsonpath", "stepwell-jsonata"],
    &["stepwell-asl"],
    &["stepwell-engine", "stepwell-oracle", "stepwell-storage", "stepwell-api"],
    &[
        "stepwell-storage-redis",
        "stepwell-storage-embedded",
        "stepwell-partition",
        "stepwell-service-kit",
    ],
    &[
        "stepwell-control-plane",
        "stepwell-execution",
        "stepwell-activity",
        "stepwell-integration",
        "stepwell-gateway",
    ],
    &["stepwell-simulator"],
    &["stepwell", "stepwell-language", "stepwell-fuzz", "xtask", "bench"],
];

/// Crates without IO: they may not list these dependencies.
const PURE: &[&str] = &[
    "stepwell-json",
    "stepwell-ids",
    "stepwell-jsonpath",
    "stepwell-jsonata",
    "stepwell-asl",
    "stepwell-engine",
    "stepwell-oracle",
];
const IMPURE: &[&str] = &["tokio", "tonic", "redis", "tracing"];

/// A dependency kept to the crates that own its subject.
const RESERVED: &[(&str, &[&str])] = &[
    ("redis", &["stepwell-storage-redis"]),
    ("rusqlite", &["stepwell-storage-embedded", "bench"]),
    ("axum", &["stepwell-gateway", "stepwell-service-kit", "bench"]),
];

/// Reads the workspace from cargo and checks each of its crates.
///
/// # Errors
/// Lists every dependency that breaks a rule, or says why the workspace could not be read.
pub(crate) fn check_workspace() -> Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .context("could not start cargo metadata")?;
    let metadata: Value =
        serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")?;
    let findings = findings(&metadata);
    if findings.is_empty() {
        return Ok(());
    }
    bail!("dependencies against the layers:\n{}", findings.join("\n"))
}

/// What is wrong with the dependencies that `cargo metadata` lists, a line each.
fn findings(metadata: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    for package in items(metadata, "packages") {
        let name = text(package, "name");
        if rank(name).is_none() {
            findings.push(format!("{name} has no rank: add it to the layer table"));
        }
        for dependency in items(package, "dependencies") {
            // Tests may use what the product may not.
            if dependency["kind"].is_null() {
                findings.extend(finding(name, text(dependency, "name")));
            }
        }
    }
    findings
}

fn finding(name: &str, dependency: &str) -> Option<String> {
    if let (Some(own), Some(other)) = (rank(name), rank(dependency))
        && other >= own
    {
        return Some(format!("{name} -> {dependency}: not downward"));
    }
    if PURE.contains(&name) && IMPURE.contains(&dependency) {
        return Some(format!("{name} -> {dependency}: a pure crate"));
    }
    let (_, owners) = RESERVED.iter().find(|(reserved, _)| *reserved == dependency)?;
    (!owners.contains(&name)).then(|| format!("{name} -> {dependency}: reserved to {owners:?}"))
}

fn rank(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

fn items<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value[member].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{check_workspace, finding};

    #[test]
    fn the_workspace_keeps_its_layers() {
        check_workspace().unwrap();
    }

    #[test]
    fn upward_sideways_and_impure_dependencies_are_found() {
        assert_eq!(finding("stepwell-asl", "stepwell-jsonpath"), None);
        assert_eq!(finding("stepwell-partition", "stepwell-storage"), None);
        for (name, dependency) in [
            ("stepwell-json", "stepwell-asl"),
            ("stepwell-execution", "stepwell-activity"),
            ("stepwell-engine", "tokio"),
            ("stepwell-gateway", "redis"),
        ] {
            assert!(finding(name, dependency).is_some(), "{name} -> {dependency}");
        }
    }
}
