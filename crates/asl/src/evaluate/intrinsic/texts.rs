//! Functions over texts and JSON.

use super::{Calls, Fault, Outcome, fault, wrong};
use crate::evaluate::print::{Bounded, plain};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::Digest;
use std::fmt::Write as _;
use std::sync::Arc;
use stepwell_json::Value;

/// Most characters that are encoded, decoded or hashed.
const MAX_CHARACTERS: usize = 10_000;

/// As lenient as the decoder of the Java library.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl Calls<'_> {
    /// `pieces` with a value between each two.
    pub(super) fn format<'p>(
        &self,
        pieces: impl Iterator<Item = &'p str>,
        values: &[Value],
    ) -> Outcome {
        let mut out = Bounded::new(self.text_bytes);
        let (mut places, mut values) = (0_usize, values.iter());
        for (index, piece) in pieces.enumerate() {
            if index > 0 {
                places += 1;
                let Some(value) = values.next() else {
                    return fault(format!("The text has more than {} {{}}", places - 1));
                };
                let before = out.text.len();
                plain(value, &mut out).map_err(|_| Fault::TooLarge)?;
                self.work.charge(out.text.len() - before)?;
            }
            out.write_str(piece).map_err(|_| Fault::TooLarge)?;
            self.work.charge(piece.len())?;
        }
        if values.next().is_some() {
            return fault(format!("The text has only {places} {{}}"));
        }
        Ok(out.text.into())
    }

    /// The JSON text of a value, at most `limit` bytes.
    pub(super) fn json(&self, value: &Value, limit: usize) -> Outcome<String> {
        let mut out = Bounded::new(limit);
        let written = write!(out, "{value}");
        self.work.charge(out.text.len())?;
        written.map_err(|_| Fault::TooLarge)?;
        Ok(out.text)
    }

    pub(super) fn string_to_json(&self, value: &Value) -> Outcome {
        let text = self.text(value)?;
        // Recorded.
        if text.trim().is_empty() {
            return Ok(Value::Null);
        }
        stepwell_json::parse(text).or_else(|error| fault(format!("Not a JSON text: {error}")))
    }

    pub(super) fn json_merge(&self, one: &Value, two: &Value, deep: &Value) -> Outcome {
        let (Value::Object(one), Value::Object(two)) = (one, two) else {
            return wrong("object", if one.as_object().is_some() { two } else { one });
        };
        if deep.as_bool() != Some(false) {
            return fault("Only shallow merging is supported: the third argument must be false");
        }
        self.work.charge(one.len() + two.len())?;
        let mut merged = Arc::clone(one);
        let members = Arc::make_mut(&mut merged);
        members.extend(two.iter().map(|(name, value)| (Arc::clone(name), value.clone())));
        Ok(Value::Object(merged))
    }

    /// Every character of `delimiters` ends a part; empty parts are left out (recorded).
    pub(super) fn string_split(&self, value: &Value, delimiters: &Value) -> Outcome {
        let (text, delimiters) = (self.text(value)?, self.text(delimiters)?);
        let delimiters: std::collections::HashSet<char> = delimiters.chars().collect();
        let parts = text.split(|c| delimiters.contains(&c)).filter(|part| !part.is_empty());
        Ok(parts.map(Value::from).collect::<Vec<_>>().into())
    }

    pub(super) fn base64_encode(&self, value: &Value) -> Outcome {
        Ok(BASE64.encode(self.short(value)?).into())
    }

    pub(super) fn base64_decode(&self, value: &Value) -> Outcome {
        match BASE64.decode(self.short(value)?) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned().into()),
            Err(error) => fault(format!("Not a Base64 text: {error}")),
        }
    }

    /// A text of at most 10,000 characters.
    fn short<'v>(&self, value: &'v Value) -> Outcome<&'v str> {
        let text = self.text(value)?;
        if text.chars().nth(MAX_CHARACTERS).is_some() {
            return fault(format!("A text has more than {MAX_CHARACTERS} characters"));
        }
        Ok(text)
    }

    /// Texts are hashed as they are, other values as their JSON text.
    pub(super) fn hash(&self, value: &Value, algorithm: &Value) -> Outcome {
        let text = match value {
            Value::String(_) => self.short(value)?.to_owned(),
            other => {
                let text = self.json(other, 4 * MAX_CHARACTERS).ok();
                let text = text.filter(|text| text.chars().nth(MAX_CHARACTERS).is_none());
                let Some(text) = text else {
                    return fault(format!("A value has more than {MAX_CHARACTERS} characters"));
                };
                text
            }
        };
        let digest = match self.text(algorithm)? {
            "MD5" => hex(&md5::Md5::digest(text)),
            "SHA-1" => hex(&sha1::Sha1::digest(text)),
            "SHA-256" => hex(&sha2::Sha256::digest(text)),
            "SHA-384" => hex(&sha2::Sha384::digest(text)),
            "SHA-512" => hex(&sha2::Sha512::digest(text)),
            other => {
                return fault(format!(
                    "The algorithm '{}' is none of MD5, SHA-1, SHA-256, SHA-384, SHA-512",
                    other.chars().take(80).collect::<String>()
                ));
            }
        };
        Ok(digest.into())
    }

    pub(super) fn uuid(&mut self) -> Value {
        let bits = u128::from((self.random)()) << 64 | u128::from((self.random)());
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid().to_string().into()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
