//! A kept HTTP/1.1 connection with one request at a time.

use anyhow::{Context as _, Result, bail, ensure};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const BUFFER: usize = 16 * 1024;

pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    body: Vec<u8>,
}

/// An answer, until the next request.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// The body of a success.
    pub(crate) fn success(self) -> Result<&'a [u8]> {
        let text = || String::from_utf8_lossy(self.body);
        ensure!(self.status == 200, "the answer is {}: {}", self.status, text());
        Ok(self.body)
    }
}

/// How the end of a body is known.
enum Length {
    Known(usize),
    Chunked,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("a connection")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(BUFFER), body: Vec::new() })
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.received.clear();
        let (status, head, length) = loop {
            self.read().await?;
            if let Some(head) = end_of_head(&self.received) {
                let (status, length) = read_head(self.received.get(..head).unwrap_or_default())?;
                break (status, head, length);
            }
        };
        match length {
            Length::Known(length) => {
                while self.received.len() < head + length {
                    self.read().await?;
                }
                let body = self.received.get(head..head + length).unwrap_or_default();
                Ok(Answer { status, body })
            }
            Length::Chunked => {
                self.read_chunks(head).await?;
                Ok(Answer { status, body: &self.body })
            }
        }
    }

    async fn read(&mut self) -> Result<()> {
        let count = self.stream.read_buf(&mut self.received).await?;
        ensure!(count > 0, "the server closed the connection");
        Ok(())
    }

    async fn read_chunks(&mut self, mut at: usize) -> Result<()> {
        self.body.clear();
        loop {
            let (size, start) = loop {
                let rest = self.received.get(at..).unwrap_or_default();
                match rest.windows(2).position(|pair| pair == b"\r\n") {
                    Some(end) => {
                        let digits = std::str::from_utf8(rest.get(..end).unwrap_or_default())?;
                        let size = usize::from_str_radix(digits.trim(), 16);
                        break (size.context("the size of a chunk")?, at + end + 2);
                    }
                    None => self.read().await?,
                }
            };
            while self.received.len() < start + size + 2 {
                self.read().await?;
            }
            if size == 0 {
                return Ok(());
            }
            self.body.extend_from_slice(self.received.get(start..start + size).unwrap_or_default());
            at = start + size + 2;
        }
    }
}

fn end_of_head(received: &[u8]) -> Option<usize> {
    received.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

fn read_head(head: &[u8]) -> Result<(u16, Length)> {
    let mut lines = std::str::from_utf8(head)?.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("a status")?;
    let status = status.parse()?;
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.eq_ignore_ascii_case("content-length") {
            return Ok((status, Length::Known(value.trim().parse()?)));
        }
        if name.eq_ignore_ascii_case("transfer-encoding") {
            return Ok((status, Length::Chunked));
        }
    }
    bail!("an answer of unknown length")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn answers_are_read_whole_however_they_come() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let pieces: [&[&str]; 2] = [
            &["HTTP/1.1 200 OK\r\ncontent-length: 4\r\n", "\r\nab", "cd"],
            &[
                "HTTP/1.1 400 Bad\r\ntransfer-encoding: chunked\r\n\r\n3\r",
                "\nabc\r\n0\r\n",
                "\r\n",
            ],
        ];
        let serve = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            for answer in pieces {
                let mut asked = [0; 3];
                stream.read_exact(&mut asked).await.unwrap();
                for piece in answer {
                    stream.write_all(piece.as_bytes()).await.unwrap();
                    stream.flush().await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
        });
        let mut connection = Connection::open(address).await.unwrap();
        let answer = connection.exchange(b"ask").await.unwrap();
        assert_eq!((answer.status, answer.success().unwrap()), (200, &b"abcd"[..]));
        let answer = connection.exchange(b"ask").await.unwrap();
        assert_eq!((answer.status, answer.body), (400, &b"abc"[..]));
        serve.await.unwrap();
    }
}
