use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::words::words;

/// The label that keying material for `tls-exporter` is exported with, without context.
///
/// # Source
/// RFC 9266 section 2.
pub const EXPORTER_LABEL: &[u8] = b"EXPORTER-Channel-Binding";

/// The length of that keying material.
///
/// # Source
/// RFC 9266 section 2.
pub const EXPORTER_BYTES: usize = 32;

words! {
    /// The types of channel binding, the stronger first.
    ///
    /// # Differs
    /// `tls-unique` (RFC 5929) is not there: TLS 1.3 does not define it, and before that it needs an
    /// extension to be safe.
    pub enum BindingType {
        /// Keying material of this very connection (RFC 9266).
        TlsExporter = "tls-exporter",
        /// The server's certificate (RFC 5929 section 4).
        TlsServerEndPoint = "tls-server-end-point",
    }
}

/// What can bind a login to a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelBindings {
    /// [`EXPORTER_BYTES`] of keying material; only of TLS 1.3, or of 1.2 with extended master secret.
    pub tls_exporter: Option<Vec<u8>>,
    /// What [`tls_server_end_point`] gives.
    pub tls_server_end_point: Option<Vec<u8>>,
}

impl ChannelBindings {
    /// The data of a type, if this connection has it.
    pub fn get(&self, kind: BindingType) -> Option<&[u8]> {
        match kind {
            BindingType::TlsExporter => self.tls_exporter.as_deref(),
            BindingType::TlsServerEndPoint => self.tls_server_end_point.as_deref(),
        }
    }

    /// The types that this connection has data for.
    pub fn types(&self) -> Vec<BindingType> {
        BindingType::ALL.iter().copied().filter(|kind| self.get(*kind).is_some()).collect()
    }

    /// Whether there is nothing to bind to.
    pub fn is_empty(&self) -> bool {
        self.tls_exporter.is_none() && self.tls_server_end_point.is_none()
    }
}

/// The data of `tls-server-end-point` for a certificate in DER. `None` when its signature uses no single
/// hash function, as with Ed25519: then this type is not defined.
///
/// # Source
/// RFC 5929 section 4.1: the hash function of the signature, and SHA-256 in place of MD5 and SHA-1.
pub fn tls_server_end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let (fields, _) = Der::read(certificate)?;
    let (_, rest) = Der::read(fields.content)?;
    let (algorithm, _) = Der::read(rest)?;
    match signature_hash(algorithm.content)? {
        CertificateHash::Sha256 => Some(Sha256::digest(certificate).to_vec()),
        CertificateHash::Sha384 => Some(Sha384::digest(certificate).to_vec()),
        CertificateHash::Sha512 => Some(Sha512::digest(certificate).to_vec()),
    }
}

#[derive(Clone, Copy)]
enum CertificateHash {
    Sha256,
    Sha384,
    Sha512,
}

/// 1.2.840.113549.1.1, algorithms of RSA (RFC 8017 appendix C).
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
/// 1.2.840.10045.4, signatures by ECDSA (RFC 5758 section 3.2).
const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
/// 2.16.840.1.101.3.4.2, hash functions (RFC 8017 appendix B.1).
const HASHES: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];

/// The hash function that an `AlgorithmIdentifier` of a signature stands for.
fn signature_hash(algorithm: &[u8]) -> Option<CertificateHash> {
    let (name, parameters) = Der::read(algorithm)?;
    if let Some(number) = name.content.strip_prefix(RSA) {
        return match number {
            [4 | 5 | 11] => Some(CertificateHash::Sha256),
            [12] => Some(CertificateHash::Sha384),
            [13] => Some(CertificateHash::Sha512),
            [10] => pss_hash(parameters),
            _ => None,
        };
    }
    match name.content.strip_prefix(ECDSA)? {
        [1] | [3, 2] => Some(CertificateHash::Sha256),
        [3, 3] => Some(CertificateHash::Sha384),
        [3, 4] => Some(CertificateHash::Sha512),
        _ => None,
    }
}

/// The hash function in the parameters of RSASSA-PSS; SHA-1 when it is left out.
///
/// # Source
/// RFC 4055 section 3.1.
fn pss_hash(parameters: &[u8]) -> Option<CertificateHash> {
    const HASH_ALGORITHM: u8 = 0xa0;
    let (fields, _) = Der::read(parameters)?;
    let Some((field, _)) = Der::read(fields.content).filter(|(field, _)| field.tag == HASH_ALGORITHM) else {
        return Some(CertificateHash::Sha256);
    };
    let (algorithm, _) = Der::read(field.content)?;
    let (name, _) = Der::read(algorithm.content)?;
    match name.content.strip_prefix(HASHES) {
        Some([1]) => Some(CertificateHash::Sha256),
        Some([2]) => Some(CertificateHash::Sha384),
        Some([3]) => Some(CertificateHash::Sha512),
        _ => None,
    }
}

/// One value of DER.
struct Der<'a> {
    tag: u8,
    content: &'a [u8],
}

impl<'a> Der<'a> {
    /// Reads the first value; gives it and what follows.
    ///
    /// # Source
    /// X.690 section 8.1, for tags of one byte and lengths of up to four.
    fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (&[tag, first], rest) = bytes.split_first_chunk()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        Some((Self { tag, content }, rest))
    }
}
