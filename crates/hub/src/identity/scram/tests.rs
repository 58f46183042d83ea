use super::{super::prepare::prepare, *};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;

/// One published exchange.
#[derive(Deserialize)]
struct Exchange {
    mech: String,
    pw: String,
    cfb: String,
    sf: String,
    cfwop: String,
    p: String,
    v: String,
}

impl Exchange {
    fn hash(&self) -> ScramHash {
        match self.mech.as_str() {
            "SCRAM-SHA-1" => ScramHash::Sha1,
            "SCRAM-SHA-256" => ScramHash::Sha256,
            other => panic!("unexpected mechanism {other}"),
        }
    }

    fn server_attribute(&self, name: &str) -> &str {
        self.sf.split(',').find_map(|attribute| attribute.strip_prefix(name)).unwrap()
    }

    fn verifier(&self) -> ScramVerifier {
        let salt = BASE64_STANDARD.decode(self.server_attribute("s=")).unwrap();
        let iterations = self.server_attribute("i=").parse().unwrap();
        derive(self.hash(), &prepare(&self.pw).unwrap(), &salt, iterations)
    }

    fn auth_message(&self) -> String {
        format!("{},{},{}", self.cfb, self.sf, self.cfwop)
    }
}

fn published() -> Vec<Exchange> {
    serde_json::from_str(include_str!("../../../vectors/scram.json")).unwrap()
}

#[test]
fn published_exchanges_are_accepted_and_signed() {
    for exchange in published() {
        let auth_message = exchange.auth_message();
        let proof = BASE64_STANDARD.decode(&exchange.p).unwrap();
        let given = ScramProof { auth_message: auth_message.as_bytes(), proof: &proof };
        let signature = verify(&exchange.verifier(), given).expect(&exchange.mech);
        assert_eq!(BASE64_STANDARD.encode(signature), exchange.v, "{}", exchange.mech);
    }
}

#[test]
fn a_proof_that_differs_in_one_bit_or_in_length_is_refused() {
    for exchange in published() {
        let (verifier, auth_message) = (exchange.verifier(), exchange.auth_message());
        let proof = BASE64_STANDARD.decode(&exchange.p).unwrap();
        let check =
            |proof: &[u8]| verify(&verifier, ScramProof { auth_message: auth_message.as_bytes(), proof });
        for place in 0..proof.len() {
            let mut forged = proof.clone();
            forged[place] ^= 1;
            assert_eq!(check(&forged), None);
        }
        assert_eq!(check(&proof[1..]), None);
        assert_eq!(check(&[&proof[..], &[0]].concat()), None);
        assert_eq!(check(&[]), None);
    }
}

#[test]
fn a_client_and_a_server_agree_with_sha_512() {
    let password = prepare("correct horse").unwrap();
    let verifier = derive(ScramHash::Sha512, &password, b"sixteen byte slt", 4_096);
    let mut salted = [0; 64];
    pbkdf2::pbkdf2_hmac::<Sha512>(password.as_bytes(), b"sixteen byte slt", 4_096, &mut salted);
    let client_key = hmac::<Sha512>(&salted, b"Client Key");
    let signature = hmac::<Sha512>(&Sha512::digest(&client_key), b"n=,r=x,r=xy,c=biws");
    let proof: Vec<u8> = client_key.iter().zip(&signature).map(|(a, b)| a ^ b).collect();
    let given = ScramProof { auth_message: b"n=,r=x,r=xy,c=biws", proof: &proof };
    assert_eq!(verify(&verifier, given), Some(hmac::<Sha512>(&verifier.server_key, given.auth_message)));
}

#[test]
fn nobody_has_a_salt_that_never_changes_and_is_their_own() {
    let salt = |key: u8, hash, user| decoy(&[key; 32], user, Shape::own(hash, 4_096)).salt;
    let first = salt(1, ScramHash::Sha256, "nobody@example.org");
    assert_eq!(first, salt(1, ScramHash::Sha256, "nobody@example.org"));
    assert_eq!(first.len(), 16);
    assert_ne!(first, salt(1, ScramHash::Sha256, "noone@example.org"));
    assert_ne!(first, salt(1, ScramHash::Sha1, "nobody@example.org"));
    assert_ne!(first, salt(2, ScramHash::Sha256, "nobody@example.org"));
}

#[test]
fn a_decoy_has_keys_of_the_right_length() {
    for (hash, bytes) in [(ScramHash::Sha1, 20), (ScramHash::Sha256, 32), (ScramHash::Sha512, 64)] {
        let verifier = decoy(&[7; 32], "nobody@example.org", Shape::own(hash, 4_096));
        assert_eq!((verifier.stored_key.len(), verifier.server_key.len()), (bytes, bytes));
    }
}

#[test]
fn a_salt_of_nobody_looks_like_those_of_others() {
    for (salt, bytes) in [(SaltForm::Bytes(24), 24), (SaltForm::Bytes(200), 200), (SaltForm::Uuid, 36)] {
        let shape = Shape { salt, ..Shape::own(ScramHash::Sha1, 4_096) };
        let made = decoy(&[7; 32], "nobody@example.org", shape).salt;
        assert_eq!(made.len(), bytes);
        assert_eq!(std::str::from_utf8(&made).is_ok(), salt == SaltForm::Uuid);
    }
}
