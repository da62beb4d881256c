//! Values, paths, expressions and timestamps.

use crate::texts;
use stepwell_asl::Timestamp;
use stepwell_json::{MAX_DEPTH, Value, parse};
use stepwell_jsonata::{Bindings, Environment, Expression, Limits};
use stepwell_jsonpath::{Path, Work};

/// What is read and printed reads the same, and no value nests deeper than it may.
pub(super) fn json(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(value) = parse(text) else { return };
    assert!(!value.depth_exceeds(MAX_DEPTH), "deeper than {MAX_DEPTH}");
    let printed = value.to_json();
    assert_eq!(parse(&printed).as_ref(), Ok(&value), "{printed}");
}

/// How many values a path may look at here.
const PATH_WORK: u64 = 200_000;

/// A path, and a document. A path ends within its work; a reference path can be written through.
pub(super) fn path(input: &[u8]) {
    let Some(texts) = texts(input) else { return };
    let [path, document] = texts[..] else { return };
    let Ok(path) = Path::parse(path) else { return };
    let Ok(document) = parse(document) else { return };
    let work = Work::new(PATH_WORK);
    let found = path.select_within(&document, &work);
    assert!(work.spent() <= PATH_WORK, "{} spent {}", path.text(), work.spent());
    match found {
        Err(miss) => assert!(!miss.to_string().is_empty()),
        Ok(found) if path.is_definite() => drop(found),
        Ok(found) => assert!(found.as_array().is_some(), "{} gave {found}", path.text()),
    }
    if path.is_reference()
        && let Ok(written) = path.set(document, Value::from("written"))
        && !written.depth_exceeds(MAX_DEPTH)
    {
        let read = path.select_within(&written, &Work::new(PATH_WORK));
        assert_eq!(read.ok(), Some(Value::from("written")), "{} in {written}", path.text());
    }
}

/// An expression, and what `$states` and `$v` are. An evaluation ends within its limits, and the
/// same one gives the same again.
pub(super) fn jsonata(input: &[u8]) {
    let Some(texts) = texts(input) else { return };
    let Some((text, rest)) = texts.split_first() else { return };
    let Ok(expression) = Expression::parse(text) else { return };
    let states = rest.first().map_or(Ok(Value::Null), |text| parse(text)).unwrap_or_default();
    let variable = |name: &str| (name == "v").then(|| states.clone());
    let bindings = Bindings { states: &states, variables: &variable };
    let limits = Limits {
        steps: 20_000,
        work_bytes: 8 << 20,
        string_bytes: 64 << 10,
        array_items: 20_000,
        result_bytes: 128 << 10,
        ..Limits::default()
    };
    let environment = Environment { now_ms: 1_795_399_980_000, seed: 7 };
    let mut left = limits.clone();
    let first = expression.evaluate_within(&bindings, &environment, &mut left);
    if let Ok(value) = &first {
        let references = expression.references();
        let computed = references.variables.is_empty() && !references.reads_states();
        let bytes = value.to_json().len();
        assert!(!computed || bytes <= 2 * limits.result_bytes, "a result of {bytes} bytes");
    }
    if left.steps > limits.steps / 2 {
        let again = expression.evaluate(&bindings, &environment, &limits);
        assert_eq!(first.map(|value| value.to_json()), again.map(|value| value.to_json()));
    }
}

/// A timestamp is a time that exists.
pub(super) fn timestamp(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Some(timestamp) = Timestamp::parse(text) {
        assert!(text.is_ascii() && text.len() >= "0000-00-00T00:00:00Z".len(), "{text}");
        assert_eq!(
            Timestamp::parse(text).map(Timestamp::as_epoch_millis),
            Some(timestamp.as_epoch_millis())
        );
    }
}
