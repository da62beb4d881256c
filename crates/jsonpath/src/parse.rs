//! Text to path.

use crate::filter::{Condition, Filter, Operand, Operator};
use crate::path::{Path, Root, Step};
use crate::pattern::Pattern;

/// Most nested parentheses of a filter.
const MAX_FILTER_DEPTH: usize = 32;

/// Why a text is not a path, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at position {position}")]
pub struct PathError {
    /// Byte offset from the start of the text.
    pub position: usize,
    /// What was expected or refused.
    pub message: &'static str,
}

impl Path {
    /// The path that `text` writes: `$`, `$$` or `$variable`, then steps.
    ///
    /// # Errors
    /// `text` leaves the grammar, or has a pattern with look-around or references back. Of the
    /// functions only `length()` finds anything: the service takes the others, too, and fails the
    /// state that evaluates one.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut parser = Parser { text: text.trim(), at: 0 };
        let path = parser.path(0).and_then(|path| {
            if parser.rest().is_empty() { Ok(path) } else { Err("expected '.' or '['") }
        });
        path.map(|path| Self { text: text.to_owned(), ..path })
            .map_err(|message| PathError { position: parser.at, message })
    }
}

type Parsed<T> = Result<T, &'static str>;

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn expect(&mut self, token: &str, message: &'static str) -> Parsed<()> {
        if self.eat(token) { Ok(()) } else { Err(message) }
    }

    fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn path(&mut self, depth: usize) -> Parsed<Path> {
        self.expect("$", "expected '$'")?;
        let root = if self.eat("$") {
            Root::Context
        } else {
            match self.take_while(|c| c.is_alphanumeric() || c == '_') {
                "" => Root::Input,
                name => Root::Variable(name.to_owned()),
            }
        };
        Ok(Path { text: String::new(), root, steps: self.steps(depth)? })
    }

    fn steps(&mut self, depth: usize) -> Parsed<Vec<Step>> {
        let mut steps = Vec::new();
        loop {
            if self.eat("..") {
                steps.push(Step::Descend);
            } else if !self.eat(".") && !self.rest().starts_with('[') {
                return Ok(steps);
            }
            steps.push(if self.eat("[") { self.bracket(depth)? } else { self.dotted()? });
        }
    }

    fn dotted(&mut self) -> Parsed<Step> {
        if self.eat("*") {
            return Ok(Step::Wildcard);
        }
        let name = self.take_while(|c| !c.is_whitespace() && !".[()=!<>&|,]*'\"".contains(c));
        if self.rest().starts_with('(') {
            return self.call(name);
        }
        if name.is_empty() {
            return Err("expected a name, a path must not end with '.'");
        }
        Ok(Step::Field(name.to_owned()))
    }

    /// The arguments of a function, from `(`.
    fn call(&mut self, name: &str) -> Parsed<Step> {
        let start = self.at;
        let mut open = 0_usize;
        loop {
            self.take_while(|c| !"()'\"".contains(c));
            match self.rest().chars().next() {
                Some('(') => open += 1,
                Some(')') => open -= 1,
                Some(_) => {
                    self.quoted()?;
                    continue;
                }
                None => return Err("expected ')'"),
            }
            self.at += 1;
            if open == 0 {
                break;
            }
        }
        let plain = name == "length" && &self.text[start..self.at] == "()";
        Ok(if plain { Step::Length } else { Step::Function })
    }

    fn bracket(&mut self, depth: usize) -> Parsed<Step> {
        self.space();
        let step = if self.eat("*") {
            Step::Wildcard
        } else if self.eat("?") {
            self.space();
            self.expect("(", "expected '(' after '?'")?;
            let filter = self.any_of(depth + 1)?;
            self.expect(")", "expected ')'")?;
            Step::Filter(filter)
        } else if self.rest().starts_with(['\'', '"']) {
            let mut names = self.list(Self::quoted)?;
            if names.len() == 1 { Step::Field(names.remove(0)) } else { Step::Fields(names) }
        } else {
            self.indices()?
        };
        self.space();
        self.expect("]", "expected ']'")?;
        Ok(step)
    }

    fn indices(&mut self) -> Parsed<Step> {
        if self.rest().starts_with(':') {
            return self.slice(None);
        }
        let first = self.integer()?;
        self.space();
        if self.rest().starts_with(':') {
            return self.slice(Some(first));
        }
        if !self.eat(",") {
            return Ok(Step::Index(first));
        }
        let mut indices = vec![first];
        indices.extend(self.list(Self::integer)?);
        Ok(Step::Indices(indices))
    }

    /// A step width is read and ignored, as the reference evaluator does.
    fn slice(&mut self, from: Option<i64>) -> Parsed<Step> {
        self.expect(":", "expected ':'")?;
        let to = self.optional_integer()?;
        if from.is_none() && to.is_none() {
            return Err("a slice needs a bound");
        }
        if self.eat(":") {
            self.optional_integer()?;
        }
        Ok(Step::Slice(from, to))
    }

    fn optional_integer(&mut self) -> Parsed<Option<i64>> {
        let present = self.rest().starts_with(|c: char| c == '-' || c.is_ascii_digit());
        if present { self.integer().map(Some) } else { Ok(None) }
    }

    fn integer(&mut self) -> Parsed<i64> {
        let text = self.take_while(|c| c == '-' || c.is_ascii_digit());
        text.parse().map_err(|_| "expected '*', '?', a quoted name or an integer")
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = Vec::new();
        loop {
            self.space();
            items.push(item(self)?);
            self.space();
            if !self.eat(",") {
                return Ok(items);
            }
        }
    }

    fn quoted(&mut self) -> Parsed<String> {
        let quote = self.rest().chars().next().filter(|c| matches!(c, '\'' | '"'));
        let quote = quote.ok_or("expected a quoted text")?;
        self.at += 1;
        let mut text = String::new();
        let mut characters = self.rest().char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => text.extend(characters.next().map(|(_, escaped)| escaped)),
                end if end == quote => {
                    self.at += at + 1;
                    return Ok(text);
                }
                other => text.push(other),
            }
        }
        Err("expected a closing quote")
    }

    fn any_of(&mut self, depth: usize) -> Parsed<Filter> {
        let mut filters = vec![self.all_of(depth)?];
        while self.eat("||") {
            filters.push(self.all_of(depth)?);
        }
        Ok(if filters.len() == 1 { filters.remove(0) } else { Filter::Any(filters) })
    }

    fn all_of(&mut self, depth: usize) -> Parsed<Filter> {
        let mut filters = vec![self.test(depth)?];
        while self.eat("&&") {
            filters.push(self.test(depth)?);
        }
        Ok(if filters.len() == 1 { filters.remove(0) } else { Filter::All(filters) })
    }

    fn test(&mut self, depth: usize) -> Parsed<Filter> {
        if depth > MAX_FILTER_DEPTH {
            return Err("a filter nests too deeply");
        }
        self.space();
        let filter = if self.eat("!") {
            Filter::Not(Box::new(self.test(depth + 1)?))
        } else if self.eat("(") {
            let inner = self.any_of(depth + 1)?;
            self.expect(")", "expected ')'")?;
            inner
        } else {
            let left = self.operand(depth)?;
            self.space();
            if self.eat("=~") {
                self.space();
                let pattern = self.pattern()?;
                self.space();
                return Ok(Filter::Match(left, pattern));
            }
            match self.operator() {
                None => Filter::Exists(left),
                Some(operator) => {
                    self.space();
                    let right = self.operand(depth)?;
                    Filter::Test(Condition { left, operator, right })
                }
            }
        };
        self.space();
        Ok(filter)
    }

    /// `/pattern/flags`; a slash in the pattern is escaped by a backslash.
    fn pattern(&mut self) -> Parsed<Pattern> {
        self.expect("/", "expected a pattern between slashes after '=~'")?;
        let start = self.at;
        loop {
            self.take_while(|c| c != '/' && c != '\\');
            if self.rest().is_empty() {
                return Err("expected '/' at the end of a pattern");
            }
            if self.rest().starts_with('/') {
                break;
            }
            // The backslash and what it escapes.
            let escaped = self.rest().chars().nth(1).map_or(0, char::len_utf8);
            self.at += 1 + escaped;
        }
        let text = &self.text[start..self.at];
        self.at += 1;
        let flags = self.take_while(|c| c.is_ascii_alphabetic());
        Pattern::new(text, flags).ok_or("a pattern is malformed, too large or has unknown flags")
    }

    fn operator(&mut self) -> Option<Operator> {
        Operator::TOKENS.iter().find(|(token, _)| self.eat(token)).map(|(_, operator)| *operator)
    }

    fn operand(&mut self, depth: usize) -> Parsed<Operand> {
        if self.rest().starts_with('$') {
            return self.path(depth + 1).map(Operand::Path);
        }
        if self.eat("@") {
            let steps = self.steps(depth + 1)?;
            return Ok(Operand::Node(Path { text: String::new(), root: Root::Input, steps }));
        }
        if self.rest().starts_with(['\'', '"']) {
            return self.quoted().map(|text| Operand::Literal(text.into()));
        }
        if self.eat("[") {
            let items = self.list(Self::literal)?;
            self.expect("]", "expected ']'")?;
            return Ok(Operand::Literal(items.into()));
        }
        self.literal().map(Operand::Literal)
    }

    fn literal(&mut self) -> Parsed<stepwell_json::Value> {
        if self.rest().starts_with(['\'', '"']) {
            return Ok(self.quoted()?.into());
        }
        let text = self.take_while(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        stepwell_json::parse(text).map_err(|_| "expected '@', '$' or a literal")
    }
}
