//! The shape of intrinsic function calls (States Language, "Intrinsic Functions").
//!
//! Only whether a text is a call: names, quotes, escapes and nesting. Evaluation will bring the
//! tree.

use stepwell_jsonpath::Path;

/// The deepest nesting of calls.
const MAX_DEPTH: usize = 10;

const FUNCTIONS: &[&str] = &[
    "Array",
    "ArrayContains",
    "ArrayGetItem",
    "ArrayLength",
    "ArrayPartition",
    "ArrayRange",
    "ArrayUnique",
    "Base64Decode",
    "Base64Encode",
    "Format",
    "Hash",
    "JsonMerge",
    "JsonToString",
    "MathAdd",
    "MathRandom",
    "StringSplit",
    "StringToJson",
    "UUID",
];

/// Whether `text` is a well-formed call.
pub(super) fn is_call(text: &str) -> bool {
    call(text.trim(), 1)
}

fn call(text: &str, depth: usize) -> bool {
    let Some((name, rest)) = text.split_once('(') else { return false };
    let Some(arguments) = rest.strip_suffix(')') else { return false };
    let known =
        name.strip_prefix("States.").is_some_and(|name| FUNCTIONS.contains(&name.trim_end()));
    known
        && depth <= MAX_DEPTH
        && (arguments.trim().is_empty()
            || split(arguments).is_some_and(|arguments| {
                arguments.into_iter().all(|text| argument(text.trim(), depth))
            }))
}

fn argument(text: &str, depth: usize) -> bool {
    match text.chars().next() {
        Some('\'') => quoted(text),
        Some('$') => Path::parse(text).is_ok(),
        Some('S') => call(text, depth + 1),
        _ => {
            matches!(text, "true" | "false" | "null")
                || stepwell_json::Number::parse(text).is_some()
        }
    }
}

/// Whether `text` is one quoted text, with no other escapes than those of `'`, `{`, `}`, `\`.
fn quoted(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) else {
        return false;
    };
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        let fits = match character {
            '\'' => false,
            '\\' => matches!(characters.next(), Some('\'' | '{' | '}' | '\\')),
            _ => true,
        };
        if !fits {
            return false;
        }
    }
    text.len() > 1
}

/// Cuts at the commas outside of quotes, brackets and parentheses; none where these do not pair.
fn split(text: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_usize, false);
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' if quoted => {
                characters.next();
            }
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (depth == 0 && !quoted).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::is_call;

    #[test]
    fn calls_are_told_from_other_texts() {
        for text in [
            "States.UUID()",
            "States.Array()",
            "States.Format('{} \\'{\\}\\{', $.a, $$.b)",
            "States.MathAdd($.a[0], -1)",
            "States.ArrayContains(States.Array(1, 'a,b)', true, null), $['x,y'])",
            "States.JsonMerge($.a, $.b, false)",
            "States.ArrayLength($.a[?(@.b == 'c')])",
            " States.Hash( $name , 'SHA-1' ) ",
        ] {
            assert!(is_call(text), "{text}");
        }
        let deep =
            |calls: usize| format!("{}1{}", "States.Array(".repeat(calls), ")".repeat(calls));
        assert!(is_call(&deep(10)));
        for text in [
            "",
            "x",
            "States.",
            "States.Nope()",
            "States.UUID",
            "States.UUID(",
            "States.UUID())",
            "States.Format('\\n')",
            "States.Format('a)",
            "States.Format('a' 'b')",
            "States.Format(,)",
            "States.Format(a)",
            "States.Format($.)",
            "States.Format(')",
            &deep(11),
        ] {
            assert!(!is_call(text), "{text}");
        }
    }
}
