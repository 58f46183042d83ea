//! Many sockets at once, each tended by a task of this thread.

use crate::{
    letter::{Arrival, named_request, request},
    people::Person,
    socket::{Socket, Target},
};
use anyhow::{Context, bail};
use bytes::BytesMut;
use parlance_api::{
    frame::{Answer, Hello, Welcome},
    operation::Operation,
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};

/// One socket of one person.
pub(crate) struct Line {
    socket: Socket,
    next_id: u64,
}

impl Line {
    /// Connects and signs in.
    pub(crate) async fn open(target: &Target, person: &Person) -> anyhow::Result<Self> {
        let socket = Socket::open(target, person.index).await?;
        let mut line = Self { socket, next_id: 1 };
        let hello = Hello { token: Some(person.token.clone()) };
        let _welcome: Welcome = line.exchange(named_request(0, "hello", &hello)?).await?;
        Ok(line)
    }

    /// Asks for something and waits for the answer; pushes meanwhile are thrown away.
    pub(crate) async fn ask<O: Operation>(&mut self, operation: &O) -> anyhow::Result<O::Answer> {
        let answer = self.ask_raw(operation).await?;
        read_answer(&answer).with_context(|| O::DESCRIPTION.name.to_owned())
    }

    /// The same, without reading the answer.
    pub(crate) async fn ask_raw<O: Operation>(&mut self, operation: &O) -> anyhow::Result<BytesMut> {
        let frame = request(self.next_id, operation)?;
        self.next_id += 1;
        self.exchange_raw(frame).await
    }

    async fn exchange<T: serde::de::DeserializeOwned>(&mut self, frame: Vec<u8>) -> anyhow::Result<T> {
        read_answer(&self.exchange_raw(frame).await?)
    }

    async fn exchange_raw(&mut self, frame: Vec<u8>) -> anyhow::Result<BytesMut> {
        self.socket.write(&frame).await?;
        loop {
            let text = self.socket.next().await?;
            match Arrival::read(&text) {
                Arrival::Answer { .. } => return Ok(text),
                Arrival::Refusal(refusal) => bail!("{refusal}"),
                Arrival::Message { .. } | Arrival::Other => {}
            }
        }
    }
}

fn read_answer<T: serde::de::DeserializeOwned>(text: &[u8]) -> anyhow::Result<T> {
    match serde_json::from_slice(text)? {
        Answer::Ok { ok, .. } => Ok(ok),
        Answer::Error { error, .. } => bail!("{error:?}"),
    }
}

/// Lines that are being tended. They close when this is dropped.
#[derive(Default)]
pub(crate) struct Lines {
    tasks: JoinSet<anyhow::Result<()>>,
    senders: Vec<Frames>,
}

/// What can be tended.
pub(crate) trait Channel {
    /// Reads once, whatever there is.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    async fn read(&mut self) -> anyhow::Result<()>;
    /// Writes everything.
    async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()>;
}

impl Channel for Socket {
    async fn read(&mut self) -> anyhow::Result<()> {
        Self::read(self).await
    }

    async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        Self::write(self, bytes).await
    }
}

/// Where frames for one line go.
pub(crate) type Frames = UnboundedSender<Vec<u8>>;

impl Lines {
    /// Reads a line from now on: `hear` is given everything that arrives and may write frames in answer.
    pub(crate) fn tend(
        &mut self,
        line: Line,
        mut hear: impl FnMut(Arrival<'_>, &mut Vec<u8>) -> anyhow::Result<()> + 'static,
    ) -> Frames {
        self.tend_channel(line.socket, move |socket, out| {
            while let Some(text) = socket.take(out)? {
                hear(Arrival::read(&text), out)?;
            }
            Ok(())
        })
    }

    /// The same for any channel: `take` takes everything that was read and may write in answer.
    pub(crate) fn tend_channel<C: Channel + 'static>(
        &mut self,
        channel: C,
        take: impl FnMut(&mut C, &mut Vec<u8>) -> anyhow::Result<()> + 'static,
    ) -> Frames {
        let (frames, outgoing) = unbounded_channel();
        self.tasks.spawn_local(tend(channel, outgoing, take));
        self.senders.push(frames.clone());
        frames
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.senders.len()
    }

    /// Waits for something while lines are tended; a line that ends meanwhile is an error.
    pub(crate) async fn while_waiting<T>(&mut self, for_what: impl Future<Output = T>) -> anyhow::Result<T> {
        tokio::select! {
            done = for_what => Ok(done),
            Some(ended) = self.tasks.join_next() => {
                ended??;
                bail!("a connection ended early")
            }
        }
    }
}

async fn tend<C: Channel>(
    mut channel: C,
    mut outgoing: UnboundedReceiver<Vec<u8>>,
    mut take: impl FnMut(&mut C, &mut Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut out = Vec::new();
    loop {
        take(&mut channel, &mut out)?;
        if !out.is_empty() {
            channel.write(&out).await?;
            out.clear();
        }
        tokio::select! {
            read = channel.read() => read?,
            frames = outgoing.recv() => match frames {
                Some(frames) => out = frames,
                None => return Ok(()),
            },
        }
    }
}
