//! Refusals in the words of the service, whose errors quote the parser that it reads JSON with.
//!
//! Only wordings that are known are used (recorded, or documented by that parser); every other
//! refusal keeps this crate's own words. A quoted token is cut, so that a refusal stays short.

use crate::ParseError;
use crate::parse::{
    NO_COLON, NO_COMMA_IN_ARRAY, NO_COMMA_IN_OBJECT, NO_QUOTE, UNEXPECTED_CHARACTER,
    UNEXPECTED_WORD,
};

const A_VALUE: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// The most characters of a token that a refusal quotes.
const MAX_TOKEN: usize = 256;

impl ParseError {
    /// Why `text`, which was refused with this error, is not JSON.
    #[must_use]
    pub fn in_service_words(&self, text: &str) -> String {
        let rest = text.get(self.offset..).unwrap_or_default();
        let Some(found) = rest.chars().next() else {
            return self.to_string();
        };
        let expected = match self.message.as_str() {
            UNEXPECTED_CHARACTER | UNEXPECTED_WORD if is_word(found) => {
                let token: String =
                    rest.chars().take_while(|c| is_word(*c)).take(MAX_TOKEN).collect();
                return format!("Unrecognized token '{token}': was expecting {A_VALUE}");
            }
            UNEXPECTED_CHARACTER => format!("expected a valid value {A_VALUE}"),
            NO_QUOTE => "was expecting double-quote to start field name".to_owned(),
            NO_COLON => "was expecting a colon to separate field name and value".to_owned(),
            NO_COMMA_IN_ARRAY => "was expecting comma to separate Array entries".to_owned(),
            NO_COMMA_IN_OBJECT => "was expecting comma to separate Object entries".to_owned(),
            _ => return self.to_string(),
        };
        format!("Unexpected character ('{found}' (code {})): {expected}", u32::from(found))
    }
}

/// Whether a character belongs to a token that is no JSON.
fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

#[cfg(test)]
mod tests {
    fn refused(text: &str) -> String {
        crate::parse(text).map_err(|error| error.in_service_words(text)).unwrap_err()
    }

    #[test]
    fn refusals_name_the_place_as_the_service_does() {
        let value = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
        let token = |token| format!("Unrecognized token '{token}': was expecting {value}");
        let character = |found: char, expected: &str| {
            format!("Unexpected character ('{found}' (code {})): {expected}", u32::from(found))
        };
        for (text, told) in [
            ("not some json", token("not")),
            ("nul", token("nul")),
            ("[caf\u{e9}]", token("caf\u{e9}")),
            ("{'a': 1}", character('\'', "was expecting double-quote to start field name")),
            ("'a'", character('\'', &format!("expected a valid value {value}"))),
            (
                r#"{"a" 1}"#,
                character('1', "was expecting a colon to separate field name and value"),
            ),
            ("[1 2]", character('2', "was expecting comma to separate Array entries")),
            (r#"{"a":1 "b"}"#, character('"', "was expecting comma to separate Object entries")),
            ("{", "expected '\"' at line 1, column 2".to_owned()),
            ("1 2", "unexpected text after the value at line 1, column 3".to_owned()),
        ] {
            assert_eq!(refused(text), told, "{text}");
        }
        assert!(refused(&"x".repeat(100_000)).len() < 400);
    }
}
