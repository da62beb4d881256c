//! Insertions into the text of an expression, and replacements in it.

use super::gate::Gate;
use jlens_core::ast::Node;

/// Edits in the order of a walk: outer before inner.
#[derive(Default)]
pub(super) struct Edits {
    opened: Vec<(usize, String)>,
    closed: Vec<(usize, String)>,
    replaced: Vec<(usize, usize, String)>,
}

impl Edits {
    /// Puts `node` behind a gate.
    pub(super) fn gate(&mut self, gate: Gate, node: &Node) {
        self.surround(node, gate.open(), gate.close());
    }

    /// Puts text before and behind `node`.
    pub(super) fn surround(&mut self, node: &Node, before: String, behind: String) {
        self.opened.push((node.span.start, before));
        self.closed.push((node.span.end, behind));
    }

    /// Puts `text` in the place of `node`.
    pub(super) fn replace(&mut self, node: &Node, text: String) {
        self.replaced.push((node.span.start, node.span.end, text));
    }

    /// The edited text; none without edits.
    pub(super) fn applied(mut self, source: &str) -> Option<String> {
        if self.opened.is_empty() && self.replaced.is_empty() {
            return None;
        }
        // Where several end, the inner ones end first.
        self.closed.reverse();
        self.closed.sort_by_key(|(at, _)| *at);
        self.opened.sort_by_key(|(at, _)| *at);
        self.replaced.sort_by_key(|(start, ..)| *start);
        let mut closed = self.closed.iter().peekable();
        let mut opened = self.opened.iter().peekable();
        let mut replaced = self.replaced.iter().peekable();
        let mut text = String::with_capacity(source.len() * 2);
        let mut hidden = 0;
        for (at, character) in source.char_indices().chain([(source.len(), ' ')]) {
            while let Some((_, insertion)) = closed.next_if(|(close, _)| *close <= at) {
                text.push_str(insertion);
            }
            while let Some((_, insertion)) = opened.next_if(|(open, _)| *open <= at) {
                text.push_str(insertion);
            }
            if let Some((_, end, replacement)) = replaced.next_if(|(start, ..)| *start <= at) {
                text.push_str(replacement);
                hidden = *end;
            }
            if at >= hidden {
                text.push(character);
            }
        }
        Some(text)
    }
}
