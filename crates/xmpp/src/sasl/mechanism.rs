use base64::{Engine, prelude::BASE64_STANDARD};
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha512};

use super::BindingType;
use crate::words::words;

words! {
    /// The mechanisms, the stronger first.
    pub enum Mechanism {
        /// SCRAM bound to the channel.
        ScramSha512Plus = "SCRAM-SHA-512-PLUS",
        /// SCRAM bound to the channel (RFC 7677).
        ScramSha256Plus = "SCRAM-SHA-256-PLUS",
        /// SCRAM bound to the channel (RFC 5802).
        ScramSha1Plus = "SCRAM-SHA-1-PLUS",
        /// SCRAM without channel binding.
        ScramSha512 = "SCRAM-SHA-512",
        /// SCRAM without channel binding (RFC 7677).
        ScramSha256 = "SCRAM-SHA-256",
        /// SCRAM without channel binding (RFC 5802).
        ScramSha1 = "SCRAM-SHA-1",
        /// A token bound to the channel by `tls-exporter` (XEP-0484).
        HtSha256Expr = "HT-SHA-256-EXPR",
        /// A token bound to the channel by `tls-server-end-point` (XEP-0484).
        HtSha256Endp = "HT-SHA-256-ENDP",
        /// A token without channel binding (XEP-0484).
        HtSha256None = "HT-SHA-256-NONE",
        /// The certificate that the peer showed, or whatever else says who it is (RFC 4422 appendix A).
        External = "EXTERNAL",
        /// Name and password (RFC 4616).
        Plain = "PLAIN",
        /// Nobody in particular (RFC 4505). Known by name only: it is never offered.
        Anonymous = "ANONYMOUS",
    }
}

words! {
    /// The hash functions of SCRAM.
    pub enum ScramHash {
        /// SHA-1, 20 bytes.
        Sha1 = "SHA-1",
        /// SHA-256, 32 bytes.
        Sha256 = "SHA-256",
        /// SHA-512, 64 bytes.
        Sha512 = "SHA-512",
    }
}

impl ScramHash {
    /// The mechanism that binds to the channel, and the one that does not.
    pub(super) fn mechanisms(self) -> (Mechanism, Mechanism) {
        match self {
            Self::Sha1 => (Mechanism::ScramSha1Plus, Mechanism::ScramSha1),
            Self::Sha256 => (Mechanism::ScramSha256Plus, Mechanism::ScramSha256),
            Self::Sha512 => (Mechanism::ScramSha512Plus, Mechanism::ScramSha512),
        }
    }

    pub(super) fn digest_base64(self, data: &[u8]) -> String {
        match self {
            Self::Sha1 => BASE64_STANDARD.encode(Sha1::digest(data)),
            Self::Sha256 => BASE64_STANDARD.encode(Sha256::digest(data)),
            Self::Sha512 => BASE64_STANDARD.encode(Sha512::digest(data)),
        }
    }
}

impl Mechanism {
    /// The hash function, when this is SCRAM.
    pub fn scram_hash(self) -> Option<ScramHash> {
        ScramHash::ALL.iter().copied().find(|hash| {
            let (plus, plain) = hash.mechanisms();
            self == plus || self == plain
        })
    }

    /// Whether this is SCRAM that binds to the channel.
    pub fn is_plus(self) -> bool {
        self.as_str().ends_with("-PLUS")
    }

    /// Whether it logs in by a token.
    pub fn is_token(self) -> bool {
        matches!(self, Self::HtSha256Expr | Self::HtSha256Endp | Self::HtSha256None)
    }

    /// The type of channel binding that a mechanism by token needs.
    pub fn token_binding(self) -> Option<BindingType> {
        match self {
            Self::HtSha256Expr => Some(BindingType::TlsExporter),
            Self::HtSha256Endp => Some(BindingType::TlsServerEndPoint),
            _ => None,
        }
    }
}
