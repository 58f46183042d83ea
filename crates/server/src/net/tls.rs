use super::certificate::expires_at;
use crate::{observe::metrics, settings::TlsFiles};
use anyhow::{Context, bail};
use bytes::Bytes;
use parking_lot::RwLock;
use parlance_front::Secured;
use parlance_xmpp::sasl::{EXPORTER_BYTES, EXPORTER_LABEL, tls_server_end_point};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    server::{ClientHello, NoServerSessionStorage, ResolvesServerCert},
    sign::CertifiedKey,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tracing::{info, warn};

const WARN_BEFORE_EXPIRY: Duration = Duration::from_secs(14 * 86_400);

/// Encryption with a certificate that can be exchanged while connections are open.
#[derive(Debug)]
pub(crate) struct Tls {
    files: TlsFiles,
    current: Arc<Current>,
    config: Arc<ServerConfig>,
    xmpp: Arc<ServerConfig>,
}

#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl Current {
    fn end_point(&self) -> Option<Bytes> {
        let key = self.0.read();
        key.cert.first().and_then(|first| tls_server_end_point(first)).map(Bytes::from)
    }
}

/// Encrypts streams of XMPP.
#[derive(Clone)]
pub(super) struct Encryption {
    acceptor: TlsAcceptor,
    current: Arc<Current>,
    time_max: Duration,
}

impl Encryption {
    /// Waits for the handshake; with what both ends can bind to it. Before TLS 1.3 keying material can be
    /// the same on two connections, so there is none.
    ///
    /// # Errors
    /// When the peer does not manage it, or not in time.
    ///
    /// # Source
    /// RFC 9266 section 4.2, RFC 5929 section 4.
    pub(super) async fn accept<S>(&self, socket: S) -> io::Result<(Box<TlsStream<S>>, Secured)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = Box::pin(timeout(self.time_max, self.acceptor.accept(socket))).await??;
        let (_, connection) = stream.get_ref();
        let is_new = connection.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3);
        let export =
            || connection.export_keying_material([0; EXPORTER_BYTES], EXPORTER_LABEL, Some(b"")).ok();
        let secured =
            Secured { exporter: is_new.then(export).flatten(), end_point: self.current.end_point() };
        Ok((Box::new(stream), secured))
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read()))
    }
}

impl Tls {
    /// Reads the certificate and prepares TLS 1.3 and 1.2.
    ///
    /// Sessions are neither stored nor given tickets: a stored session costs memory for each client
    /// that ever connected, and a ticket's key would have to be kept and exchanged.
    ///
    /// # Errors
    /// When a file cannot be read, or key and certificate do not belong together.
    pub(crate) fn open(files: &TlsFiles) -> anyhow::Result<Self> {
        let current = Arc::new(Current(RwLock::new(Arc::new(load_certificate(files)?))));
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as _);
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        let mut xmpp = config.clone();
        xmpp.alpn_protocols = vec![b"xmpp-client".to_vec()];
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { files: files.clone(), current, config: Arc::new(config), xmpp: Arc::new(xmpp) })
    }

    /// What accepts connections.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }

    /// What accepts connections of XMPP, which have a protocol name of their own.
    ///
    /// # Source
    /// XEP-0368 (1.1.1) section 4.
    pub(super) fn for_streams(&self, time_max: Duration) -> Encryption {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.xmpp));
        Encryption { acceptor, current: Arc::clone(&self.current), time_max }
    }

    /// Reads the files again. When that fails the old certificate stays in use.
    pub(crate) fn reload(&self) {
        match load_certificate(&self.files) {
            Ok(key) => {
                *self.current.0.write() = Arc::new(key);
                info!("certificate reloaded");
            }
            Err(error) => warn!(error = format!("{error:#}"), "certificate not reloaded, the old one stays"),
        }
    }
}

/// Reads certificate and key and checks that they belong together.
///
/// # Errors
/// When a file cannot be read or does not fit.
pub(crate) fn load_certificate(files: &TlsFiles) -> anyhow::Result<CertifiedKey> {
    let (cert_file, key_file) = (files.cert_file.display(), files.key_file.display());
    let chain: Vec<_> = CertificateDer::pem_file_iter(&files.cert_file)
        .and_then(Iterator::collect)
        .with_context(|| format!("cannot read the certificate tls.cert_file = {cert_file}"))?;
    let Some(first) = chain.first() else { bail!("tls.cert_file = {cert_file} holds no certificate") };
    note_expiry(first);
    let key = PrivateKeyDer::from_pem_file(&files.key_file)
        .with_context(|| format!("cannot read the private key tls.key_file = {key_file}"))?;
    CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
        .with_context(|| format!("the key {key_file} does not fit the certificate {cert_file}"))
}

fn note_expiry(certificate: &CertificateDer<'_>) {
    let Some(expiry) = expires_at(certificate) else { return };
    metrics::set_certificate_expiry(expiry);
    if expiry < SystemTime::now() + WARN_BEFORE_EXPIRY {
        warn!("the certificate ends within two weeks or has ended: renew it and send SIGHUP");
    }
}
