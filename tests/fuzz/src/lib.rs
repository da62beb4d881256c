//! What strangers send, and what a store gives back damaged: each target takes any bytes through
//! the code that meets them and holds it to what that code promises. Nothing may panic, and
//! everything ends within the limits that it counts itself.
//!
//! `cargo xtask fuzz` has libFuzzer look for bytes that break a promise; the tests here replay the
//! corpus, where every input that ever broke one is kept.

mod run;
mod targets;

pub use targets::{TARGETS, Target};

/// The texts that an input holds, between lines of three hyphens; none where it is not UTF-8.
fn texts(input: &[u8]) -> Option<Vec<&str>> {
    let text = std::str::from_utf8(input).ok()?;
    Some(text.trim_end_matches('\n').split("\n---\n").collect())
}
