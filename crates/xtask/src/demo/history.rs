//! A history as a person reads it, and the events that must be in it.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// Details that are shown, in this order; the others are long or told by these.
const SHOWN: &[&str] = &["name", "resource", "workerName", "error", "cause", "output"];
/// How much of a text is shown.
const MOST_CHARACTERS: usize = 120;

/// A line for each event: its id, its time since the first event, its type, its details.
pub(super) fn lines(events: &[Value]) -> Vec<String> {
    let first = events.first().and_then(seconds);
    events.iter().map(|event| line(event, first)).collect()
}

fn line(event: &Value, first: Option<f64>) -> String {
    let id = event["id"].as_u64().unwrap_or_default();
    let since = match (seconds(event), first) {
        (Some(now), Some(first)) => format!("{:.3} s", now - first),
        _ => String::new(),
    };
    let kind = event["type"].as_str().unwrap_or_default();
    format!("{id:>3} {since:>9}  {kind:<23} {}", details(event)).trim_end().to_owned()
}

fn seconds(event: &Value) -> Option<f64> {
    event["timestamp"].as_f64()
}

fn details(event: &Value) -> String {
    let members = event.as_object().into_iter().flatten();
    let Some((_, details)) = members.into_iter().find(|(key, _)| key.ends_with("EventDetails"))
    else {
        return String::new();
    };
    // The output of a state is what the next one begins with, and the last is shown on its own.
    let of_task = event["type"] == "ActivitySucceeded";
    let shown = SHOWN.iter().filter(|member| of_task || **member != "output");
    let texts = shown.filter_map(|member| {
        let text = details[*member].as_str()?;
        Some(match *member {
            "resource" => text.rsplit_once(':').map_or(text, |(_, name)| name).to_owned(),
            "workerName" => format!("by {text}"),
            _ => cut(text),
        })
    });
    texts.collect::<Vec<_>>().join("  ")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A line for each member of an object that is given as JSON.
///
/// # Errors
/// Says where it is no JSON.
pub(super) fn members(object: &str) -> Result<Vec<String>> {
    let object: Value = serde_json::from_str(object).context("the output is no JSON")?;
    let members = object.as_object().into_iter().flatten();
    Ok(members.map(|(name, value)| format!("{name:<12}{}", cut(&value.to_string()))).collect())
}

/// Checks that ids are 1, 2, 3 and so on, and that `expected` events are there in their order:
/// each is a type and a part of what the event says.
///
/// # Errors
/// Names the first event that is missing or out of place.
pub(super) fn check(events: &[Value], expected: &[(&str, &str)]) -> Result<()> {
    for (event, id) in events.iter().zip(1_u64..) {
        ensure!(event["id"] == id, "event {id} has the id {}", event["id"]);
    }
    let mut rest = events.iter();
    for (kind, part) in expected {
        let found = rest.any(|event| event["type"] == *kind && event.to_string().contains(part));
        ensure!(found, "the history lacks {kind} {part} at its place");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{check, lines, members};
    use serde_json::{Value, json};

    fn events() -> Vec<Value> {
        vec![
            json!({"id": 1, "timestamp": 1.5, "type": "ExecutionStarted",
                "executionStartedEventDetails": {"input": "{}", "roleArn": "r"}}),
            json!({"id": 2, "timestamp": 1.75, "type": "PassStateEntered",
                "stateEnteredEventDetails": {"name": "First", "input": "{}"}}),
            json!({"id": 3, "timestamp": 2.5, "type": "ActivityFailed",
                "activityFailedEventDetails": {"error": "Busy", "cause": "x".repeat(130)}}),
        ]
    }

    #[test]
    fn events_are_told_a_line_each() {
        assert_eq!(
            lines(&events()),
            [
                "  1   0.000 s  ExecutionStarted".to_owned(),
                "  2   0.250 s  PassStateEntered        First".to_owned(),
                format!("  3   1.000 s  ActivityFailed          Busy  {}...", "x".repeat(120)),
            ]
        );
    }

    #[test]
    fn members_are_told_a_line_each() {
        let told = members(r#"{"b":{"x":1},"a":"CANCELLED"}"#).unwrap();
        assert_eq!(told, [r#"b           {"x":1}"#, r#"a           "CANCELLED""#]);
        members("{").unwrap_err();
    }

    #[test]
    fn events_are_expected_in_their_order() {
        let fine = [("PassStateEntered", "First"), ("ActivityFailed", "Busy")];
        check(&events(), &fine).unwrap();
        check(&events(), &[fine[1], fine[0]]).unwrap_err();
        check(&events(), &[("PassStateEntered", "Second")]).unwrap_err();
        check(&events()[1..], &fine).unwrap_err();
    }
}
