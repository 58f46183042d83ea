use std::fmt;

use super::{Refusal, check_identity, message_text};

/// Name and password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Plain<'a> {
    /// The name, as it was sent: preparing it is the caller's.
    pub authcid: &'a str,
    /// The password, as it was sent.
    pub password: &'a str,
}

impl<'a> Plain<'a> {
    /// Reads the message of a client that logs in at `domain`.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], and [`Refusal::OtherIdentity`] when it asks to act as somebody else.
    ///
    /// # Source
    /// RFC 4616 section 2.
    pub fn read(message: &'a [u8], domain: &str) -> Result<Self, Refusal> {
        let mut parts = message_text(message)?.split('\0');
        let (Some(authzid), Some(authcid), Some(password), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal::Malformed);
        };
        if authcid.is_empty() || password.is_empty() {
            return Err(Refusal::Malformed);
        }
        check_identity(authzid, authcid, domain)?;
        Ok(Self { authcid, password })
    }
}

impl fmt::Debug for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plain").finish_non_exhaustive()
    }
}
