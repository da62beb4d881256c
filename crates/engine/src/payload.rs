//! JSON data that travels through an execution.

use std::fmt::{self, Write as _};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};
use stepwell_json::{ParseError, Value};

/// An immutable JSON text with its value: cheap to clone, each form made once, when first asked
/// for. A payload that passes states untouched stays one allocation, never parsed or printed
/// again.
#[derive(Clone)]
pub struct Payload(Arc<Forms>);

/// At least one form is there from the start.
struct Forms {
    text: OnceLock<Box<str>>,
    value: OnceLock<Result<Value, ParseError>>,
    digest: OnceLock<u64>,
}

impl Payload {
    /// The payload that the caller's `text` writes; keeps the text as it is.
    ///
    /// # Errors
    /// `text` is not JSON.
    pub fn parse(text: impl Into<Box<str>>) -> Result<Self, ParseError> {
        let text = text.into();
        let value = stepwell_json::parse(&text)?;
        Ok(Self(Arc::new(Forms {
            text: text.into(),
            value: Ok(value).into(),
            digest: OnceLock::new(),
        })))
    }

    /// The payload of a text that was taken from a payload before, for example when a snapshot
    /// is read back. It is parsed when its value is first needed.
    #[must_use]
    pub fn from_stored(text: impl Into<Box<str>>) -> Self {
        Self(Arc::new(Forms {
            text: text.into().into(),
            value: OnceLock::new(),
            digest: OnceLock::new(),
        }))
    }

    /// The payload of `value`; its text is compact.
    #[must_use]
    pub fn from_value(value: Value) -> Self {
        Self(Arc::new(Forms {
            text: OnceLock::new(),
            value: Ok(value).into(),
            digest: OnceLock::new(),
        }))
    }

    /// The JSON text.
    #[must_use]
    pub fn text(&self) -> &str {
        // A payload without text was made from a value.
        self.0.text.get_or_init(|| match self.0.value.get() {
            Some(Ok(value)) => value.to_json().into(),
            _ => "null".into(),
        })
    }

    /// The value.
    ///
    /// # Errors
    /// The stored text is not JSON: the store gave back something else than it was given.
    pub fn value(&self) -> Result<&Value, &ParseError> {
        self.0.value.get_or_init(|| stepwell_json::parse(self.text())).as_ref()
    }

    /// Bytes of the text in UTF-8, the measure of payload limits.
    #[must_use]
    pub fn size(&self) -> usize {
        self.text().len()
    }

    /// Whether the text has more than `limit` bytes. Prints no more than that to find out, so
    /// that a value that shares its parts many times over costs no more than one that does not.
    #[must_use]
    pub fn exceeds(&self, limit: usize) -> bool {
        if let (None, Some(Ok(value))) = (self.0.text.get(), self.0.value.get()) {
            let mut out = Bounded { text: String::new(), limit };
            if write!(out, "{value}").is_err() {
                return true;
            }
            // Another thread may have been first, with the same text.
            let _ = self.0.text.set(out.text.into());
        }
        self.size() > limit
    }

    /// The same value written without spaces, as states pass it on; the very same payload where
    /// its text is so already.
    #[must_use]
    pub fn compact(&self) -> Self {
        match self.value() {
            Ok(value) => {
                let compact = Self::from_value(value.clone());
                if compact.text() == self.text() { self.clone() } else { compact }
            }
            Err(_) => self.clone(),
        }
    }

    /// A number that payloads of one text have in common, and others hardly ever. Of one program:
    /// it is not to be stored.
    #[must_use]
    pub fn digest(&self) -> u64 {
        *self.0.digest.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            self.text().hash(&mut hasher);
            hasher.finish()
        })
    }

    /// Whether both are one allocation, so that equality is known without looking.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A text that refuses to grow beyond `limit` bytes.
struct Bounded {
    text: String,
    limit: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if part.len() > self.limit - self.text.len() {
            return Err(fmt::Error);
        }
        self.text.push_str(part);
        Ok(())
    }
}

/// The empty object, which stands for absent input.
impl Default for Payload {
    fn default() -> Self {
        Self::from_value(Value::Object(Arc::default()))
    }
}

/// Payloads are equal when their texts are.
impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.same(other) || self.text() == other.text()
    }
}

impl Eq for Payload {}

/// By the digest, so that a long text that is looked for again and again is hashed once.
impl Hash for Payload {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.digest());
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.text())
    }
}
