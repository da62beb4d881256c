//! Which server of a cluster has which slots, as a server tells it.

use crate::reply::{array, bytes, integer, unexpected};
use redis::cluster_routing::Slot;
use redis::{ServerError, Value};
use stepwell_storage::StoreError;

/// A server's host and port.
pub(crate) type Place = (String, u16);

/// Slots that lie together on one master.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) first: u16,
    pub(crate) last: u16,
    pub(crate) master: Place,
    /// Asked where the slots are when the master does not answer.
    pub(crate) replicas: Vec<Place>,
}

/// The answer to `CLUSTER SLOTS` of the server at `asked`, which may not know its own name.
pub(crate) fn ranges(answer: Value, asked: &str) -> Result<Vec<Range>, StoreError> {
    let range = |value: Value| {
        let mut fields = array(value)?.into_iter();
        let mut next = || fields.next().unwrap_or_default();
        let (first, last) = (number(&next())?, number(&next())?);
        let mut places = fields.map(|server| place(server, asked));
        let master = places.next().unwrap_or_else(|| Err(unexpected(&Value::Nil)))?;
        let replicas = places.collect::<Result<_, _>>()?;
        Ok(Range { first, last, master, replicas })
    };
    array(answer)?.into_iter().map(range).collect()
}

fn place(server: Value, asked: &str) -> Result<Place, StoreError> {
    let mut fields = array(server)?.into_iter();
    let host = match fields.next().unwrap_or_default() {
        Value::Nil => asked.to_owned(),
        host => String::from_utf8_lossy(&bytes(host)?).into_owned(),
    };
    let port = number(&fields.next().unwrap_or_default())?;
    let host = if host.is_empty() || host == "?" { asked.to_owned() } else { host };
    Ok((host, port))
}

fn number(value: &Value) -> Result<u16, StoreError> {
    u16::try_from(integer(value)?).map_err(|_| unexpected(value))
}

/// Where a refusal sends the call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Redirect {
    /// The slot is another server's.
    Moved(Slot, Place),
    /// For this call alone: the slot is on its way there.
    Ask(Place),
    /// The slot is on its way, and some keys are on either side.
    Wait,
}

impl Redirect {
    /// None where the error is no redirection. `asked` is the host that gave it, which it may not
    /// name.
    pub(crate) fn of(error: &ServerError, asked: &str) -> Option<Self> {
        let there = || {
            let (slot, server) = error.details()?.split_once(' ')?;
            let (host, port) = server.rsplit_once(':')?;
            let host = if host.is_empty() || host == "?" { asked } else { host };
            Some((Slot::new(slot.parse().ok()?)?, (host.to_owned(), port.parse().ok()?)))
        };
        match error.code() {
            "MOVED" => there().map(|(slot, place)| Self::Moved(slot, place)),
            "ASK" => there().map(|(_, place)| Self::Ask(place)),
            "TRYAGAIN" => Some(Self::Wait),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Range, Redirect, ranges};
    use redis::cluster_routing::Slot;
    use redis::{Value, parse_redis_value};

    #[test]
    fn servers_that_do_not_know_their_name_have_that_which_was_asked() {
        let answer = b"*2\r\n*4\r\n:0\r\n:9\r\n*2\r\n$1\r\na\r\n:1\r\n*2\r\n$0\r\n\r\n:2\r\n\
            *3\r\n:10\r\n:16383\r\n*3\r\n$-1\r\n:3\r\n$2\r\nid\r\n";
        let found = ranges(parse_redis_value(answer).unwrap(), "asked").unwrap();
        let place = |host: &str, port| (host.to_owned(), port);
        let first =
            Range { first: 0, last: 9, master: place("a", 1), replicas: vec![place("asked", 2)] };
        let master = place("asked", 3);
        assert_eq!(found, [first, Range { first: 10, last: 16383, master, replicas: vec![] }]);
        assert!(ranges(parse_redis_value(b"*1\r\n*1\r\n:0\r\n").unwrap(), "asked").is_err());
    }

    #[test]
    fn redirections_are_read() {
        let of = |text: &[u8]| match parse_redis_value(text).unwrap() {
            Value::ServerError(error) => Redirect::of(&error, "asked"),
            value => panic!("{value:?}"),
        };
        let slot = Slot::new(7).unwrap();
        let moved = Redirect::Moved(slot, ("::1".to_owned(), 2));
        assert_eq!(of(b"-MOVED 7 ::1:2\r\n"), Some(moved));
        assert_eq!(of(b"-ASK 7 :2\r\n"), Some(Redirect::Ask(("asked".to_owned(), 2))));
        assert_eq!(of(b"-TRYAGAIN Multiple keys\r\n"), Some(Redirect::Wait));
        assert_eq!(of(b"-MOVED 99999 a:2\r\n"), None);
        assert_eq!(of(b"-ERR no\r\n"), None);
    }
}
