//! Builds what the demo runs.

use crate::venv::{self, Venv};
use crate::workspace::{output_of, root, state};
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What the demo runs.
pub(super) struct Programs {
    pub(super) stepwell: PathBuf,
    pub(super) ship_parcel: PathBuf,
    pub(super) venv: Venv,
}

/// Builds everything that is not there yet.
///
/// # Errors
/// Names the toolchain that is missing, before anything is built, or the part that does not build.
pub(super) fn programs() -> Result<Programs> {
    for (program, argument, language) in
        [("go", "version", "Go 1.26"), ("python3", "--version", "Python 3.10")]
    {
        output_of(Command::new(program).arg(argument))
            .with_context(|| format!("the demo needs {language} or newer"))?;
    }
    println!("Building the server and the workers; this takes minutes the first time.");
    let venv = venv::ensure()?;
    let ship_parcel = state().join("tools/ship-parcel");
    let mut go = Command::new("go");
    go.current_dir(root().join("clients/go")).args(["build", "-o"]);
    output_of(go.arg(&ship_parcel).arg("./examples/ship-parcel"))
        .context("the Go worker does not build")?;
    Ok(Programs { stepwell: stepwell()?, ship_parcel, venv })
}

/// Builds the server; cargo shows its progress, which takes minutes the first time.
fn stepwell() -> Result<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .current_dir(root())
        .args(["build", "--locked", "--package", "stepwell", "--bin", "stepwell"])
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .context("could not start cargo build")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    executable(&printed).filter(|_| output.status.success()).context("stepwell does not build")
}

/// Where cargo says the server is.
fn executable(messages: &str) -> Option<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let named = |message: &Value| message["target"]["name"] == "stepwell";
    let mut found = messages
        .filter(named)
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    found.next()
}

#[cfg(test)]
mod tests {
    use super::executable;
    use std::path::PathBuf;

    #[test]
    fn the_server_is_where_cargo_says() {
        let messages = concat!(
            "not json\n",
            r#"{"target":{"name":"stepwell"},"executable":null}"#,
            "\n",
            r#"{"target":{"name":"other"},"executable":"/x/other"}"#,
            "\n",
            r#"{"target":{"name":"stepwell"},"executable":"/x/stepwell"}"#,
        );
        assert_eq!(executable(messages), Some(PathBuf::from("/x/stepwell")));
        assert_eq!(executable(""), None);
    }
}
