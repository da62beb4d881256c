//! How large values of the evaluator are, which shows little of them.

use jlens_core::audit::{CaptureLimits, ValueRef};
use serde_json::Value as Json;
use std::collections::HashSet;
use std::fmt::{self, Write as _};

/// How many elements, members or bytes a value has. The evaluator tells it only as the number
/// that a capture of none leaves out, which is looked at in the tests below.
pub(crate) fn length(value: ValueRef<'_>) -> u64 {
    let limits = CaptureLimits {
        max_items: 0,
        max_string: usize::MAX,
        max_depth: 1,
        ..CaptureLimits::default()
    };
    let captured = value.capture(&limits);
    let left_out = match &captured {
        Some(Json::String(text)) => return text.len() as u64,
        Some(Json::Array(items)) => items.first(),
        Some(Json::Object(fields)) => fields.values().next(),
        _ => None,
    };
    left_out
        .and_then(Json::as_str)
        .and_then(|text| text.strip_prefix("… ").unwrap_or(text).strip_suffix(" more"))
        .and_then(|count| count.parse().ok())
        .unwrap_or(0)
}

/// The bytes of a value as text, arrays and objects that it holds several times counted each time;
/// none where the evaluator gives up printing it: beyond 256 MiB, or 1,000 levels. What holds itself
/// many times over costs no more than that.
pub(crate) fn printed(value: ValueRef<'_>) -> Option<u64> {
    struct Count(u64, bool);
    impl fmt::Write for Count {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.1 = self.0 == 0 && text == UNPRINTABLE;
            self.0 += text.len() as u64;
            Ok(())
        }
    }
    let mut count = Count(0, false);
    write!(count, "{value:?}").ok()?;
    (!count.1).then_some(count.0)
}

/// What the evaluator shows of a value that it can't print. A string is shown with its quotes.
const UNPRINTABLE: &str = "<invalid>";

/// How many pairs of keys are compared to collect those of a value whose size is known to be small.
pub(crate) fn key_pairs(value: ValueRef<'_>) -> u64 {
    if value.type_name() == "object" {
        let keys = length(value);
        return keys.saturating_mul(keys);
    }
    let Some(json) = compound(value) else { return 0 };
    let mut distinct = HashSet::new();
    let mut total = 0_u64;
    each_object(&json, &mut |fields| {
        total = total.saturating_add(fields.len() as u64);
        distinct.extend(fields.keys());
    });
    total.saturating_mul(distinct.len() as u64)
}

/// How many members the objects have that a value is or holds in arrays. Its size is known to be
/// small.
pub(crate) fn members(value: ValueRef<'_>) -> u64 {
    let Some(json) = compound(value) else { return 0 };
    let mut total = 0_u64;
    each_object(&json, &mut |fields| total = total.saturating_add(fields.len() as u64));
    total
}

fn compound(value: ValueRef<'_>) -> Option<Json> {
    matches!(value.type_name(), "array" | "object").then(|| value.to_json()).flatten()
}

fn each_object<'a>(json: &'a Json, see: &mut dyn FnMut(&'a serde_json::Map<String, Json>)) {
    match json {
        Json::Object(fields) => see(fields),
        Json::Array(items) => items.iter().for_each(|item| each_object(item, see)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{key_pairs, length, members, printed};
    use jlens_core::ast::Node;
    use jlens_core::audit::{Outcome, Tracer, ValueRef};
    use jlens_core::{Bindings, Expression, Options};

    /// What `measure` says of the value of the expression `text`.
    fn measured<T>(text: &str, measure: impl Fn(ValueRef<'_>) -> T) -> Option<T> {
        struct Measure<T, F>(F, Option<T>);
        impl<T, F: Fn(ValueRef<'_>) -> T> Tracer for Measure<T, F> {
            fn exit(&mut self, _: &Node, outcome: Outcome<'_>) {
                if let Outcome::Value(value) = outcome {
                    self.1 = Some((self.0)(value));
                }
            }
        }
        let mut found = Measure(measure, None);
        let expression = Expression::compile(text).unwrap();
        // What is measured last is the value of the whole, which may be too deep to be a result.
        let _ = expression.evaluate_traced(None, &Bindings::new(), &Options::new(), &mut found);
        found.1
    }

    #[test]
    fn lengths_are_told() {
        for (text, expected) in [
            ("[]", 0),
            ("[1]", 1),
            ("[1..250]", 250),
            ("[[1,2],[3]]", 2),
            ("{}", 0),
            ("{'a': 1, 'b': [1,2,3]}", 2),
            ("'äbc'", 4),
            ("1", 0),
        ] {
            assert_eq!(measured(text, length), Some(expected), "{text}");
        }
    }

    #[test]
    fn texts_keys_and_members_are_counted() {
        for (text, expected) in [
            ("[[1,2],[3]]", Some(11)),
            ("{'a': 'bc'}", Some(10)),
            ("'<invalid>'", Some(11)),
            ("($f := function($n, $x) { $n = 0 ? $x : $f($n - 1, [[$x]]) }; $f(1100, 1))", None),
        ] {
            assert_eq!(measured(text, printed), Some(expected), "{text}");
        }
        let two = "[[{'a': 1, 'b': {'c': 2}}], {'a': 3}, 4]";
        assert_eq!(measured(two, members), Some(3));
        assert_eq!(measured(two, key_pairs), Some(6));
        assert_eq!(measured("{'a': 1, 'b': 2}", key_pairs), Some(4));
        assert_eq!(measured("'ab'", key_pairs), Some(0));
    }
}
