//! Compact printing.

use crate::Value;
use std::fmt::{self, Display, Formatter, Write};

/// JSON text without white space; only quotation marks, backslashes and control characters are
/// escaped (RFC 8259 §7).
impl Display for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        print(self, out)
    }
}

impl Value {
    /// The value as compact JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.to_string()
    }
}

fn print(value: &Value, out: &mut impl Write) -> fmt::Result {
    match value {
        Value::Null => out.write_str("null"),
        Value::Bool(value) => out.write_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.write_str(number.text()),
        Value::String(text) => print_text(text, out),
        Value::Array(items) => {
            out.write_char('[')?;
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.write_char(',')?;
                }
                print(item, out)?;
            }
            out.write_char(']')
        }
        Value::Object(members) => {
            out.write_char('{')?;
            for (index, (key, item)) in members.iter().enumerate() {
                if index > 0 {
                    out.write_char(',')?;
                }
                print_text(key, out)?;
                out.write_char(':')?;
                print(item, out)?;
            }
            out.write_char('}')
        }
    }
}

fn print_text(text: &str, out: &mut impl Write) -> fmt::Result {
    out.write_char('"')?;
    // Runs of plain text are written whole; only what needs an escape is looked at by itself.
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.write_str(&text[plain..at])?;
        plain = at + 1;
        match byte {
            b'"' => out.write_str("\\\"")?,
            b'\\' => out.write_str("\\\\")?,
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b'\t' => out.write_str("\\t")?,
            0x08 => out.write_str("\\b")?,
            0x0c => out.write_str("\\f")?,
            other => write!(out, "\\u{other:04x}")?,
        }
    }
    out.write_str(&text[plain..])?;
    out.write_char('"')
}
