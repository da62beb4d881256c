//! The order of evaluated members.
//!
//! The service collects the members whose names end in `.$` in a hash map of the Java library and
//! puts them behind the literal ones, which keep their places. Histories show that order
//! (recorded), so it is computed here: 16 buckets, doubled while more than three quarters full,
//! by the hash of the name without `.$`; within a bucket the order of the definition.

use std::sync::Arc;

/// Brings members, named without `.$`, into the order of a result.
pub(super) fn sort<T>(members: &mut [(Arc<str>, T)]) {
    let mut buckets = 16_usize;
    while members.len() > buckets / 4 * 3 {
        buckets *= 2;
    }
    members.sort_by_key(|(name, _)| {
        let hash = hash(name);
        // A bucket number has at most 32 bits.
        (hash ^ (hash >> 16)) as usize & (buckets - 1)
    });
}

/// `String.hashCode`
fn hash(text: &str) -> u32 {
    text.encode_utf16().fold(0, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

#[cfg(test)]
mod tests {
    use super::{hash, sort};

    #[test]
    fn names_stand_as_recorded() {
        for names in [
            "Input StateMachineArn Name",
            "Path AllowNullValues Stage ApiEndpoint Method QueryParameters RequestBody",
            "uniqueValues simpleArray thirdElement partitionedArray arraySize containsElement \
             numberRange",
            "arg2 arg1 TaskToken",
        ] {
            let expected: Vec<_> = names.split_whitespace().collect();
            let mut members: Vec<_> = expected.iter().map(|name| ((*name).into(), ())).collect();
            members.sort();
            sort(&mut members);
            assert_eq!(members.iter().map(|(name, ())| &**name).collect::<Vec<_>>(), expected);
        }
        assert_eq!(hash("polygenelubricants"), 1 << 31);
        let mut many: Vec<_> =
            (0..13).map(|n| (char::from(b'a' + n).to_string().into(), ())).collect();
        sort(&mut many);
        // 32 buckets: `a` is 97, the first in bucket 1.
        assert_eq!(&*many[0].0, "a");
    }
}
