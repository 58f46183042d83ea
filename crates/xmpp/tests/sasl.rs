//! The exchanges that RFC 5802 and RFC 7677 print, played by a server whose keys are elsewhere.

use base64::{Engine, prelude::BASE64_STANDARD};
use parlance_xmpp::sasl::{ChannelBindings, Mechanism, ScramStart, server_final};
use serde_json::Value;

/// One published exchange.
struct Exchange(Value);

impl Exchange {
    fn part(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap()
    }

    fn server_attribute(&self, name: &str) -> &str {
        self.part("sf").split(',').find_map(|attribute| attribute.strip_prefix(name)).unwrap()
    }

    fn client_nonce(&self) -> &str {
        self.part("cfb").split_once(",r=").unwrap().1
    }
}

fn published() -> Vec<Exchange> {
    let all: Vec<Value> = serde_json::from_str(include_str!("vectors/scram.json")).unwrap();
    all.into_iter().map(Exchange).collect()
}

#[test]
fn published_exchanges_of_scram_are_played_to_the_end() {
    let exchanges = published();
    assert_eq!(exchanges.len(), 2);
    for exchange in exchanges {
        let mechanism = Mechanism::find(exchange.part("mech")).unwrap();
        let first = format!("n,,{}", exchange.part("cfb"));
        let unbound = ChannelBindings::default();
        let start = ScramStart::read(first.as_bytes(), mechanism, &unbound, false, "example.org").unwrap();
        assert_eq!(start.username(), exchange.part("user"));
        let nonce = exchange.server_attribute("r=").strip_prefix(exchange.client_nonce()).unwrap();
        let salt = BASE64_STANDARD.decode(exchange.server_attribute("s=")).unwrap();
        let iterations = exchange.server_attribute("i=").parse().unwrap();
        let (server, challenge) = start.challenge(nonce, &salt, iterations, None);
        assert_eq!(challenge, exchange.part("sf"));
        let last = format!("{},p={}", exchange.part("cfwop"), exchange.part("p"));
        let proof = server.read_final(last.as_bytes()).unwrap();
        let auth_message = format!("{},{challenge},{}", exchange.part("cfb"), exchange.part("cfwop"));
        assert_eq!(proof.auth_message, auth_message.into_bytes());
        assert_eq!(BASE64_STANDARD.encode(&proof.proof), exchange.part("p"));
        let signature = BASE64_STANDARD.decode(exchange.part("v")).unwrap();
        assert_eq!(server_final(&signature), format!("v={}", exchange.part("v")));
    }
}
