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

/// Which values of a value are looked into.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Its own elements or members, and those of arrays in arrays.
    Arrays,
    /// All.
    Everything,
}

/// Values looked at that nobody has a use for: a payload can't hold as many.
const MOST_VALUES: u64 = 200_000;
/// Values shown at most to find out how many there are.
const MOST_SHOWN: u64 = 2_000_000;
/// Arrays in arrays that are counted level by level.
const MOST_LEVELS: usize = 64;

/// How many values a walk over `value` meets, arrays and objects that it holds several times counted
/// each time; none where they are too many. Each round shows one level more, so that what holds itself
/// many times over is found out early. What is too wide for that is printed.
pub(crate) fn walked(value: ValueRef<'_>, reach: Reach) -> Option<u64> {
    let own = length(value);
    let mut seen = own.max(1);
    for max_depth in 2..MOST_LEVELS {
        let most = MOST_SHOWN / seen;
        if most <= own {
            break;
        }
        let max_items = usize::try_from(most.min(own.max(1_024))).unwrap_or(usize::MAX);
        let limits =
            CaptureLimits { max_items, max_string: 1, max_depth, ..CaptureLimits::default() };
        let mut census = Census { reach, values: 0, deeper: false, cut: false };
        census.count(&value.capture(&limits)?, true);
        if census.cut {
            break;
        }
        if census.values > MOST_VALUES {
            return None;
        }
        if !census.deeper {
            return Some(census.values);
        }
        seen = census.values.max(1);
    }
    printed(value)
}

/// What a capture shows.
struct Census {
    reach: Reach,
    values: u64,
    /// Something was not shown that may be looked into.
    deeper: bool,
    /// An array or object was not shown to its end.
    cut: bool,
}

impl Census {
    fn count(&mut self, shown: &Json, entered: bool) {
        let all = self.reach == Reach::Everything;
        match shown {
            Json::Array(items) => {
                for item in items {
                    self.values += 1;
                    self.count(item, all);
                }
            }
            Json::Object(fields) if entered => {
                self.cut |= fields.contains_key("…");
                for field in fields.values() {
                    self.values += 1;
                    self.count(field, all);
                }
            }
            Json::Object(fields) => self.values += fields.len() as u64,
            Json::String(text) if text == "…" => self.deeper = true,
            Json::String(text) => self.cut |= text.starts_with("… "),
            _ => {}
        }
    }
}

/// The bytes of a value as text, arrays and objects that it holds several times counted each time;
/// none where the evaluator gives up printing it: beyond 256 MiB, or 1,000 levels. What holds itself
/// many times over costs no more than that.
fn printed(value: ValueRef<'_>) -> Option<u64> {
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
    use super::{Reach, key_pairs, length, members, printed, walked};
    use jlens_core::ast::Node;
    use jlens_core::audit::{Outcome, Tracer, ValueRef};
    use jlens_core::{Bindings, Expression, Options};

    /// What `measure` says of the value of the expression `text`.
    fn measured<T>(text: &str, measure: impl Fn(ValueRef<'_>) -> T) -> Option<T> {
        struct Measure<T, F>(F, u32, Option<T>);
        impl<T, F: Fn(ValueRef<'_>) -> T> Tracer for Measure<T, F> {
            fn exit(&mut self, node: &Node, outcome: Outcome<'_>) {
                if let (Outcome::Value(value), true) = (outcome, node.id == self.1) {
                    self.2 = Some((self.0)(value));
                }
            }
        }
        let expression = Expression::compile(text).unwrap();
        let mut found = Measure(measure, expression.ast().root.id, None);
        let options = Options::new().max_result_size(1 << 20);
        // The value may be too deep or too large to be a result.
        let _ = expression.evaluate_traced(None, &Bindings::new(), &options, &mut found);
        found.2
    }

    const NESTING: &str =
        "($f := function($n, $x) { $n = 0 ? $x : $f($n - 1, [[$x], [$x]]) }; $f(40, []))";

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
        for (text, arrays, everything) in [
            ("[[1,[2]],[3]]", Some(6), Some(6)),
            // What looks like something that is not shown is printed.
            ("[[1,[2,'…']],[3]]", Some(19), Some(19)),
            ("[{'a': [1, 2]}, 'abc']", Some(3), Some(5)),
            ("{'a': [[1]], 'b': {'c': 2}}", Some(5), Some(5)),
            (NESTING, None, None),
        ] {
            assert_eq!(
                measured(text, |value| walked(value, Reach::Arrays)),
                Some(arrays),
                "{text}"
            );
            let walked = measured(text, |value| walked(value, Reach::Everything));
            assert_eq!(walked, Some(everything), "{text}");
        }
        let two = "[[{'a': 1, 'b': {'c': 2}}], {'a': 3}, 4]";
        assert_eq!(measured(two, members), Some(3));
        assert_eq!(measured(two, key_pairs), Some(6));
        assert_eq!(measured("{'a': 1, 'b': 2}", key_pairs), Some(4));
        assert_eq!(measured("'ab'", key_pairs), Some(0));
    }
}
