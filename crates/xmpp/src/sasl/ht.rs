use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Refusal, message_text};

/// The bytes of an HMAC with SHA-256.
const MAC_BYTES: usize = 32;

/// The longest name that must be accepted.
const AUTHCID_BYTES_MAX: usize = 1023;

/// A name, and the proof that the client has a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HashedToken<'a> {
    /// The name, as it was sent: preparing it is the caller's.
    pub authcid: &'a str,
    proof: &'a [u8],
}

impl<'a> HashedToken<'a> {
    /// Reads the only message of the client.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    ///
    /// # Source
    /// draft-schmaus-kitten-sasl-ht-10 section 3.1.
    pub fn read(message: &'a [u8]) -> Result<Self, Refusal> {
        let at = memchr::memchr(0, message).ok_or(Refusal::Malformed)?;
        let authcid = message_text(&message[..at])?;
        let proof = &message[at + 1..];
        let is_fine = (1..=AUTHCID_BYTES_MAX).contains(&authcid.len()) && proof.len() == MAC_BYTES;
        if is_fine { Ok(Self { authcid, proof }) } else { Err(Refusal::Malformed) }
    }

    /// Whether the client has this token and sees this channel; compares in constant time. `binding` is
    /// empty for a mechanism without channel binding.
    ///
    /// # Source
    /// draft-schmaus-kitten-sasl-ht-10 section 3.1.
    pub fn is_proof_of(&self, token: &[u8], binding: &[u8]) -> bool {
        mac(token, b"Initiator", binding).verify_slice(self.proof).is_ok()
    }
}

impl fmt::Debug for HashedToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HashedToken").finish_non_exhaustive()
    }
}

/// What shows the client that the server has the token too.
///
/// # Source
/// draft-schmaus-kitten-sasl-ht-10 section 3.2.
pub fn responder_message(token: &[u8], binding: &[u8]) -> Vec<u8> {
    mac(token, b"Responder", binding).finalize().into_bytes().to_vec()
}

fn mac(token: &[u8], role: &[u8], binding: &[u8]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(token).expect("invariant: HMAC takes keys of any length");
    mac.chain_update(role).chain_update(binding)
}
