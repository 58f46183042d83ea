use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use subtle::ConstantTimeEq;

use super::{BindingType, ChannelBindings, Mechanism, Refusal, check_identity, message_text};

/// An exchange of which the client's first message was read.
#[derive(Clone, PartialEq, Eq)]
pub struct ScramStart {
    username: String,
    /// client-first-message-bare.
    bare: String,
    client_nonce: String,
    /// What the client has to repeat: the GS2 header and the data of the channel.
    binding: Vec<u8>,
}

/// An exchange in which the challenge was made.
#[derive(Clone, PartialEq, Eq)]
pub struct ScramServer {
    nonce: String,
    binding: Vec<u8>,
    /// client-first-message-bare and server-first-message, each with a comma behind it.
    auth_message: String,
}

/// What a client sends to prove that it knows the password.
#[derive(Clone, PartialEq, Eq)]
pub struct ScramProof {
    /// `client-first-message-bare , server-first-message , client-final-message-without-proof`.
    pub auth_message: Vec<u8>,
    /// `ClientKey XOR ClientSignature`, of whatever length the client sent.
    pub proof: Vec<u8>,
}

impl ScramStart {
    /// Reads the first message of a client that logs in at `domain`. `is_plus_offered` says whether any
    /// mechanism with channel binding was in the list that the client should have seen.
    ///
    /// # Errors
    /// Every [`Refusal`] but [`Refusal::Encoding`], [`Refusal::Binding`] and [`Refusal::Nonce`].
    ///
    /// # Source
    /// RFC 5802 sections 5.1, 6 and 7.
    pub fn read(
        message: &[u8],
        mechanism: Mechanism,
        bindings: &ChannelBindings,
        is_plus_offered: bool,
        domain: &str,
    ) -> Result<Self, Refusal> {
        let text = message_text(message)?;
        let (flag, rest) = text.split_once(',').ok_or(Refusal::Malformed)?;
        let (authzid, bare) = rest.split_once(',').ok_or(Refusal::Malformed)?;
        let data = channel_data(flag, mechanism, bindings, is_plus_offered)?;
        let header = &text[..text.len() - bare.len()];
        let (username, client_nonce) = read_bare(bare)?;
        if !authzid.is_empty() {
            let authzid = authzid.strip_prefix("a=").ok_or(Refusal::Malformed)?;
            check_identity(&decode_name(authzid)?, &username, domain)?;
        }
        let binding = [header.as_bytes(), data].concat();
        Ok(Self { username, bare: bare.to_owned(), client_nonce: client_nonce.to_owned(), binding })
    }

    /// The name, as it was sent: preparing it is the caller's.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Makes the server's first message. `nonce` is the server's part of it: at least 18 bytes of
    /// randomness as base64. `downgrade_hash` comes from [`super::downgrade_hash`].
    ///
    /// # Panics
    /// When `nonce` is not made of printable ASCII without comma: that is a mistake of the program.
    ///
    /// # Source
    /// RFC 5802 sections 5.1 and 7; XEP-0474 (0.5.0) section 5.1 for `h`.
    pub fn challenge(
        self,
        nonce: &str,
        salt: &[u8],
        iterations: u32,
        downgrade_hash: Option<&str>,
    ) -> (ScramServer, String) {
        assert!(is_nonce(nonce), "a nonce is printable");
        let nonce = self.client_nonce + nonce;
        let salt = BASE64_STANDARD.encode(salt);
        let hash = downgrade_hash.map(|hash| format!(",h={hash}")).unwrap_or_default();
        let first = format!("r={nonce},s={salt},i={iterations}{hash}");
        let auth_message = format!("{},{first},", self.bare);
        (ScramServer { nonce, binding: self.binding, auth_message }, first)
    }
}

impl ScramServer {
    /// Reads the last message of the client. Whoever has the keys checks the proof.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::Encoding`], [`Refusal::Binding`] and [`Refusal::Nonce`].
    ///
    /// # Source
    /// RFC 5802 sections 5.1 and 7; the proof is the last attribute.
    pub fn read_final(self, message: &[u8]) -> Result<ScramProof, Refusal> {
        let text = message_text(message)?;
        let (without_proof, proof) = text.rsplit_once(",p=").ok_or(Refusal::Malformed)?;
        let mut attributes = without_proof.split(',');
        let binding = attributes.next().and_then(|it| it.strip_prefix("c="));
        let nonce = attributes.next().and_then(|it| it.strip_prefix("r="));
        let (Some(binding), Some(nonce)) = (binding, nonce) else { return Err(Refusal::Malformed) };
        check_extensions(attributes)?;
        let binding = BASE64_STANDARD.decode(binding).map_err(|_| Refusal::Encoding)?;
        let proof = BASE64_STANDARD.decode(proof).map_err(|_| Refusal::Encoding)?;
        if !bool::from(binding.ct_eq(&self.binding)) {
            return Err(Refusal::Binding);
        }
        if nonce != self.nonce {
            return Err(Refusal::Nonce);
        }
        let auth_message = (self.auth_message + without_proof).into_bytes();
        Ok(ScramProof { auth_message, proof })
    }
}

/// Makes the server's last message of its signature.
///
/// # Source
/// RFC 5802 section 5.1, attribute `v`.
pub fn server_final(signature: &[u8]) -> String {
    format!("v={}", BASE64_STANDARD.encode(signature))
}

/// The data that the client binds to by its flag.
fn channel_data<'a>(
    flag: &str,
    mechanism: Mechanism,
    bindings: &'a ChannelBindings,
    is_plus_offered: bool,
) -> Result<&'a [u8], Refusal> {
    match (flag, flag.strip_prefix("p="), mechanism.is_plus()) {
        ("n", _, false) => Ok(&[]),
        ("y", _, false) if is_plus_offered => Err(Refusal::Downgrade),
        ("y", _, false) => Ok(&[]),
        (_, Some(name), true) => {
            let kind = BindingType::find(name).ok_or(Refusal::BindingType)?;
            bindings.get(kind).ok_or(Refusal::BindingType)
        }
        _ => Err(Refusal::Malformed),
    }
}

/// The name and the nonce of a client-first-message-bare.
fn read_bare(bare: &str) -> Result<(String, &str), Refusal> {
    if bare.starts_with("m=") {
        return Err(Refusal::Extension);
    }
    let mut attributes = bare.split(',');
    let name = attributes.next().and_then(|it| it.strip_prefix("n=")).ok_or(Refusal::Malformed)?;
    let nonce = attributes.next().and_then(|it| it.strip_prefix("r=")).ok_or(Refusal::Malformed)?;
    if !is_nonce(nonce) {
        return Err(Refusal::Malformed);
    }
    check_extensions(attributes)?;
    Ok((decode_name(name)?, nonce))
}

/// Extensions that need not be understood are a letter with a value each.
fn check_extensions<'a>(mut attributes: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    let is_attribute =
        |it: &str| matches!(it.as_bytes(), [letter, b'=', _, ..] if letter.is_ascii_alphabetic());
    if attributes.all(is_attribute) { Ok(()) } else { Err(Refusal::Malformed) }
}

/// Printable ASCII without comma.
fn is_nonce(nonce: &str) -> bool {
    !nonce.is_empty() && nonce.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',')
}

/// Resolves `=2C` and `=3D`; commas were split at before.
fn decode_name(raw: &str) -> Result<String, Refusal> {
    let mut parts = raw.split('=');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (letter, rest) = match (part.strip_prefix("2C"), part.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (_, Some(rest)) => ('=', rest),
            _ => return Err(Refusal::Malformed),
        };
        name.push(letter);
        name.push_str(rest);
    }
    if name.is_empty() || name.contains('\0') { Err(Refusal::Malformed) } else { Ok(name) }
}

macro_rules! hides_its_content {
    ($($kind:ident)+) => {
        $(impl fmt::Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($kind)).finish_non_exhaustive()
            }
        })+
    };
}

hides_its_content!(ScramStart ScramServer ScramProof);
