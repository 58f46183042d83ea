//! What a server keeps and computes for SCRAM.

use super::{
    decoys::{SaltForm, Shape},
    prepare::Prepared,
};
use crate::ports::{ScramHash, ScramVerifier};
use hmac::{EagerHash, Hmac, KeyInit, Mac, digest::Digest};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;
use uuid::Builder;

/// What a client sends to prove that it knows the password.
#[derive(Clone, Copy, Debug)]
pub struct ScramProof<'a> {
    /// `client-first-message-bare , server-first-message , client-final-message-without-proof`.
    pub auth_message: &'a [u8],
    /// `ClientKey XOR ClientSignature`.
    pub proof: &'a [u8],
}

/// Makes the verifier of a password. Costs `iterations` rounds: not for threads that serve
/// connections.
///
/// # Source
/// RFC 5802 section 3.
pub(super) fn derive(hash: ScramHash, password: &Prepared, salt: &[u8], iterations: u32) -> ScramVerifier {
    let (stored_key, server_key) = match hash {
        ScramHash::Sha1 => keys::<Sha1>(password, salt, iterations),
        ScramHash::Sha256 => keys::<Sha256>(password, salt, iterations),
        ScramHash::Sha512 => keys::<Sha512>(password, salt, iterations),
    };
    ScramVerifier { hash, salt: salt.to_vec(), iterations, stored_key, server_key }
}

/// Whether a verifier was made of this password, found out in constant time. Costs its iterations: not for
/// threads that serve connections.
pub(super) fn is_of(verifier: &ScramVerifier, password: &Prepared) -> bool {
    let ScramVerifier { hash, salt, iterations, .. } = verifier;
    derive(*hash, password, salt, *iterations).stored_key.ct_eq(&verifier.stored_key).into()
}

/// How long the keys of a hash function are, in bytes.
pub(super) fn key_bytes(hash: ScramHash) -> usize {
    match hash {
        ScramHash::Sha1 => <Sha1 as Digest>::output_size(),
        ScramHash::Sha256 => <Sha256 as Digest>::output_size(),
        ScramHash::Sha512 => <Sha512 as Digest>::output_size(),
    }
}

/// Checks a proof in constant time; the server's own signature when it is right.
///
/// # Source
/// RFC 5802 section 3.
pub(super) fn verify(verifier: &ScramVerifier, proof: ScramProof<'_>) -> Option<Vec<u8>> {
    match verifier.hash {
        ScramHash::Sha1 => verify_with::<Sha1>(verifier, proof),
        ScramHash::Sha256 => verify_with::<Sha256>(verifier, proof),
        ScramHash::Sha512 => verify_with::<Sha512>(verifier, proof),
    }
}

/// A verifier for somebody who does not exist: its salt is always the same, and no proof fits.
pub(super) fn decoy(key: &[u8; 32], user: &str, shape: Shape) -> ScramVerifier {
    let Shape { hash, iterations, salt } = shape;
    let name = format!("{hash:?}\0{user}");
    let (stored_key, server_key) = match hash {
        ScramHash::Sha1 => decoy_keys::<Sha1>(key, &name),
        ScramHash::Sha256 => decoy_keys::<Sha256>(key, &name),
        ScramHash::Sha512 => decoy_keys::<Sha512>(key, &name),
    };
    ScramVerifier { hash, salt: decoy_salt(key, &name, salt), iterations, stored_key, server_key }
}

/// Which of so many a name gets: always the same, and neighbours of it mostly the same when there is one more.
pub(super) fn choice(key: &[u8; 32], user: &str, count: usize) -> usize {
    let digest = hmac::<Sha256>(key, format!("shape\0{user}").as_bytes());
    let fraction = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    ((u64::from(fraction) * count as u64) >> 32) as usize
}

fn decoy_salt(key: &[u8; 32], name: &str, form: SaltForm) -> Vec<u8> {
    let first = hmac::<Sha256>(key, name.as_bytes());
    match form {
        SaltForm::Uuid => {
            let random = first[..16].try_into().expect("invariant: SHA-256 is longer");
            Builder::from_random_bytes(random).into_uuid().to_string().into_bytes()
        }
        SaltForm::Bytes(count) => {
            let mut salt = first;
            while salt.len() < count {
                let more = hmac::<Sha256>(key, &salt);
                salt.extend(more);
            }
            salt.truncate(count);
            salt
        }
    }
}

fn keys<D: EagerHash + Digest>(password: &Prepared, salt: &[u8], iterations: u32) -> (Vec<u8>, Vec<u8>)
where
    Hmac<D>: KeyInit + Mac + Clone,
{
    let mut salted = vec![0; <D as Digest>::output_size()];
    pbkdf2::pbkdf2_hmac::<D>(password.as_bytes(), salt, iterations, &mut salted);
    let client_key = hmac::<D>(&salted, b"Client Key");
    (D::digest(client_key).to_vec(), hmac::<D>(&salted, b"Server Key"))
}

fn decoy_keys<D: EagerHash + Digest>(key: &[u8], name: &str) -> (Vec<u8>, Vec<u8>) {
    (
        hmac::<D>(key, format!("stored\0{name}").as_bytes()),
        hmac::<D>(key, format!("server\0{name}").as_bytes()),
    )
}

fn verify_with<D: EagerHash + Digest>(verifier: &ScramVerifier, given: ScramProof<'_>) -> Option<Vec<u8>> {
    let signature = hmac::<D>(&verifier.stored_key, given.auth_message);
    let client_key: Vec<u8> = signature.iter().zip(given.proof).map(|(a, b)| a ^ b).collect();
    let is_right = D::digest(client_key).ct_eq(&verifier.stored_key[..]);
    let is_whole = given.proof.len() == signature.len();
    (bool::from(is_right) && is_whole).then(|| hmac::<D>(&verifier.server_key, given.auth_message))
}

fn hmac<D: EagerHash>(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = Hmac::<D>::new_from_slice(key).expect("invariant: HMAC takes keys of any length");
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests;
