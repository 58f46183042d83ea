//! An XMPP client that costs as little as possible: it signs in, and then looks for marks in what
//! arrives.

use super::{
    account::Account,
    element::Element,
    mark::{Mark, take_marks},
    scram::{Hash, Scram},
};
use crate::{
    lines::Channel,
    socket::{self, Stream},
    trust::Trust,
};
use anyhow::{Context, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::{Buf, BytesMut};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

/// Every server here serves this domain.
pub(crate) const DOMAIN: &str = "localhost";
/// The resource of every client.
const RESOURCE: &str = "bench";
/// How long a server may take for one step.
const STEP_TIME_MAX: Duration = Duration::from_secs(60);
const READ_BYTES: usize = 4 * 1024;
const HEADER: &str = "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' \
    xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
const TLS: &str = "urn:ietf:params:xml:ns:xmpp-tls";
const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";

/// Where clients connect, and how they sign in.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// The certificate to expect after STARTTLS; unencrypted without one.
    pub(crate) trust: Option<Trust>,
    /// How they sign in; any way that the server offers when absent.
    pub(crate) mechanism: Option<Mechanism>,
}

/// How a client shows who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mechanism {
    Plain,
    Scram(Hash),
}

impl Mechanism {
    /// The ones that are known here, in the order in which they are tried.
    const ALL: [Self; 3] = [Self::Scram(Hash::Sha1), Self::Scram(Hash::Sha256), Self::Plain];

    /// The first one that a server offers.
    fn first_offered(features: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| features.contains(&format!(">{}</", mechanism.name())))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Scram(hash) => hash.mechanism(),
        }
    }
}

/// One stream.
pub(crate) struct Wire<S = Box<dyn Stream>> {
    stream: S,
    received: BytesMut,
}

impl Wire {
    /// Connects, signs in, binds and becomes available.
    pub(crate) async fn open(target: &Target, account: &Account) -> anyhow::Result<Self> {
        let (mut wire, features) = Self::connect(target, account.index).await?;
        let mechanism = target.mechanism.or(Mechanism::first_offered(&features));
        let mechanism = mechanism.with_context(|| format!("no known mechanism: {features}"))?;
        wire.sign_in(mechanism, account).await.with_context(|| mechanism.name())?;
        wire.features().await?;
        let bind = format!("<bind xmlns='{BIND}'><resource>{RESOURCE}</resource></bind>");
        wire.ask("set", "", &bind).await.context("no resource was bound")?;
        let ping = format!("<iq type='get' id='there' to='{DOMAIN}'><ping xmlns='urn:xmpp:ping'/></iq>");
        wire.say(&format!("<presence/>{ping}")).await?;
        // Messages may stand before the answer, and somebody may want to see them.
        wire.until_seen("iq").await.context("not available")?;
        Ok(wire)
    }

    /// A stream and its features, encrypted when that is wanted; nobody has signed in.
    pub(crate) async fn connect(target: &Target, index: usize) -> anyhow::Result<(Self, String)> {
        let mut plain = Wire::over(socket::connect(target.address, index).await?);
        let features = plain.features().await?;
        let Some(trust) = &target.trust else { return Ok((Self::over(Box::new(plain.stream)), features)) };
        plain.say(&format!("<starttls xmlns='{TLS}'/>")).await?;
        plain.until("proceed", |_| Ok(())).await?;
        let mut encrypted = Self::over(Box::new(trust.connect(plain.stream).await?));
        let features = encrypted.features().await?;
        Ok((encrypted, features))
    }

    async fn sign_in(&mut self, mechanism: Mechanism, account: &Account) -> anyhow::Result<()> {
        let Account { name, password, .. } = account;
        let hash = match mechanism {
            Mechanism::Scram(hash) => hash,
            Mechanism::Plain => {
                self.auth(mechanism, &format!("\0{name}\0{password}")).await?;
                return self.until("success", |_| Ok(())).await;
            }
        };
        let nonce = BASE64_STANDARD.encode(rand::random::<[u8; 18]>());
        let scram = Scram::begin(hash, name, nonce);
        self.auth(mechanism, &scram.first()).await?;
        let server_first = self.until("challenge", |challenge| decode(challenge.inside)).await?;
        let proof = scram.prove(password, &server_first)?;
        let response = BASE64_STANDARD.encode(&proof.message);
        self.say(&format!("<response xmlns='{SASL}'>{response}</response>")).await?;
        let server_final = self.until("success", |success| decode(success.inside)).await?;
        proof.check(&server_final)
    }

    async fn auth(&mut self, mechanism: Mechanism, initial: &str) -> anyhow::Result<()> {
        let (name, initial) = (mechanism.name(), BASE64_STANDARD.encode(initial));
        self.say(&format!("<auth xmlns='{SASL}' mechanism='{name}'>{initial}</auth>")).await
    }
}

impl<S: Stream> Wire<S> {
    fn over(stream: S) -> Self {
        Self { stream, received: BytesMut::new() }
    }

    /// Asks something with an IQ and waits for the result.
    pub(crate) async fn ask(&mut self, kind: &str, to: &str, payload: &str) -> anyhow::Result<()> {
        let to = if to.is_empty() { String::new() } else { format!(" to='{to}'") };
        self.say(&format!("<iq type='{kind}' id='ask'{to}>{payload}</iq>")).await?;
        loop {
            let answer = self
                .until("iq", |iq| {
                    let is_mine = iq.attribute("id") == Some("ask");
                    Ok(is_mine.then(|| iq.attribute("type").unwrap_or_default().to_owned()))
                })
                .await?;
            match answer.as_deref() {
                Some("result") => return Ok(()),
                Some(_) => bail!("refused: {payload}"),
                None => {}
            }
        }
    }

    /// Waits for a whole element and reads it; what came before it is thrown away with it.
    ///
    /// # Errors
    /// When it does not come in time, and what `read` says.
    pub(crate) async fn until<T>(
        &mut self,
        name: &str,
        read: impl Fn(Element<'_>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        self.until_seen(name).await?;
        let element = Element::find(&self.received, name).context("it was seen")?;
        let (outcome, end) = (read(element), element.end);
        self.received.advance(end);
        outcome
    }

    /// Waits for a whole element and leaves everything where it is.
    async fn until_seen(&mut self, name: &str) -> anyhow::Result<()> {
        while Element::find(&self.received, name).is_none() {
            for refusal in ["stream:error", "failure"] {
                if let Some(element) = Element::find(&self.received, refusal) {
                    bail!("{refusal}: {}", element.inside);
                }
            }
            let read = timeout(STEP_TIME_MAX, self.read()).await;
            read.with_context(|| format!("no <{name}> came: {}", String::from_utf8_lossy(&self.received)))??;
        }
        Ok(())
    }

    /// Writes stanzas.
    pub(crate) async fn say(&mut self, stanzas: &str) -> anyhow::Result<()> {
        self.write(stanzas.as_bytes()).await
    }

    /// Takes every mark among what was read.
    pub(crate) fn take(&mut self, found: impl FnMut(Mark)) -> anyhow::Result<()> {
        take_marks(&mut self.received, found)
    }

    /// Opens a stream and waits for its features.
    async fn features(&mut self) -> anyhow::Result<String> {
        self.say(HEADER).await?;
        self.until("stream:features", |features| Ok(features.inside.to_owned())).await
    }
}

impl<S: Stream> Channel for Wire<S> {
    async fn read(&mut self) -> anyhow::Result<()> {
        self.received.reserve(READ_BYTES);
        ensure!(self.stream.read_buf(&mut self.received).await? > 0, "the server closed the stream");
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(bytes).await?;
        Ok(self.stream.flush().await?)
    }
}

/// What SASL carries.
fn decode(base64: &str) -> anyhow::Result<String> {
    Ok(String::from_utf8(BASE64_STANDARD.decode(base64.trim())?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_mechanism_is_taken() {
        let offered = |names: &[&str]| {
            let names: String = names.iter().map(|name| format!("<mechanism>{name}</mechanism>")).collect();
            Mechanism::first_offered(&names).map(Mechanism::name)
        };
        assert_eq!(offered(&["PLAIN", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256"]), Some("SCRAM-SHA-256"));
        assert_eq!(offered(&["PLAIN"]), Some("PLAIN"));
        assert_eq!(offered(&["ANONYMOUS"]), None);
    }
}
