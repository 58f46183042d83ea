//! Secrets the server hands out, and what it keeps of them.

use crate::{
    Redacted,
    ports::{Entropy, TokenHash},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const TOKEN_BYTES: usize = 32;
const TOKEN_CHARS: usize = 43;

/// Thirty-two characters, five bits each, none of which looks like another.
const CODE_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const CODE_CHARS: usize = 26;

/// A fresh device token: 256 random bits.
pub(super) fn token(entropy: &dyn Entropy) -> Redacted<String> {
    let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
    entropy.fill(&mut *bytes);
    Redacted::new(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a token; `None` for what cannot be one.
pub(super) fn token_hash(token: &str) -> Option<TokenHash> {
    (token.len() == TOKEN_CHARS).then(|| sha256(token))
}

/// A fresh invitation code: 130 random bits that can be read aloud and typed.
///
/// # Source
/// The alphabet is Crockford's base 32, in lower case.
pub(super) fn code(entropy: &dyn Entropy) -> Redacted<String> {
    let mut bytes = Zeroizing::new([0; CODE_CHARS]);
    entropy.fill(&mut *bytes);
    Redacted::new(bytes.map(|byte| char::from(CODE_ALPHABET[usize::from(byte % 32)])).iter().collect())
}

/// What is kept of a code, however it was typed; `None` for what cannot be one.
pub(super) fn code_hash(code: &str) -> Option<TokenHash> {
    if code.len() > 2 * CODE_CHARS {
        return None;
    }
    let typed = code.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    });
    let code: String = typed.collect();
    let is_code = code.len() == CODE_CHARS && code.bytes().all(|byte| CODE_ALPHABET.contains(&byte));
    is_code.then(|| sha256(&code))
}

fn sha256(secret: &str) -> TokenHash {
    TokenHash(Sha256::digest(secret).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::SystemEntropy;

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (one, other) = (token(&SystemEntropy), token(&SystemEntropy));
        assert_eq!(one.expose().len(), TOKEN_CHARS);
        assert_ne!(one.expose(), other.expose());
        assert!(token_hash(one.expose()).is_some() && token_hash("short").is_none());
    }

    #[test]
    fn a_code_may_be_typed_with_hyphens_capitals_and_look_alikes() {
        let code = "0123456789abcdefghjkmnpqrs";
        let hash = code_hash(code);
        assert!(hash.is_some());
        assert_eq!(code_hash("OI23-4567-89AB-CDEF-GHJK-MNPQ-RS"), hash);
        assert_eq!(code_hash("ol23 456789abcdefghjkmnpqrs"), hash);
        for bad in ["", "0123", "0123456789abcdefghjkmnpqru", &"0".repeat(60)] {
            assert_eq!(code_hash(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_fresh_code_is_a_code() {
        let fresh = code(&SystemEntropy);
        assert!(code_hash(fresh.expose()).is_some());
        assert_ne!(fresh.expose(), code(&SystemEntropy).expose());
    }
}
