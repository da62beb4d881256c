//! Printing of values as texts of bounded length.

use std::fmt::{self, Write};
use stepwell_json::Value;

/// A text that refuses to grow beyond `limit` bytes.
pub(super) struct Bounded {
    pub(super) text: String,
    limit: usize,
}

impl Bounded {
    pub(super) fn new(limit: usize) -> Self {
        Self { text: String::new(), limit }
    }
}

impl Write for Bounded {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if part.len() > self.limit - self.text.len() {
            return Err(fmt::Error);
        }
        self.text.push_str(part);
        Ok(())
    }
}

/// Bytes that a message quotes at most: those of 32,768 characters, as many as a cause has.
const MAX_QUOTE: usize = 4 * 32_768;

/// The JSON text of `value` as a message quotes it, its end left out where it is very long.
pub(super) fn quoted(value: &Value) -> String {
    let mut out = Bounded::new(MAX_QUOTE);
    // An error says that the end is left out.
    let _ = write!(out, "{value}");
    out.text
}

/// The value as `States.Format` puts it into a text (recorded): texts bare, `{name=value}` for
/// objects.
pub(super) fn plain(value: &Value, out: &mut Bounded) -> fmt::Result {
    match value {
        Value::String(text) => out.write_str(text),
        Value::Array(items) => {
            out.write_char('[')?;
            for (index, item) in items.iter().enumerate() {
                out.write_str(if index > 0 { ", " } else { "" })?;
                plain(item, out)?;
            }
            out.write_char(']')
        }
        Value::Object(members) => {
            out.write_char('{')?;
            for (index, (name, item)) in members.iter().enumerate() {
                out.write_str(if index > 0 { ", " } else { "" })?;
                out.write_str(name)?;
                out.write_char('=')?;
                plain(item, out)?;
            }
            out.write_char('}')
        }
        other => write!(out, "{other}"),
    }
}
