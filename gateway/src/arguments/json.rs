//! Arguments from a JSON body.

use super::{Arguments, Kind, Member, Value};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;
use stepwell_api::{ApiError, ErrorCode};

/// Fills `arguments` from `body`, a JSON object; what is only white space stands for `{}`.
///
/// The parser skips members that are not in the table without recursion, so that nesting costs no
/// stack.
///
/// # Errors
/// `SerializationException` where `body` is no JSON object or a member has another JSON type.
pub(crate) fn read_json(body: &[u8], arguments: &mut Arguments) -> Result<(), ApiError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(());
    }
    let mut parser = serde_json::Deserializer::from_slice(body);
    let read = Object(arguments).deserialize(&mut parser).and_then(|()| parser.end());
    read.map_err(|error| {
        let message = format!("The body is not the JSON that the action takes: {error}");
        ApiError::new(ErrorCode::SerializationException, message)
    })
}

/// Reads the members of an object into their slots.
struct Object<'a>(&'a mut Arguments);

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let Arguments { members, values } = self.0;
        while let Some(position) = object.next_key_seed(Key(members))? {
            let slot = position.and_then(|at| members.get(at).zip(values.get_mut(at)));
            match slot {
                Some((member, slot)) => *slot = object.next_value_seed(Slot(member.kind))?,
                None => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Finds the place of a key in the table, without keeping the key.
struct Key(&'static [Member]);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|member| member.name == key))
    }
}

/// Reads a value of a type, or `null`.
struct Slot(Kind);

impl<'de> DeserializeSeed<'de> for Slot {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        use serde::Deserialize as _;
        Ok(match self.0 {
            Kind::Text | Kind::OneOf(_) => Option::deserialize(deserializer)?.map(Value::Text),
            Kind::Integer => Option::deserialize(deserializer)?.map(Value::Integer),
            Kind::Boolean => Option::deserialize(deserializer)?.map(Value::Boolean),
            // The parser bounds its depth.
            Kind::Json => Option::deserialize(deserializer)?.map(Value::Json),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static MEMBERS: [Member; 3] = [
        Member::required("name"),
        Member::optional("maxResults", Kind::Integer),
        Member::optional("reverseOrder", Kind::Boolean),
    ];

    type Read = (Option<String>, Option<i32>, Option<bool>);

    fn read(body: &[u8]) -> Result<Read, ErrorCode> {
        let mut arguments = Arguments::new(&MEMBERS);
        read_json(body, &mut arguments).map_err(|error| error.code())?;
        let name = arguments.text("name");
        Ok((name, arguments.integer("maxResults"), arguments.boolean("reverseOrder")))
    }

    #[test]
    fn members_are_read_null_is_absent_and_others_are_ignored() {
        let body =
            br#" {"x": [{"name": 1}], "name": "a\u00e4", "maxResults": 7, "reverseOrder": null} "#;
        assert_eq!(read(body), Ok((Some("aä".to_owned()), Some(7), None)));
        assert_eq!(read(b""), Ok((None, None, None)));
        assert_eq!(read(br#"{"name": "a", "name": "b"}"#).unwrap().0.as_deref(), Some("b"));
    }

    #[test]
    fn other_json_and_other_types_are_refused() {
        for body in [
            "[]",
            "1",
            "\"a\"",
            "null",
            "{",
            "{}{}",
            "{\"name\"}",
            "{\"name\": 1}",
            "{name: \"\"}",
            "{\"name\": []}",
            "{\"maxResults\": \"7\"}",
            "{\"maxResults\": 7.5}",
            "\u{feff}{}",
            "{\"maxResults\": 2147483648}",
            "{\"reverseOrder\": 0}",
            "{\"name\": \"\\ud800\"}",
        ] {
            assert_eq!(read(body.as_bytes()), Err(ErrorCode::SerializationException), "{body}");
        }
        assert_eq!(read(b"{\"name\": \"\xff\"}"), Err(ErrorCode::SerializationException));
    }

    #[test]
    fn nesting_costs_no_stack() {
        let deep = |open: &str, close: &str| open.repeat(1_000_000) + &close.repeat(1_000_000);
        let refused = Err(ErrorCode::SerializationException);
        assert_eq!(read(deep("[", "]").as_bytes()), refused);
        assert_eq!(read(deep("{\"a\":", "}").as_bytes()), refused);
        let known = format!("{{\"name\": {}}}", deep("[", "]"));
        assert_eq!(read(known.as_bytes()), refused);
        let unknown = format!("{{\"x\": {}}}", deep("[", "]"));
        assert_eq!(read(unknown.as_bytes()), Ok((None, None, None)));
    }
}
