//! The commit of a start as a bare Function call: the calls that the suite makes are watched, and
//! made again for other executions, so many in one write.

use super::append::timed;
use crate::client::{Outcome, Until};
use anyhow::{Context as _, Result, bail, ensure};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(30);

/// A bare connection to Redis.
pub(crate) struct Link(BufReader<TcpStream>);

/// The words of a call.
pub(crate) type Words = Vec<Vec<u8>>;

impl Link {
    /// A connection to a server that answers.
    pub(crate) fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut link = Self(BufReader::new(stream));
        link.send(&encode(&[b"PING"]))?;
        link.reply()?;
        Ok(link)
    }

    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.0.get_mut().write_all(bytes)?)
    }

    fn line(&mut self) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        self.0.read_until(b'\n', &mut line)?;
        ensure!(line.ends_with(b"\r\n"), "Redis closed the connection");
        line.truncate(line.len() - 2);
        Ok(line)
    }

    /// Reads a reply; of an array all items one after the other.
    fn reply(&mut self) -> Result<Vec<u8>> {
        let line = self.line()?;
        let (kind, rest) = line.split_first().context("an empty reply")?;
        let text = String::from_utf8_lossy(rest);
        match kind {
            b'+' | b':' => Ok(rest.to_vec()),
            b'-' => bail!("Redis refused: {text}"),
            b'$' => {
                let mut body = vec![0; usize::try_from(text.parse::<i64>()?.max(0))? + 2];
                self.0.read_exact(&mut body)?;
                body.truncate(body.len() - 2);
                Ok(body)
            }
            b'*' => (0..text.parse::<i64>()?).try_fold(Vec::new(), |mut all, _| {
                all.extend(self.reply()?);
                Ok(all)
            }),
            _ => bail!("an unknown reply"),
        }
    }

    /// Bytes that the data takes.
    pub(crate) fn used_memory(&mut self) -> Result<u64> {
        self.send(&encode(&["INFO", "memory"]))?;
        let info = String::from_utf8(self.reply()?)?;
        let used = info.lines().find_map(|line| line.strip_prefix("used_memory:"));
        Ok(used.context("used_memory")?.trim().parse()?)
    }

    /// Begins to tell what others call.
    pub(crate) fn watch(&mut self) -> Result<()> {
        self.send(&encode(&[b"MONITOR"]))?;
        self.reply().map(drop)
    }

    /// The next calls that make an execution.
    pub(crate) fn starts(&mut self, count: usize) -> Result<Vec<Words>> {
        let mut found = Vec::new();
        while found.len() < count {
            let words = quoted(&self.line()?);
            let named = |at: usize, end: &[u8]| words.get(at).is_some_and(|w| w.ends_with(end));
            if named(0, b"FCALL") && (named(1, b"_create") || named(1, b"_create_closed")) {
                found.push(words);
            }
        }
        Ok(found)
    }
}

/// A call as it is sent.
fn encode(words: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        let word = word.as_ref();
        bytes.extend(format!("${}\r\n", word.len()).bytes());
        bytes.extend(word);
        bytes.extend(b"\r\n");
    }
    bytes
}

/// The quoted words of a line that MONITOR gives.
fn quoted(line: &[u8]) -> Words {
    let mut words = Vec::new();
    let mut rest = line.iter().copied().skip_while(|byte| *byte != b'"');
    while rest.next() == Some(b'"') {
        let mut word = Vec::new();
        while let Some(byte) = rest.next().filter(|byte| *byte != b'"') {
            word.push(if byte == b'\\' { escaped(&mut rest) } else { byte });
        }
        words.push(word);
        rest.next();
    }
    words
}

fn escaped(rest: &mut impl Iterator<Item = u8>) -> u8 {
    let digit = |rest: &mut dyn Iterator<Item = u8>| {
        let digit = rest.next().and_then(|byte| char::from(byte).to_digit(16));
        digit.and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default()
    };
    match rest.next() {
        Some(b'x') => digit(rest) << 4 | digit(rest),
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'a') => 7,
        Some(b'b') => 8,
        Some(byte) => byte,
        None => 0,
    }
}

/// A call like a watched one, for an execution of another name.
fn like(words: &[Vec<u8>]) -> Result<Vec<u8>> {
    // The name of the function and the count of keys come first, then keys, epoch and fence.
    let keys: usize = std::str::from_utf8(words.get(2).context("a count")?)?.parse()?;
    let key = words.get(3 + keys + 2).context("a key")?;
    let name = key.rsplit(|byte| *byte == b':').next().context("a name")?;
    let new = Uuid::new_v4().to_string().into_bytes();
    ensure!(name.len() == new.len(), "the execution was given a name");
    let renamed = |word: &Vec<u8>| {
        let mut word = word.clone();
        let mut at = 0;
        while let Some(found) = word.get(at..).and_then(|rest| find(rest, name)) {
            word.splice(at + found..at + found + name.len(), new.iter().copied());
            at += found + name.len();
        }
        word
    };
    Ok(encode(&words.iter().map(renamed).collect::<Vec<_>>()))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Makes watched calls again, `depth` in one write, for at most so long.
pub(crate) fn run(
    address: SocketAddr,
    watched: &[Words],
    depth: usize,
    time: Duration,
) -> Result<Outcome> {
    /// More than any server does in the time.
    const BATCHES: usize = 1_000;
    let mut link = Link::open(address)?;
    let mut samples = watched.iter().cycle();
    let mut batches = Vec::with_capacity(BATCHES);
    for _ in 0..BATCHES {
        let calls = samples.by_ref().take(depth).map(|words| like(words));
        batches.push(calls.collect::<Result<Vec<_>>>()?.concat());
    }
    let mut batches = batches.iter();
    timed(Until::Time(time), || {
        let Some(batch) = batches.next() else { return Ok(0) };
        link.send(batch)?;
        for _ in 0..depth {
            // Zero is a commit that was made; its time follows.
            let reply = link.reply()?;
            ensure!(reply.starts_with(b"0"), "a commit had the outcome {reply:?}");
        }
        Ok(depth as u64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_were_sent() {
        let line = br#"+1.5 [0 127.0.0.1:5] "FCALL" "a\x00\xff\"\\\n" "" "b c""#;
        let words: [&[u8]; 4] = [b"FCALL", b"a\0\xff\"\\\n", b"", b"b c"];
        assert_eq!(quoted(line), words);
    }

    #[test]
    fn another_execution_has_another_name_wherever_it_is_named() {
        let name = "0".repeat(36);
        let words: Vec<Vec<u8>> = ["FCALL", "f", "1", "k", "1", "f", &format!("m:{name}"), "x"]
            .iter()
            .map(|word| word.as_bytes().to_vec())
            .collect();
        let call = String::from_utf8(like(&words).unwrap()).unwrap();
        assert!(!call.contains(&name) && call.contains("\r\n$38\r\nm:"), "{call}");
    }
}
