//! A client that does things at random, in the right order and in the wrong one.

use super::client::{Client, HEADER, SASL, site_with};
use crate::client::{PASSWORD, Site};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

const CLIENTS: usize = 8;
const STREAMS_EACH: usize = 40;
const STEPS_MAX: usize = 16;

/// What may be said on a stream. `FULL` stands for the address of somebody who listens.
const STEPS: &[&str] = &[
    "HEADER",
    "HEADER",
    "</stream:stream>",
    "<stream:stream xmlns='jabber:server' to='a' version='1.0' xmlns:stream='http://etherx.jabber.org/streams'>",
    "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
    "PLAIN",
    "PLAIN",
    "PLAIN",
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>biwsbj1yb21lbyxyPWE=</auth>",
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X-OTHER'/>",
    "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>Yz1iaXdzLHI9YSxwPWE=</response>",
    "<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
    "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>MESSAGE</initial-response>\
        <bind xmlns='urn:xmpp:bind:0'><tag>a</tag><enable xmlns='urn:xmpp:sm:3' resume='1'/></bind></authenticate>",
    "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>MESSAGE</initial-response>\
        <resume xmlns='urn:xmpp:sm:3' previd='a' h='7'/></authenticate>",
    "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
    "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>a</resource></bind></iq>",
    "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>b</resource></bind></iq>",
    "<enable xmlns='urn:xmpp:sm:3' resume='true'/>",
    "<enable xmlns='urn:xmpp:sm:3'/>",
    "<resume xmlns='urn:xmpp:sm:3' previd='x' h='0'/>",
    "<r xmlns='urn:xmpp:sm:3'/>",
    "<a xmlns='urn:xmpp:sm:3' h='0'/>",
    "<a xmlns='urn:xmpp:sm:3' h='3'/>",
    "<inactive xmlns='urn:xmpp:csi:0'/>",
    "<presence/>",
    "<presence><priority>-1</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='a' ver='b'/></presence>",
    "<presence type='unavailable'/>",
    "<presence to='juliet@localhost' type='subscribe'/>",
    "<presence to='room@groups.localhost/nick'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
    "<message to='juliet@localhost' type='chat' id='1'><body>a</body></message>",
    "<message to='FULL' type='chat'><body>b</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>",
    "<message to='FULL' type='headline'/>",
    "<message to='room@groups.localhost' type='groupchat'><body>c</body></message>",
    "<message><body>to oneself</body></message>",
    "<message to='@'/>",
    "<iq type='get' id='1' to='localhost'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    "<iq type='get' id='2'><query xmlns='jabber:iq:roster'/></iq>",
    "<iq type='set' id='3'><query xmlns='jabber:iq:roster'><item jid='juliet@localhost' name='J'><group/></item></query></iq>",
    "<iq type='get' id='4' to='FULL'><ping xmlns='urn:xmpp:ping'/></iq>",
    "<iq type='result' id='4' to='FULL'/>",
    "<iq type='set' id='5'><query xmlns='urn:xmpp:mam:2'/></iq>",
    "<iq type='set' id='6'><enable xmlns='urn:xmpp:carbons:2'/></iq>",
    "<iq type='set' id='7'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='a'><item/></publish></pubsub></iq>",
    "<iq type='other' id='8'/>",
    "<iq/>",
    "<a xmlns='urn:a'/>",
    " \n ",
    "<!-- -->",
    "<a",
    "</a>",
    "&",
    "\0",
    "x",
];

/// The way that clients go, so that half of the streams come so far.
const USUAL: &[&str] = &["HEADER", "PLAIN", "HEADER", "BIND", "<presence/>"];

fn written(step: &str, listener: &str) -> String {
    let message = BASE64_STANDARD.encode(format!("\0romeo\0{PASSWORD}"));
    let step = match step {
        "HEADER" => HEADER.to_owned(),
        "PLAIN" => format!("<auth xmlns='{SASL}' mechanism='PLAIN'>{message}</auth>"),
        "BIND" => "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>".to_owned(),
        step => step.replace("MESSAGE", &message),
    };
    step.replace("FULL", listener)
}

/// One stream: some of the usual steps, then any. Each is sent whole, torn, cut short or with one byte changed.
async fn stream(site: &Site, chance: &mut StdRng, listener: &str) {
    let mut client = Client::connect(site).await;
    let usual = USUAL.iter().take(chance.random_range(0..=USUAL.len()));
    let usual: Vec<_> = usual.copied().collect();
    let any = (0..chance.random_range(0..STEPS_MAX)).filter_map(|_| STEPS.choose(chance).copied());
    let steps: Vec<_> = usual.into_iter().chain(any.collect::<Vec<_>>()).collect();
    for (number, step) in steps.into_iter().enumerate() {
        let mut bytes = written(step, listener).into_bytes();
        let is_usual = number < USUAL.len();
        match chance.random_range(0..20) {
            0 if !is_usual => bytes.truncate(chance.random_range(0..=bytes.len())),
            1 if !is_usual => {
                let at = chance.random_range(0..bytes.len());
                bytes[at] = chance.random();
            }
            2..5 => {
                let rest = bytes.split_off(chance.random_range(0..=bytes.len()));
                client.send(bytes).await;
                bytes = rest;
            }
            _ => {}
        }
        client.send(bytes).await;
        if is_usual && chance.random_ratio(3, 4) {
            client.forget();
        }
    }
    if chance.random_ratio(1, 2) {
        client.send("</stream:stream>").await;
        client.forget();
    }
}

async fn play(seed: u64) {
    let site = site_with(&[("PARLANCE__XMPP__RESUME_TIME_MAX", "100ms")]).await;
    site.person("romeo").await;
    site.person("juliet").await;
    let mut juliet = Client::log_in(&site, "juliet", "chamber").await;
    let listener = juliet.jid.clone();
    let players = (0..CLIENTS).map(|player| {
        let (site, listener) = (&site, &listener);
        async move {
            let mut chance = StdRng::seed_from_u64(seed + player as u64);
            for _ in 0..STREAMS_EACH {
                stream(site, &mut chance, listener).await;
            }
        }
    });
    join_all(players).await;
    juliet.settle().await;
    let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
    romeo.send("<message to='juliet@localhost' type='chat'><body>still here</body></message>").await;
    juliet.until("still here").await;
    site.check_is_well().await;
}

#[tokio::test]
async fn steps_at_random_leave_the_server_well() {
    play(1_000).await;
}

#[tokio::test]
async fn other_steps_at_random_leave_the_server_well() {
    play(2_000).await;
}
