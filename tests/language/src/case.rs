//! Cases, as their files have them.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};

/// A file of the corpus.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Case {
    /// The file's place below `cases`, without its extension.
    #[serde(skip)]
    pub name: String,
    /// What the case shows, and where the rule is from.
    pub about: String,
    definition: Box<RawValue>,
    input: Option<Box<RawValue>>,
    input_text: Option<String>,
    /// What workers do, in this order.
    #[serde(default)]
    pub outcomes: Vec<Outcome>,
    /// Definitions of other state machines, by name, that must be there. Such a case needs all of an
    /// installation: it is the suite's.
    #[serde(default)]
    pub machines: Map<String, Json>,
    /// Quotas that are smaller than usual.
    pub limits: Option<SmallLimits>,
    /// What a validation must find; such a case is not executed.
    pub findings: Option<Findings>,
    /// How the execution ends: `status`, `output`, `error`, `cause`.
    pub ending: Option<Json>,
    /// The events of the history.
    pub history: Option<Vec<Json>>,
}

/// Findings as ValidateStateMachineDefinition prints them.
pub type Findings = Vec<Json>;

/// Quotas, named as in a `--limits` file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallLimits {
    /// Bytes of a payload.
    pub payload: Option<usize>,
    /// Events of a history.
    pub history_events: Option<u64>,
    /// Seconds of an execution.
    pub execution_seconds: Option<u32>,
}

/// What a worker does with its next task.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The name of the activity or of the function.
    pub worker: String,
    /// Whether it is the holder of a callback's token who says so, after the call was answered.
    #[serde(default)]
    pub by_token: bool,
    /// What it does.
    #[serde(flatten)]
    pub act: Act,
}

/// What a worker does with a task.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Act {
    /// Succeeds with this value.
    Succeed(Json),
    /// Succeeds with this JSON text.
    SucceedText(String),
    /// Fails with this error and cause.
    Fail {
        /// The name of the error.
        error: Option<String>,
        /// More about it.
        cause: Option<String>,
    },
    /// Takes the task and is never heard of again.
    Vanish(True),
}

/// A member that says something by being there: nothing but `true` is read.
#[derive(Debug, Deserialize)]
#[serde(try_from = "bool")]
pub struct True;

impl TryFrom<bool> for True {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, Self::Error> {
        value.then_some(Self).ok_or("it can only be true: leave it out instead")
    }
}

impl Case {
    /// The text of the definition, as the file has it.
    #[must_use]
    pub fn definition(&self) -> &str {
        self.definition.get()
    }

    /// The text of the input: `inputText`, or the value of `input` without spaces.
    ///
    /// # Panics
    /// The file's input is nested too deep.
    #[must_use]
    pub fn input(&self) -> String {
        match (&self.input_text, &self.input) {
            (Some(text), _) => text.clone(),
            (None, Some(input)) => stepwell_json::parse(input.get())
                .unwrap_or_else(|error| panic!("{}: {error}", self.name))
                .to_json(),
            (None, None) => "{}".to_owned(),
        }
    }

    fn read(root: &Path, path: &Path) -> Self {
        let place = path.strip_prefix(root).unwrap_or(path).with_extension("");
        let name = place.to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let case: Self =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name, ..case }
    }
}

/// All cases, by name.
///
/// # Panics
/// A file can't be read, or is no case.
#[must_use]
pub fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    paths.iter().map(|path| Case::read(&root, path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{} can't be listed: {error}", folder.display()));
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
}
