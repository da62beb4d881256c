//! Regular expressions of filters, `/…/` with flags.

use regex_lite::{Regex, RegexBuilder};

/// Most bytes of a pattern as compiled; bounds the time to match one character.
const MAX_COMPILED: usize = 16 * 1024;

/// A pattern that whole texts must match.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    regex: Regex,
}

impl Pattern {
    /// The pattern between the slashes with the flags behind them, of which `i`, `m`, `s` and `x`
    /// have their usual meaning and `d`, `u` and `U` change nothing here.
    pub(crate) fn new(text: &str, flags: &str) -> Option<Self> {
        if !flags.chars().all(|flag| "imsxduU".contains(flag)) {
            return None;
        }
        let build = |pattern: &str| {
            RegexBuilder::new(pattern)
                .case_insensitive(flags.contains('i'))
                .multi_line(flags.contains('m'))
                .dot_matches_new_line(flags.contains('s'))
                .ignore_whitespace(flags.contains('x'))
                .size_limit(MAX_COMPILED)
                .build()
                .ok()
        };
        // By itself first, so that the anchors around it can't make sense of half a group.
        build(text)?;
        build(&format!(r"\A(?:{text})\z")).map(|regex| Self { regex })
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// How much a match of `text` may cost, in units of work.
    pub(crate) fn cost(&self, text: &str) -> usize {
        (text.len() + 1).saturating_mul(1 + self.regex.as_str().len() / 16)
    }
}

/// Patterns are equal when they are written alike.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }
}
