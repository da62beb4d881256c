//! Strict parsing with a depth bound.

use crate::number::literal_length;
use crate::{MAX_DEPTH, Number, Object, Value};
use std::sync::Arc;

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line}, column {column}")]
pub struct ParseError {
    /// Byte offset from the start of the text.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What was wrong, without the place.
    pub message: String,
}

const TOO_DEEP: &str = "nested too deeply";
pub(crate) const UNEXPECTED_CHARACTER: &str = "unexpected character";
pub(crate) const UNEXPECTED_WORD: &str = "unexpected word";
pub(crate) const NO_QUOTE: &str = "expected '\"'";
pub(crate) const NO_COLON: &str = "expected ':'";
pub(crate) const NO_COMMA_IN_ARRAY: &str = "expected ',' or ']'";
pub(crate) const NO_COMMA_IN_OBJECT: &str = "expected ',' or '}'";

impl ParseError {
    /// Whether the text was refused for nesting deeper than [`MAX_DEPTH`], not for its grammar.
    #[must_use]
    pub fn is_too_deep(&self) -> bool {
        self.message == TOO_DEEP
    }
}

/// Reads one JSON value; white space may surround it, nothing else may.
///
/// # Errors
/// The first place where `text` leaves the grammar of RFC 8259, or nests deeper than
/// [`MAX_DEPTH`].
pub fn parse(text: &str) -> Result<Value, ParseError> {
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(0).and_then(|value| {
        parser.skip_space();
        if parser.at < text.len() { Err("unexpected text after the value") } else { Ok(value) }
    });
    value.map_err(|message| parser.error(message))
}

type Parsed<T> = Result<T, &'static str>;

/// `at` always lies on a character boundary of `text`.
struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn skip_space(&mut self) {
        self.at +=
            self.rest().iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.rest().first() == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Parsed<Value> {
        self.skip_space();
        match self.rest().first() {
            None => Err("unexpected end of the text"),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Value::String(self.string()?.into())),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(UNEXPECTED_CHARACTER),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Parsed<Value> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(UNEXPECTED_WORD);
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Parsed<Value> {
        let length = literal_length(self.rest()).ok_or("malformed number")?;
        let literal = &self.text[self.at..self.at + length];
        self.at += length;
        Ok(Value::Number(Number::from_literal(literal)))
    }

    fn array(&mut self, depth: usize) -> Parsed<Value> {
        self.open(depth)?;
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(items.into());
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.eat(b']') {
                return Ok(items.into());
            }
            if !self.eat(b',') {
                return Err(NO_COMMA_IN_ARRAY);
            }
        }
    }

    fn object(&mut self, depth: usize) -> Parsed<Value> {
        self.open(depth)?;
        let mut members = Object::new();
        if self.eat(b'}') {
            return Ok(members.into());
        }
        loop {
            self.skip_space();
            let key: Arc<str> = self.string()?.into();
            self.skip_space();
            if !self.eat(b':') {
                return Err(NO_COLON);
            }
            members.insert(key, self.value(depth + 1)?);
            self.skip_space();
            if self.eat(b'}') {
                return Ok(members.into());
            }
            if !self.eat(b',') {
                return Err(NO_COMMA_IN_OBJECT);
            }
        }
    }

    fn open(&mut self, depth: usize) -> Parsed<()> {
        if depth >= MAX_DEPTH {
            return Err(TOO_DEEP);
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn string(&mut self) -> Parsed<String> {
        if !self.eat(b'"') {
            return Err(NO_QUOTE);
        }
        let mut out = String::new();
        loop {
            let plain = self
                .rest()
                .iter()
                .position(|b| matches!(b, b'"' | b'\\' | 0..0x20))
                .ok_or("unexpected end of a string")?;
            out.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            if self.eat(b'"') {
                return Ok(out);
            }
            if !self.eat(b'\\') {
                return Err("unescaped control character in a string");
            }
            out.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Parsed<char> {
        let plain = match self.rest().first() {
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            _ => return Err("unknown escape in a string"),
        };
        self.at += 1;
        Ok(plain)
    }

    fn unicode(&mut self) -> Parsed<char> {
        const LONE: &str = "lone surrogate in a string";
        let first = self.four_digits()?;
        if !(0xD800..0xE000).contains(&first) {
            return char::from_u32(first).ok_or(LONE);
        }
        if first >= 0xDC00 || !self.eat(b'\\') || !self.eat(b'u') {
            return Err(LONE);
        }
        let second = self.four_digits()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(LONE);
        }
        char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or(LONE)
    }

    fn four_digits(&mut self) -> Parsed<u32> {
        const MALFORMED: &str = "expected four hexadecimal digits";
        let digits = self.rest().get(..4).ok_or(MALFORMED)?;
        let mut code = 0;
        for digit in digits {
            code = code * 16 + char::from(*digit).to_digit(16).ok_or(MALFORMED)?;
        }
        self.at += 4;
        Ok(code)
    }

    fn error(&self, message: &str) -> ParseError {
        let before = &self.text[..self.at];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        ParseError {
            offset: self.at,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.to_owned(),
        }
    }
}
