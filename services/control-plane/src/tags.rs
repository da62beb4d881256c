//! Tags: keys with values, in the order in which the keys were first given.

use stepwell_api::controlplane::Tag as GivenTag;
use stepwell_api::internal::Tag;
use stepwell_api::{ApiError, ErrorCode, Violations};

const KEY_CHARACTERS: usize = 128;
const VALUE_CHARACTERS: usize = 256;
/// Begins the keys that only the service itself gives.
const RESERVED: &str = "aws:";

/// Adds what is wrong with tags.
pub(crate) fn check_values(mut violations: Violations, tags: &[GivenTag]) -> Violations {
    for (number, tag) in (1..).zip(tags) {
        let member = format!("tags.{number}.member");
        violations = violations
            .length(&format!("{member}.key"), &tag.key, 1, KEY_CHARACTERS)
            .length(&format!("{member}.value"), &tag.value, 0, VALUE_CHARACTERS);
    }
    violations
}

/// Adds what is wrong with the keys of tags to take away.
pub(crate) fn check_keys(mut violations: Violations, keys: &[String]) -> Violations {
    for (number, key) in (1..).zip(keys) {
        violations = violations.length(&format!("tagKeys.{number}.member"), key, 1, KEY_CHARACTERS);
    }
    violations
}

/// Refuses keys of the service's own, and more tags than there may be.
pub(crate) fn check_count(tags: &[GivenTag], most: usize) -> Result<(), ApiError> {
    if let Some(tag) = tags.iter().find(|tag| tag.key.starts_with(RESERVED)) {
        let message = format!("Tag keys must not begin with '{RESERVED}': '{}'", tag.key);
        return Err(ApiError::new(ErrorCode::ValidationException, message));
    }
    if merged(&[], tags).len() > most { Err(too_many(most)) } else { Ok(()) }
}

/// A resource would have more than `most` tags.
pub(crate) fn too_many(most: usize) -> ApiError {
    let message = format!("Too many tags: a resource may have {most}");
    ApiError::new(ErrorCode::TooManyTags, message)
}

/// `tags` with `given` in place of those with the same keys.
pub(crate) fn merged(tags: &[Tag], given: &[GivenTag]) -> Vec<Tag> {
    let mut tags = tags.to_vec();
    for GivenTag { key, value } in given {
        match tags.iter_mut().find(|tag| tag.key == *key) {
            Some(tag) => tag.value.clone_from(value),
            None => tags.push(Tag { key: key.clone(), value: value.clone() }),
        }
    }
    tags
}

/// Tags as they are shown.
pub(crate) fn shown(tags: Vec<Tag>) -> Vec<GivenTag> {
    tags.into_iter().map(|Tag { key, value }| GivenTag { key, value }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(key: &str, value: &str) -> GivenTag {
        GivenTag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn a_key_keeps_its_place_and_gets_the_last_value() {
        let tags = merged(&[], &[given("b", "1"), given("a", "2"), given("b", "3")]);
        assert_eq!(shown(tags.clone()), [given("b", "3"), given("a", "2")]);
        assert_eq!(merged(&tags, &[given("a", "")]).last().map(|tag| tag.value.as_str()), Some(""));
    }

    #[test]
    fn different_keys_are_counted_and_those_of_the_service_refused() {
        assert!(check_count(&[given("a", ""), given("a", "")], 1).is_ok());
        let code = |tags: &[GivenTag]| check_count(tags, 1).unwrap_err().code();
        assert_eq!(code(&[given("a", ""), given("b", "")]), ErrorCode::TooManyTags);
        assert_eq!(code(&[given("aws:a", "")]), ErrorCode::ValidationException);
    }
}
