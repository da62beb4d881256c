//! Control records.

use crate::{
    ControlChange, ControlOutcome, ControlStore, ControlWrite, Expect, MAX_CONTROL_VALUE,
    StoreError,
};
use bytes::Bytes;

const GROUP: &[u8] = b"account}:1";

fn write(key: &'static str, expect: Option<Expect>, change: ControlChange) -> ControlWrite {
    ControlWrite { key: Bytes::from_static(key.as_bytes()), expect, change }
}

fn put(value: &'static str) -> ControlChange {
    ControlChange::Put(Bytes::from_static(value.as_bytes()))
}

async fn written(store: &dyn ControlStore, writes: Vec<ControlWrite>) -> Result<u64, StoreError> {
    match store.control_write(GROUP, writes).await? {
        ControlOutcome::Written { version } => Ok(version),
        conflict @ ControlOutcome::Conflict { .. } => panic!("{conflict:?}"),
    }
}

/// A write takes effect whole where all is as expected, else not at all; versions never return.
///
/// # Errors
/// What the store's calls give.
pub async fn control_writes(store: &dyn ControlStore) -> Result<(), StoreError> {
    let both = vec![write("a", Some(Expect::Absent), put("1")), write("b", None, put("2"))];
    let first = written(store, both.clone()).await?;
    assert_eq!(store.control_get(GROUP, b"a").await?, Some((first, "1".into())));
    assert_eq!(store.control_get(GROUP, b"b").await?, Some((first, "2".into())));
    assert_eq!(store.control_get(b"other", b"a").await?, None);
    let refused = store.control_write(GROUP, both).await?;
    assert_eq!(refused, ControlOutcome::Conflict { change: 0, version: Some(first) });
    let half = vec![
        write("b", Some(Expect::Version(first)), put("3")),
        write("none", Some(Expect::Version(first)), ControlChange::Keep),
    ];
    let refused = store.control_write(GROUP, half).await?;
    assert_eq!(refused, ControlOutcome::Conflict { change: 1, version: None });
    assert_eq!(store.control_get(GROUP, b"b").await?, Some((first, "2".into())));
    let second = written(
        store,
        vec![
            write("a", Some(Expect::Version(first)), ControlChange::Delete),
            write("b", Some(Expect::Version(first)), ControlChange::Keep),
            write("gone", None, ControlChange::Delete),
        ],
    )
    .await?;
    assert_eq!(store.control_get(GROUP, b"a").await?, None);
    assert_eq!(store.control_get(GROUP, b"b").await?, Some((first, "2".into())));
    let third = written(store, vec![write("a", Some(Expect::Absent), put("4"))]).await?;
    assert!(first < second && second < third, "{first} {second} {third}");
    Ok(())
}

/// Values of any bytes up to the limit are kept; longer ones and keys named twice are refused.
///
/// # Errors
/// What the store's calls give.
pub async fn control_limits(store: &dyn ControlStore) -> Result<(), StoreError> {
    let value = |bytes| ControlChange::Put(Bytes::from(vec![0xff; bytes]));
    let version = written(store, vec![write("a", None, value(MAX_CONTROL_VALUE))]).await?;
    let found = store.control_get(GROUP, b"a").await?;
    assert!(found == Some((version, Bytes::from(vec![0xff; MAX_CONTROL_VALUE]))));
    for refused in [
        vec![write("a", None, value(MAX_CONTROL_VALUE + 1))],
        vec![write("b", None, put("")), write("b", None, ControlChange::Keep)],
    ] {
        let outcome = store.control_write(GROUP, refused).await;
        assert!(matches!(outcome, Err(StoreError::Invalid(_))), "{outcome:?}");
    }
    assert_eq!(store.control_get(GROUP, b"b").await?, None);
    Ok(())
}

/// Keys of a prefix are listed in the order of their bytes, page by page, and counted.
///
/// # Errors
/// What the store's calls give.
pub async fn control_lists(store: &dyn ControlStore) -> Result<(), StoreError> {
    let key = |text: &'static [u8]| ControlWrite {
        key: Bytes::from_static(text),
        expect: None,
        change: put("x"),
    };
    let keys: [&[u8]; 6] = [b"m/b", b"m", b"m/a", b"m/\xff", b"n", b"\xff\xff"];
    let version = written(store, keys.map(key).into()).await?;
    let listed = async |prefix: &'static [u8], after: Option<&'static [u8]>, limit| {
        let found = store.control_list(GROUP, prefix, after, limit).await?;
        assert!(found.iter().all(|(_, at, value)| *at == version && value == "x"), "{found:?}");
        Ok::<_, StoreError>(found.into_iter().map(|(key, ..)| key).collect::<Vec<_>>())
    };
    assert_eq!(listed(b"m/", None, 9).await?, [&b"m/a"[..], b"m/b", b"m/\xff"]);
    assert_eq!(listed(b"m/", None, 2).await?, [&b"m/a"[..], b"m/b"]);
    assert_eq!(listed(b"m/", Some(b"m/b"), 9).await?, [&b"m/\xff"[..]]);
    assert_eq!(listed(b"m/", Some(b"a"), 1).await?, [&b"m/a"[..]]);
    assert_eq!(listed(b"m/", Some(b"n"), 9).await?, Vec::<Bytes>::new());
    assert_eq!(listed(b"", None, 9).await?.len(), 6);
    assert_eq!(listed(b"\xff", None, 9).await?, [&b"\xff\xff"[..]]);
    for (prefix, count) in [(&b"m/"[..], 3), (b"m", 4), (b"", 6), (b"\xff", 1), (b"none", 0)] {
        assert_eq!(store.control_count(GROUP, prefix).await?, count, "{prefix:?}");
    }
    written(store, vec![write("m/a", None, ControlChange::Delete)]).await?;
    assert_eq!(store.control_count(GROUP, b"m/").await?, 2);
    assert_eq!(store.control_count(b"other", b"").await?, 0);
    Ok(())
}
