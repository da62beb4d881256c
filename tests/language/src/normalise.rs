//! What of a history no case can fix. The whole list, by name; the door in Python has the same:
//!
//! - **clock**: an event's `timestamp` is left out; an ISO 8601 time with milliseconds in a text
//!   becomes `<time>`, and so does the number of a `StartDate` or `StopDate`.
//! - **uuid**: a version 4 UUID in a text becomes `<uuid>`.
//! - **token**: the task token of a callback in a text becomes `<token>`.
//! - **http**: what an HTTP exchange left in `SdkHttpMetadata` and `SdkResponseMetadata` becomes
//!   `{}`.

use regex_lite::Regex;
use serde_json::Value as Json;
use std::sync::LazyLock;

static CLOCK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"));
static DATE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"("St(?:art|op)Date":)[0-9][0-9.E+]*"#));
static UUID: LazyLock<Regex> = LazyLock::new(|| {
    pattern("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
});
static TOKEN: LazyLock<Regex> = LazyLock::new(|| pattern(r#"("token":")[^"]+""#));
static HTTP: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"("Sdk(?:Http|Response)Metadata":)\{(?:[^{}]|\{[^{}]*\})*\}"#));

#[allow(clippy::expect_used, reason = "the patterns are constants")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a valid pattern")
}

/// A text without what no case can fix.
#[must_use]
pub fn normalised_text(text: &str) -> String {
    let text = CLOCK.replace_all(text, "<time>");
    let text = DATE.replace_all(&text, "${1}<time>");
    let text = UUID.replace_all(&text, "<uuid>");
    let text = TOKEN.replace_all(&text, "${1}<token>\"");
    HTTP.replace_all(&text, "${1}{}").into_owned()
}

/// An event, or an ending, without what no case can fix.
#[must_use]
pub fn normalised(value: Json) -> Json {
    match value {
        Json::String(text) => normalised_text(&text).into(),
        Json::Array(items) => items.into_iter().map(normalised).collect(),
        Json::Object(members) => members
            .into_iter()
            .filter(|(name, _)| name != "timestamp")
            .map(|(name, value)| (name, normalised(value)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::normalised;
    use serde_json::json;

    #[test]
    fn times_ids_tokens_and_exchanges_are_taken_out() {
        let event = json!({
            "timestamp": 1.5,
            "id": 1,
            "input": r#"{"at":"2026-11-24T23:00:00.123Z","day":"2026-11-24","token":"abc=="}"#,
            "output": r#"{"StartDate":1.7E9,"SdkHttpMetadata":{"H":{"a":["b"]},"n":1},"id":"9b2e8a4c-0d57-4f3e-8a61-5f0f3d6c2b1a"}"#,
        });
        let expected = json!({
            "id": 1,
            "input": r#"{"at":"<time>","day":"2026-11-24","token":"<token>"}"#,
            "output": r#"{"StartDate":<time>,"SdkHttpMetadata":{},"id":"<uuid>"}"#,
        });
        assert_eq!(normalised(event), expected);
    }
}
