//! Calls of intrinsic functions (States Language, "Intrinsic Functions").
//!
//! Names, quotes, escapes and nesting are checked here; how many arguments a function takes, and
//! of what types, shows when it is called.

use crate::ast::{Argument, Call, Function, Invocation};
use std::sync::Arc;
use stepwell_json::{Number, Value};
use stepwell_jsonpath::Path;

/// The deepest nesting of calls.
const MAX_DEPTH: usize = 10;

/// The call that `text` writes; none where it is not well-formed.
pub(super) fn call(text: &Arc<str>) -> Option<Call> {
    invocation(text.trim(), 1).map(|root| Call { text: Arc::clone(text), root })
}

fn invocation(text: &str, depth: usize) -> Option<Invocation> {
    let (name, rest) = text.split_once('(')?;
    let arguments = rest.strip_suffix(')')?;
    let function = Function::from_name(name.trim_end()).filter(|_| depth <= MAX_DEPTH)?;
    if arguments.trim().is_empty() {
        return Some(Invocation { function, arguments: Vec::new() });
    }
    let arguments = split(arguments)?.into_iter().enumerate();
    let arguments = arguments.map(|(index, text)| {
        let is_format = function == Function::Format && index == 0;
        argument(text.trim(), depth, if is_format { Place::Format } else { Place::Other })
    });
    Some(Invocation { function, arguments: arguments.collect::<Option<_>>()? })
}

/// Where an argument stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The text that `States.Format` fills in.
    Format,
    Other,
}

fn argument(text: &str, depth: usize, place: Place) -> Option<Argument> {
    match text.chars().next() {
        Some('\'') => {
            let pieces = quoted(text)?;
            Some(match place {
                Place::Format => Argument::Format(pieces),
                Place::Other => Argument::Literal(pieces.join("{}").into()),
            })
        }
        Some('$') => Path::parse(text).ok().map(Argument::Path),
        Some('S') => invocation(text, depth + 1).map(Argument::Call),
        _ => literal(text).map(Argument::Literal),
    }
}

fn literal(text: &str) -> Option<Value> {
    match text {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        "null" => Some(Value::Null),
        _ => Number::parse(text).map(Value::Number),
    }
}

/// One quoted text, with no other escapes than those of `'`, `{`, `}`, `\`: the texts between
/// its `{}`.
fn quoted(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut pieces = vec![String::new()];
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        let character = match character {
            '\'' => return None,
            '\\' => characters.next().filter(|next| matches!(next, '\'' | '{' | '}' | '\\'))?,
            '{' if characters.next_if_eq(&'}').is_some() => {
                pieces.push(String::new());
                continue;
            }
            other => other,
        };
        if let Some(piece) = pieces.last_mut() {
            piece.push(character);
        }
    }
    Some(pieces)
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
    use super::call;

    fn is_call(text: &str) -> bool {
        call(&text.into()).is_some()
    }

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
