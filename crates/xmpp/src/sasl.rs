//! The server's side of SASL: what is offered, what a client sends, and the exchanges as values.
//!
//! Nobody is known here: whoever has the accounts checks passwords, proofs and tokens. An exchange by
//! SCRAM goes [`ScramStart::read`], [`ScramStart::challenge`], [`ScramServer::read_final`], then the proof
//! is checked elsewhere, and [`server_final`] tells the client that the server knows it too.

mod binding;
mod elements;
mod ht;
mod mechanism;
mod offer;
mod plain;
mod scram;

pub use binding::{BindingType, ChannelBindings, EXPORTER_BYTES, EXPORTER_LABEL, tls_server_end_point};
pub use elements::{Profile, Start, Step, UserAgent, read_step};
pub use ht::{HashedToken, responder_message};
pub use mechanism::{Mechanism, ScramHash};
pub use offer::{Offer, downgrade_hash};
pub use plain::Plain;
pub use scram::{ScramProof, ScramServer, ScramStart, server_final};

use crate::{BareJid, words::words};

words! {
    /// What a client is told when it is not logged in.
    ///
    /// # Source
    /// RFC 6120 section 6.5.
    pub enum Failure {
        /// The client gave up (6.5.1).
        Aborted = "aborted",
        /// The account is locked (6.5.2).
        AccountDisabled = "account-disabled",
        /// The password or token is too old (6.5.3).
        CredentialsExpired = "credentials-expired",
        /// The mechanism needs TLS (6.5.4).
        EncryptionRequired = "encryption-required",
        /// Something that is not base64 (6.5.5).
        IncorrectEncoding = "incorrect-encoding",
        /// Somebody else's identity was asked for (6.5.6).
        InvalidAuthzid = "invalid-authzid",
        /// A mechanism that is not offered (6.5.7).
        InvalidMechanism = "invalid-mechanism",
        /// A message that does not follow its grammar (6.5.8).
        MalformedRequest = "malformed-request",
        /// The mechanism is too weak for this account (6.5.9).
        MechanismTooWeak = "mechanism-too-weak",
        /// Wrong password, unknown user, or anything else that must not be told apart from it (6.5.10).
        NotAuthorized = "not-authorized",
        /// Something went wrong on our side (6.5.11).
        TemporaryAuthFailure = "temporary-auth-failure",
    }
}

/// Why a message of SASL cannot be accepted, whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Data that is not base64.
    #[error("the data is not base64")]
    Encoding,
    /// A message that does not follow the grammar of its mechanism.
    #[error("the message does not follow the grammar of the mechanism")]
    Malformed,
    /// An extension that must be understood and is not known.
    #[error("a mandatory extension is not known")]
    Extension,
    /// A client that is logged in as somebody asks to act as somebody else.
    #[error("another identity was asked for")]
    OtherIdentity,
    /// The client saw no mechanism with channel binding, but there was one: somebody is in between.
    #[error("channel binding was offered, and the client did not see it")]
    Downgrade,
    /// A type of channel binding that this connection has no data for.
    #[error("this type of channel binding is not offered")]
    BindingType,
    /// The data of the channel binding, or what comes with it, is not what the server sees.
    #[error("the channel binding does not match")]
    Binding,
    /// The nonce is not the one of this exchange.
    #[error("the nonce does not match")]
    Nonce,
}

impl Refusal {
    /// What the client is told.
    pub fn failure(self) -> Failure {
        match self {
            Self::Encoding => Failure::IncorrectEncoding,
            Self::Malformed | Self::Extension | Self::BindingType => Failure::MalformedRequest,
            Self::OtherIdentity => Failure::InvalidAuthzid,
            Self::Downgrade | Self::Binding | Self::Nonce => Failure::NotAuthorized,
        }
    }
}

/// More than any mechanism needs.
const MESSAGE_BYTES_MAX: usize = 8 * 1024;

/// Messages are UTF-8, and not longer than anybody needs.
fn message_text(message: &[u8]) -> Result<&str, Refusal> {
    let text = std::str::from_utf8(message).map_err(|_| Refusal::Malformed)?;
    if text.len() > MESSAGE_BYTES_MAX { Err(Refusal::Malformed) } else { Ok(text) }
}

/// An identity that is asked for is the own one: the name itself, or the address of the account.
///
/// # Source
/// RFC 6120 sections 6.3.8 (the authorization identity is a bare address) and 6.5.6.
fn check_identity(authzid: &str, authcid: &str, domain: &str) -> Result<(), Refusal> {
    let is_own = || {
        let own = BareJid::from_parts(Some(authcid), domain);
        own.is_ok_and(|own| BareJid::parse(authzid) == Ok(own))
    };
    let is_fine = authzid.is_empty() || authzid == authcid || is_own();
    if is_fine { Ok(()) } else { Err(Refusal::OtherIdentity) }
}

#[cfg(test)]
mod tests;
