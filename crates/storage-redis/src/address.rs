//! What a URL says: one server, the seeds of a cluster, or Sentinels and the name of a master.
//!
//! `redis://` is TCP and `rediss://` TLS, each also as `+cluster` and `+sentinel`. Several hosts
//! stand after one another with commas, `redis+sentinel://user:password@a:26379,b:26379/name/db`;
//! several whole URLs with commas between them are the seeds of a cluster. A server of a plain URL
//! that turns out to belong to a cluster is its seed.

use crate::OpenError;
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _};

/// Where a Redis is, before it has been asked what it is.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    /// A server, which may be one of a cluster.
    Server(ConnectionInfo),
    /// Servers of a cluster, one of which must answer.
    Cluster(Vec<ConnectionInfo>),
    /// Sentinels that know where the master is.
    Sentinel(SentinelAddress),
}

/// See [`Address::Sentinel`].
#[derive(Clone, Debug)]
pub(crate) struct SentinelAddress {
    pub(crate) sentinels: Vec<ConnectionInfo>,
    /// The master's name in their configuration.
    pub(crate) name: String,
    /// User, password, database and TLS of the master; its host is what Sentinel says.
    pub(crate) master: ConnectionInfo,
}

const SENTINEL_PORT: u16 = 26_379;

impl Address {
    /// # Errors
    /// [`OpenError::Denied`], without the text: it may hold a password.
    pub(crate) fn parse(text: &str) -> Result<Self, OpenError> {
        let Some((scheme, rest)) = text.split_once("://") else {
            // The client library knows more forms, and how to say that this is none.
            return Ok(Self::Server(text.into_connection_info()?));
        };
        if let Some(plain) = scheme.strip_suffix("+sentinel") {
            return sentinel(plain, rest).map(Self::Sentinel);
        }
        let plain = scheme.strip_suffix("+cluster").unwrap_or(scheme);
        let seeds = hosts(plain, rest)?;
        match <[ConnectionInfo; 1]>::try_from(seeds) {
            Ok([server]) if plain == scheme => Ok(Self::Server(server)),
            Ok(seed) => Self::cluster(seed.into()),
            Err(seeds) => Self::cluster(seeds),
        }
    }

    fn cluster(seeds: Vec<ConnectionInfo>) -> Result<Self, OpenError> {
        let other = seeds.iter().any(|seed| seed.redis_settings().db() != 0);
        if other { Err(denied("a cluster has database 0 only")) } else { Ok(Self::Cluster(seeds)) }
    }
}

/// The same user, password and TLS on another host.
pub(crate) fn at(like: &ConnectionInfo, host: &str, port: u16) -> ConnectionInfo {
    let addr = match like.addr() {
        ConnectionAddr::TcpTls { insecure, tls_params, .. } => ConnectionAddr::TcpTls {
            host: host.to_owned(),
            port,
            insecure: *insecure,
            tls_params: tls_params.clone(),
        },
        _ => ConnectionAddr::Tcp(host.to_owned(), port),
    };
    like.clone().set_addr(addr)
}

/// Host and port; none for a socket in the file system.
pub(crate) fn host(info: &ConnectionInfo) -> Option<(&str, u16)> {
    match info.addr() {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
            Some((host, *port))
        }
        _ => None,
    }
}

fn denied(text: &str) -> OpenError {
    OpenError::Denied(text.to_owned())
}

/// `[user:password@]a:1,b:2` or `a:1,redis://b:2`: what a host lacks it has from the first.
fn hosts(scheme: &str, rest: &str) -> Result<Vec<ConnectionInfo>, OpenError> {
    let (first, more) = rest.split_once(',').map_or((rest, None), |(a, b)| (a, Some(b)));
    let user = first.rsplit_once('@').map(|(user, _)| format!("{user}@")).unwrap_or_default();
    let mut found = vec![format!("{scheme}://{first}").into_connection_info()?];
    for other in more.into_iter().flat_map(|more| more.split(',')) {
        let url = match other.contains("://") {
            true => other.to_owned(),
            false if other.contains('@') => format!("{scheme}://{other}"),
            false => format!("{scheme}://{user}{other}"),
        };
        found.push(url.into_connection_info()?);
    }
    Ok(found)
}

fn sentinel(scheme: &str, rest: &str) -> Result<SentinelAddress, OpenError> {
    const FORM: &str = "Sentinel's has the form redis+sentinel://[[user]:password@]host:port[,host:port]/master-name[/db][?sentinel_user=…&sentinel_password=…]";
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(a, b)| (a, Some(b)));
    let (authority, path) = rest.split_once('/').ok_or_else(|| denied(FORM))?;
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let at_user = |user: &str| if user.is_empty() { String::new() } else { format!("{user}@") };
    let (name, db) = path.split_once('/').unwrap_or((path, "0"));
    if name.is_empty() {
        return Err(denied(FORM));
    }
    let (mut sentinel_user, mut sentinel_password) = ("", "");
    for pair in query.into_iter().flat_map(|query| query.split('&')) {
        match pair.split_once('=') {
            Some(("sentinel_user", value)) => sentinel_user = value,
            Some(("sentinel_password", value)) => sentinel_password = value,
            _ => return Err(denied(FORM)),
        }
    }
    let own = match (sentinel_user, sentinel_password) {
        ("", "") => String::new(),
        (user, password) => format!("{user}:{password}@"),
    };
    let sentinels = hosts.split(',').map(|host| {
        // An address of version 6 has colons too.
        let named = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let port = if named { String::new() } else { format!(":{SENTINEL_PORT}") };
        format!("{scheme}://{own}{host}{port}").into_connection_info()
    });
    let sentinels = sentinels.collect::<Result<Vec<_>, _>>()?;
    // The host is put in when Sentinel has said it.
    let master = format!("{scheme}://{}localhost/{db}", at_user(user)).into_connection_info()?;
    Ok(SentinelAddress { sentinels, name: name.to_owned(), master })
}

#[cfg(test)]
mod tests {
    use super::{Address, at, host};

    fn seeds(text: &str) -> Vec<(String, u16, Option<String>)> {
        let Address::Cluster(seeds) = Address::parse(text).unwrap() else { panic!("{text}") };
        let seed = |seed: &redis::ConnectionInfo| {
            let (host, port) = host(seed).unwrap();
            let password = seed.redis_settings().password().map(ToOwned::to_owned);
            (host.to_owned(), port, password)
        };
        seeds.iter().map(seed).collect()
    }

    #[test]
    fn one_server_is_a_server_and_several_are_a_cluster() {
        assert!(matches!(Address::parse("redis://a:1/3").unwrap(), Address::Server(_)));
        let both = [("a".to_owned(), 1, None), ("b".to_owned(), 2, None)];
        assert_eq!(seeds("redis://a:1,b:2"), both);
        assert_eq!(seeds("redis://a:1,redis://b:2"), both);
        assert_eq!(seeds("redis+cluster://a:1"), both[..1]);
        let secret = Some("p@ss".to_owned());
        let with = [("a".to_owned(), 1, secret.clone()), ("b".to_owned(), 6379, secret)];
        assert_eq!(seeds("redis+cluster://:p%40ss@a:1,b"), with);
        assert!(Address::parse("redis+cluster://a:1/2").is_err());
    }

    #[test]
    fn sentinels_name_their_master() {
        let text = "rediss+sentinel://u:p@a,[::1]:7/main/2?sentinel_password=s";
        let Address::Sentinel(found) = Address::parse(text).unwrap() else { panic!("{text}") };
        assert_eq!((found.name.as_str(), found.master.redis_settings().db()), ("main", 2));
        assert_eq!(found.master.redis_settings().password(), Some("p"));
        let hosts: Vec<_> = found.sentinels.iter().map(|info| host(info).unwrap()).collect();
        assert_eq!(hosts, [("a", 26_379), ("::1", 7)]);
        assert_eq!(found.sentinels[0].redis_settings().password(), Some("s"));
        assert_eq!(host(&at(&found.master, "c", 9)), Some(("c", 9)));
        assert_eq!(at(&found.master, "c", 9).addr().to_string(), "c:9");
        for wrong in ["redis+sentinel://a:1", "redis+sentinel://a:1/", "redis+sentinel://a/b?c=d"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }
}
