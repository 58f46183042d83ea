//! Requests over one HTTP/1.1 connection, one after the other.

use anyhow::{Context, anyhow, ensure};
use parlance_api::operation::Operation;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) struct Http {
    stream: TcpStream,
    address: SocketAddr,
    received: Vec<u8>,
}

impl Http {
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, address, received: Vec::new() })
    }

    /// Asks for an operation whose path has no fields.
    pub(crate) async fn ask<O: Operation>(&mut self, request: &O) -> anyhow::Result<O::Answer> {
        let (operation, body) = (O::DESCRIPTION, serde_json::to_string(request)?);
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            operation.method.as_str(),
            operation.path,
            self.address,
            body.len()
        );
        self.stream.write_all(format!("{head}{body}").as_bytes()).await?;
        let (status, body) = self.answer().await.context(operation.name)?;
        ensure!(status == 200, "{}: {status} {}", operation.name, String::from_utf8_lossy(&body));
        Ok(serde_json::from_slice(&body)?)
    }

    async fn answer(&mut self) -> anyhow::Result<(u16, Vec<u8>)> {
        loop {
            if let Some((status, start, length)) = parse_head(&self.received)?
                && self.received.len() >= start + length
            {
                let rest = self.received.split_off(start + length);
                let body = std::mem::replace(&mut self.received, rest).split_off(start);
                return Ok((status, body));
            }
            ensure!(self.stream.read_buf(&mut self.received).await? > 0, "the connection was closed");
        }
    }
}

/// Status, where the body begins, and how long it is; `None` while the head is not whole.
fn parse_head(bytes: &[u8]) -> anyhow::Result<Option<(u16, usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..end])?;
    let status = head.get(9..12).and_then(|status| status.parse().ok());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let status = status.ok_or_else(|| anyhow!("not HTTP: {head}"))?;
    Ok(Some((status, end + 4, length.ok_or_else(|| anyhow!("no length: {head}"))?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_far_as_its_length_says() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(parse_head(head).expect("HTTP"), Some((200, head.len() - 2, 2)));
        assert_eq!(parse_head(b"HTTP/1.1 200 OK\r\n").expect("not yet"), None);
        assert!(parse_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
