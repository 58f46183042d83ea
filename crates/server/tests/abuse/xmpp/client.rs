//! A client of XMPP that sends what it is told to, right or wrong, and reads what comes.

use crate::client::{PASSWORD, Site};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::FutureExt;
use memchr::memmem;
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};
use std::{fmt::Write, io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream, rustls};

pub(crate) const DEADLINE: Duration = Duration::from_secs(30);
/// The header of a stream as it should be.
pub(crate) const HEADER: &str = "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' \
    xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
pub(crate) const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";

/// A server that talks XMPP on free ports, also without encryption.
pub(crate) async fn site() -> Site {
    site_with(&[]).await
}

/// The same with further settings.
pub(crate) async fn site_with(further: &[(&str, &str)]) -> Site {
    let usual = [
        ("PARLANCE__XMPP__C2S_LISTEN", "127.0.0.1:0"),
        ("PARLANCE__XMPP__C2S_TLS_LISTEN", "127.0.0.1:0"),
        ("PARLANCE__XMPP__ALLOW_PLAINTEXT", "true"),
        ("PARLANCE__LIMITS__ENABLED", "false"),
    ];
    let settings: Vec<_> = usual.iter().chain(further).copied().collect();
    Site::open_with(&settings).await
}

enum Socket {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

impl Socket {
    fn bytes(&mut self) -> &mut dyn Bytes {
        match self {
            Self::Plain(socket) => socket,
            Self::Encrypted(stream) => stream,
        }
    }
}

/// A connection to the server.
pub(crate) struct Client {
    socket: Socket,
    /// What came and was not looked at yet.
    heard: Vec<u8>,
    /// How many requests it made.
    requests: u32,
    /// The address that was bound.
    pub(crate) jid: String,
}

impl Client {
    fn over(socket: Socket) -> Self {
        Self { socket, heard: Vec::new(), requests: 0, jid: String::new() }
    }

    /// A connection on which nothing was said.
    pub(crate) async fn connect(site: &Site) -> Self {
        Self::over(Socket::Plain(TcpStream::connect(site.server.xmpp()).await.expect("a connection")))
    }

    /// A connection whose system takes few bytes that are not read.
    pub(crate) async fn connect_narrow(site: &Site) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4 * 1024).expect("a small buffer");
        Self::over(Socket::Plain(socket.connect(site.server.xmpp()).await.expect("a connection")))
    }

    /// A connection that is encrypted from the first byte.
    pub(crate) async fn connect_encrypted(site: &Site) -> Self {
        let socket = TcpStream::connect(site.server.xmpp_tls()).await.expect("a connection");
        Self::over(Socket::Plain(socket)).encrypt(site).await.expect("encryption")
    }

    /// The same connection encrypted, trusting the certificate that the server made for itself.
    pub(crate) async fn encrypt(self, site: &Site) -> io::Result<Self> {
        let Socket::Plain(socket) = self.socket else { panic!("encrypted already") };
        let own = CertificateDer::from_pem_file(site.server.path("data/own.crt")).expect("a certificate");
        let mut roots = rustls::RootCertStore::empty();
        roots.add(own).expect("a certificate");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").expect("a name");
        let handshake = TlsConnector::from(Arc::new(config)).connect(name, socket);
        let stream = timeout(DEADLINE, handshake).await.expect("an answer in time")?;
        Ok(Self::over(Socket::Encrypted(Box::new(stream))))
    }

    /// Keying material that only the ends of this encrypted connection know (RFC 9266 section 2).
    pub(crate) fn exporter(&self) -> [u8; 32] {
        let Socket::Encrypted(stream) = &self.socket else { panic!("not encrypted") };
        let (_, connection) = stream.get_ref();
        let label = parlance_xmpp::sasl::EXPORTER_LABEL;
        connection.export_keying_material([0; 32], label, Some(b"")).expect("the handshake is done")
    }

    /// A stream on which nobody has signed in.
    pub(crate) async fn open(site: &Site) -> Self {
        let mut client = Self::connect(site).await;
        client.start().await;
        client
    }

    /// Somebody who has signed in with a resource, and is available.
    pub(crate) async fn log_in(site: &Site, name: &str, resource: &str) -> Self {
        let mut client = Self::open(site).await;
        client.sign_in(name).await;
        client.bind(resource).await;
        client.send("<presence/>").await;
        client.settle().await;
        client
    }

    /// Sends a header and reads what it is answered with; gives the features.
    pub(crate) async fn start(&mut self) -> String {
        self.send(HEADER).await;
        self.until("</stream:features>").await
    }

    /// Signs in with the password of everybody and restarts the stream.
    pub(crate) async fn sign_in(&mut self, name: &str) {
        let message = BASE64_STANDARD.encode(format!("\0{name}\0{PASSWORD}"));
        self.send(format!("<auth xmlns='{SASL}' mechanism='PLAIN'>{message}</auth>")).await;
        self.until("<success").await;
        self.start().await;
    }

    /// Asks for a resource; the answer.
    pub(crate) async fn bind(&mut self, resource: &str) -> String {
        let bind = format!("<bind xmlns='{BIND}'><resource>{resource}</resource></bind>");
        let answer = self.request(&format!("<iq type='set' id='ID'>{bind}</iq>")).await;
        self.jid = within(&answer, "<jid>", "</jid>").unwrap_or_default().to_owned();
        answer
    }

    /// Sends bytes. A server that has closed already is no failure: what it said is read afterwards.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let write = async {
            self.socket.bytes().write_all(bytes.as_ref()).await?;
            self.socket.bytes().flush().await
        };
        let _closed = timeout(DEADLINE, write).await.expect("the server reads, or closes");
    }

    /// Sends the same bytes again and again until the server closes; what it said.
    pub(crate) async fn send_until_closed(&mut self, bytes: &str) -> String {
        let send = async {
            while self.socket.bytes().write_all(bytes.as_bytes()).await.is_ok() {
                // polls: whether the server has closed, until DEADLINE
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(DEADLINE, send).await.expect("the server closes in time");
        self.rest().await
    }

    /// Makes the request, in which `ID` stands for its id, and gives the answer.
    pub(crate) async fn request(&mut self, request: &str) -> String {
        self.requests += 1;
        let id = format!("request-{}", self.requests);
        self.send(request.replace("'ID'", &format!("'{id}'"))).await;
        self.until(&format!("id='{id}'")).await;
        self.until_end_of_iq().await
    }

    /// What follows up to the end of the request that was begun.
    async fn until_end_of_iq(&mut self) -> String {
        let rest = self.until(">").await;
        if rest.ends_with("/>") { rest } else { rest + &self.until("</iq>").await }
    }

    /// Waits until the server has dealt with everything sent before; what it said meanwhile.
    pub(crate) async fn settle(&mut self) -> String {
        self.requests += 1;
        let id = format!("settle-{}", self.requests);
        let ping = "<ping xmlns='urn:xmpp:ping'/>";
        self.send(format!("<iq type='get' to='localhost' id='{id}'>{ping}</iq>")).await;
        let before = self.until(&format!("id='{id}'")).await;
        self.until_end_of_iq().await;
        let end = before.rfind("<iq").unwrap_or_default();
        before[..end].to_owned()
    }

    /// Reads until something was said; everything up to and with it.
    pub(crate) async fn until(&mut self, what: &str) -> String {
        let mut looked_at = 0;
        loop {
            let found = memmem::find(&self.heard[looked_at..], what.as_bytes());
            if let Some(at) = found {
                let rest = self.heard.split_off(looked_at + at + what.len());
                let heard = std::mem::replace(&mut self.heard, rest);
                return String::from_utf8(heard).expect("text");
            }
            looked_at = self.heard.len().saturating_sub(what.len());
            let is_open = self.read().await.is_ok_and(|count| count > 0);
            assert!(is_open, "closed before {what:?}: {}", String::from_utf8_lossy(&self.heard));
        }
    }

    /// Reads to the end of the connection; everything that was said.
    pub(crate) async fn rest(&mut self) -> String {
        while self.read().await.is_ok_and(|count| count > 0) {}
        String::from_utf8_lossy(&std::mem::take(&mut self.heard)).into_owned()
    }

    /// Reads what is there already, and forgets it.
    pub(crate) fn forget(&mut self) {
        while self.read().now_or_never().is_some_and(|read| read.is_ok_and(|count| count > 0)) {}
        self.heard.clear();
    }

    /// Panics unless the server ends the stream with this error; what it said before.
    pub(crate) async fn ends_with(&mut self, condition: &str) -> String {
        let said = self.rest().await;
        assert!(
            said.contains(&format!("<{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>")),
            "{said}"
        );
        assert!(said.ends_with("</stream:stream>"), "{said}");
        said
    }

    async fn read(&mut self) -> io::Result<usize> {
        timeout(DEADLINE, self.socket.bytes().read_buf(&mut self.heard))
            .await
            .expect("the server does something in time")
    }
}

/// The text between two others.
pub(crate) fn within<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, text) = text.split_once(before)?;
    Some(text.split_once(after)?.0)
}

/// A text many times.
pub(crate) fn many(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut all, number| {
        write!(all, "{}", text(number)).expect("a string takes everything");
        all
    })
}
