//! A connection that gives a request and takes no answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Reads as `request` and then as silence; every write fails.
pub(crate) struct BrokenConnection {
    pub(crate) request: Vec<u8>,
}

impl AsyncRead for BrokenConnection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.request.is_empty() {
            return Poll::Pending;
        }
        let length = self.request.len().min(buffer.remaining());
        let rest = self.request.split_off(length);
        buffer.put_slice(&std::mem::replace(&mut self.request, rest));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for BrokenConnection {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Accepts one such connection.
pub(crate) struct BrokenListener(pub(crate) Option<BrokenConnection>);

impl axum::serve::Listener for BrokenListener {
    type Io = BrokenConnection;
    type Addr = ();

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.0.take() {
            Some(connection) => (connection, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}
