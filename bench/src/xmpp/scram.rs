//! The client's side of SCRAM without channel binding.
//!
//! # Source
//! RFC 5802 sections 3 and 5, RFC 7677. Names and passwords here are ASCII without `,` and `=`, so
//! nothing has to be prepared or escaped.

use anyhow::{Context, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;

/// The header of a client that does not know channel binding, and the same in Base64.
const GS2: &str = "n,,";
const GS2_BASE64: &str = "biws";

/// A hash function of SCRAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
}

impl Hash {
    /// The mechanism's registered name.
    pub(crate) fn mechanism(self) -> &'static str {
        match self {
            Self::Sha1 => "SCRAM-SHA-1",
            Self::Sha256 => "SCRAM-SHA-256",
        }
    }

    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
        }
    }

    fn authenticate(self, key: &[u8], message: &str) -> Vec<u8> {
        const ANY: &str = "a key may have any length";
        let message = message.as_bytes();
        match self {
            Self::Sha1 => Hmac::<Sha1>::new_from_slice(key)
                .expect(ANY)
                .chain_update(message)
                .finalize()
                .into_bytes()
                .to_vec(),
            Self::Sha256 => Hmac::<Sha256>::new_from_slice(key)
                .expect(ANY)
                .chain_update(message)
                .finalize()
                .into_bytes()
                .to_vec(),
        }
    }

    fn stretch(self, password: &str, salt: &[u8], iterations: u32) -> Vec<u8> {
        let password = password.as_bytes();
        match self {
            Self::Sha1 => pbkdf2::pbkdf2_hmac_array::<Sha1, 20>(password, salt, iterations).to_vec(),
            Self::Sha256 => pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password, salt, iterations).to_vec(),
        }
    }
}

/// A sign-in that has begun.
#[derive(Debug)]
pub(crate) struct Scram {
    hash: Hash,
    nonce: String,
    first_bare: String,
}

/// The second message of a client, and the signature its server must answer with.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) message: String,
    signature: Vec<u8>,
}

impl Scram {
    pub(crate) fn begin(hash: Hash, user: &str, nonce: String) -> Self {
        let first_bare = format!("n={user},r={nonce}");
        Self { hash, nonce, first_bare }
    }

    /// The first message.
    pub(crate) fn first(&self) -> String {
        format!("{GS2}{}", self.first_bare)
    }

    /// Answers the server's first message.
    pub(crate) fn prove(&self, password: &str, server_first: &str) -> anyhow::Result<Proof> {
        let nonce = attribute(server_first, 'r').context("no nonce")?;
        ensure!(nonce.starts_with(&self.nonce), "the nonce is not ours");
        let salt = BASE64_STANDARD.decode(attribute(server_first, 's').context("no salt")?)?;
        let iterations = attribute(server_first, 'i').context("no count of iterations")?.parse()?;
        let salted = self.hash.stretch(password, &salt, iterations);
        let without_proof = format!("c={GS2_BASE64},r={nonce}");
        let signed = format!("{},{server_first},{without_proof}", self.first_bare);
        let client_key = self.hash.authenticate(&salted, "Client Key");
        let client_signature = self.hash.authenticate(&self.hash.digest(&client_key), &signed);
        let proof: Vec<u8> = client_key.iter().zip(client_signature).map(|(a, b)| a ^ b).collect();
        let signature = self.hash.authenticate(&self.hash.authenticate(&salted, "Server Key"), &signed);
        Ok(Proof { message: format!("{without_proof},p={}", BASE64_STANDARD.encode(proof)), signature })
    }
}

impl Proof {
    /// Checks the server's last message.
    pub(crate) fn check(&self, server_final: &str) -> anyhow::Result<()> {
        let signature = BASE64_STANDARD.decode(attribute(server_final, 'v').context("no signature")?)?;
        ensure!(signature == self.signature, "the server does not know the password");
        Ok(())
    }
}

fn attribute(message: &str, name: char) -> Option<&str> {
    message.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Example {
        hash: Hash,
        nonce: &'static str,
        server_first: &'static str,
        client_final: &'static str,
        server_final: &'static str,
    }

    /// RFC 5802 section 5.
    const SHA_1: Example = Example {
        hash: Hash::Sha1,
        nonce: "fyko+d2lbbFgONRv9qkxdawL",
        server_first: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        client_final: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        server_final: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    };

    /// RFC 7677 section 3.
    const SHA_256: Example = Example {
        hash: Hash::Sha256,
        nonce: "rOprNGfwEbeRWgbNEkqO",
        server_first: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        client_final: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        server_final: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    };

    #[test]
    fn the_examples_of_the_standards_come_out() {
        for example in [SHA_1, SHA_256] {
            let scram = Scram::begin(example.hash, "user", example.nonce.to_owned());
            assert_eq!(scram.first(), format!("n,,n=user,r={}", example.nonce));
            let proof = scram.prove("pencil", example.server_first).expect("a proof");
            assert_eq!(proof.message, example.client_final);
            assert!(proof.check(example.server_final).is_ok());
            assert!(proof.check("v=AAAA").is_err());
        }
    }

    #[test]
    fn a_nonce_that_does_not_go_on_from_ours_is_refused() {
        let scram = Scram::begin(Hash::Sha1, "user", "other".to_owned());
        assert!(scram.prove("pencil", SHA_1.server_first).is_err());
    }
}
