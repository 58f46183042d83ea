//! The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), which also does wrong things.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// One exchange.
pub(crate) struct Scram {
    gs2: String,
    bare: String,
    salt: String,
    iterations: u32,
}

impl Scram {
    /// Begins; `gs2` is the part of the first message that speaks of channel binding.
    pub(crate) fn begin(name: &str, gs2: &str) -> Self {
        let bare = format!("n={name},r={:032x}", rand::random::<u128>());
        Self { gs2: gs2.to_owned(), bare, salt: String::new(), iterations: 0 }
    }

    /// The first message, in base64.
    pub(crate) fn first(&self) -> String {
        BASE64_STANDARD.encode(format!("{}{}", self.gs2, self.bare))
    }

    /// The answer to the server's message, both in base64; `binding` is what the channel is bound to.
    pub(crate) fn answer(&mut self, challenge: &str, password: &str, binding: &[u8]) -> String {
        let challenge = BASE64_STANDARD.decode(challenge).expect("base64");
        let challenge = String::from_utf8(challenge).expect("text");
        let part =
            |name: &str| challenge.split(',').find_map(|part| part.strip_prefix(name)).expect("a part");
        self.salt = part("s=").to_owned();
        self.iterations = part("i=").parse().expect("a number");
        let bound = BASE64_STANDARD.encode([self.gs2.as_bytes(), binding].concat());
        let without_proof = format!("c={bound},r={}", part("r="));
        let salt = BASE64_STANDARD.decode(&self.salt).expect("base64");
        let mut salted = [0; 32];
        pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), &salt, self.iterations, &mut salted);
        let client_key = hmac(&salted, b"Client Key");
        let stored = Sha256::digest(client_key);
        let signature = hmac(&stored, format!("{},{challenge},{without_proof}", self.bare).as_bytes());
        let proof: Vec<_> =
            client_key.iter().zip(signature).map(|(key, signature)| key ^ signature).collect();
        BASE64_STANDARD.encode(format!("{without_proof},p={}", BASE64_STANDARD.encode(proof)))
    }

    /// The salt that the server sent, in base64.
    pub(crate) fn salt(&self) -> &str {
        &self.salt
    }

    /// The count that the server sent.
    pub(crate) fn iterations(&self) -> u32 {
        self.iterations
    }
}

pub(crate) fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("keys have any length");
    mac.chain_update(message).finalize().into_bytes().into()
}
