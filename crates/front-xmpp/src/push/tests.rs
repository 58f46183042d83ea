use super::take_answer;
use crate::{
    component::ComponentSecret,
    context::Xmpp,
    elsewhere::address,
    payload::FRONT,
    stage::{Client, Stage},
};
use parlance_core::id::{DeviceId, PrincipalId};
use parlance_hub::{
    Caller,
    live::{Connection, News, Route, Signal},
};
use parlance_xmpp::{Framed, Jid, Limits};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use uuid::Uuid;

const DOMAIN: &str = "push.example";
const DEADLINE: Duration = Duration::from_secs(10);

/// A push service that is connected as a component.
struct Service {
    xmpp: Arc<Xmpp>,
    connection: Connection,
    _route: Route,
}

impl Service {
    async fn connect(stage: &Stage) -> Self {
        let hub = &stage.xmpp.hub;
        let address = address(&Jid::parse(DOMAIN).unwrap()).unwrap();
        let who = hub.meet_elsewhere(&address, PrincipalId(Uuid::nil())).await.unwrap().id;
        let caller = Caller { who, device: DeviceId(Uuid::nil()) };
        let connection = hub.connect_for(caller, FRONT).await.unwrap();
        let route = hub.open_route(DOMAIN, &connection, FRONT).unwrap();
        Self { xmpp: Arc::clone(&stage.xmpp), connection, _route: route }
    }

    /// The next notification: the id of the request, and all of it.
    async fn hears(&self) -> (String, String) {
        let heard = timeout(DEADLINE, async {
            loop {
                match self.connection.take_news() {
                    Some(News::Signal(Signal::Relay(relay))) if !relay.payload.is_empty() => {
                        return String::from_utf8(relay.payload.to_vec()).unwrap();
                    }
                    Some(_) => {}
                    None => self.connection.wait_for_news().await,
                }
            }
        });
        let xml = heard.await.expect("a notification comes");
        let id = xml.split_once(" id='").unwrap().1.split('\'').next().unwrap();
        (id.to_owned(), xml)
    }

    async fn answer(&self, from: &str, id: &str, kind: &str, inside: &str) -> bool {
        let xml = format!(
            "<iq xmlns='jabber:client' from='{from}' to='example.org' id='{id}' type='{kind}'>{inside}</iq>"
        );
        let mut framed = Framed::new(Limits::default());
        let stanza = framed.read(xml.as_bytes()).unwrap();
        take_answer(&self.xmpp, &stanza, &Jid::parse(from).unwrap()).await
    }

    async fn accept(&self, id: &str) {
        assert!(self.answer(DOMAIN, id, "result", "").await);
    }

    async fn refuse(&self, id: &str, kind: &str) {
        let condition = "<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>";
        assert!(self.answer(DOMAIN, id, "error", &format!("<error type='{kind}'>{condition}</error>")).await);
    }
}

async fn stage() -> Stage {
    stage_with(false).await
}

async fn stage_with(push_content: bool) -> Stage {
    Stage::with(|settings| {
        let secret = "secret".to_owned().into();
        settings.components = vec![ComponentSecret { domain: DOMAIN.into(), secret }];
        settings.push_content = push_content;
    })
    .await
}

impl Client {
    async fn enable(&mut self, node: &str) {
        let options = "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>\
            <value>http://jabber.org/protocol/pubsub#publish-options</value></field>\
            <field var='secret'><value>of {node}</value></field></x>";
        let options = options.replace("{node}", node);
        let enable =
            format!("<enable xmlns='urn:xmpp:push:0' jid='{DOMAIN}' node='{node}'>{options}</enable>");
        self.send(&format!("<iq type='set' id='{node}'>{enable}</iq>")).await;
        self.sees(&[&format!("id='{node}'"), "type='result'"]).await;
    }

    async fn writes(&mut self, to: &str, body: &str) {
        self.send(&format!("<message type='chat' to='{to}@example.org'><body>{body}</body></message>")).await;
    }
}

/// Somebody whose phone is away, and somebody who writes to them.
async fn away(stage: &Stage) -> Client {
    let mut juliet = stage.client("juliet").await;
    juliet.enable("phone").await;
    juliet.hang_up().await;
    stage.client("romeo").await
}

#[tokio::test]
async fn a_device_that_is_away_is_notified_with_what_its_service_asked_for() {
    let stage = stage().await;
    let service = Service::connect(&stage).await;
    let mut romeo = away(&stage).await;
    romeo.writes("juliet", "secret words").await;
    let (_, xml) = service.hears().await;
    for part in [
        "type='set'",
        "from='example.org'",
        "to='push.example'",
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='phone'><item>",
        "<notification xmlns='urn:xmpp:push:0'>",
        "<value>urn:xmpp:push:summary</value>",
        "<field var='message-count'><value>1</value></field>",
        "<publish-options><x xmlns='jabber:x:data' type='submit'>",
        "<field var='secret'><value>of phone</value></field>",
    ] {
        assert!(xml.contains(part), "{part} is not in {xml}");
    }
    assert!(!xml.contains("secret words") && !xml.contains("romeo"), "{xml}");
}

#[tokio::test]
async fn who_wrote_and_what_is_told_where_the_server_is_set_so() {
    let stage = stage_with(true).await;
    let service = Service::connect(&stage).await;
    let mut romeo = away(&stage).await;
    romeo.writes("juliet", "secret words").await;
    let (_, xml) = service.hears().await;
    let sender =
        "<field var='last-message-sender' type='jid-single'><value>romeo@example.org</value></field>";
    let body = "<field var='last-message-body' type='text-single'><value>secret words</value></field>";
    assert!(xml.contains(sender) && xml.contains(body), "{xml}");
}

#[tokio::test]
async fn the_next_notification_waits_for_the_answer_to_the_one_before() {
    let stage = stage().await;
    let service = Service::connect(&stage).await;
    let mut romeo = away(&stage).await;
    romeo.writes("juliet", "one").await;
    let (first, _) = service.hears().await;
    romeo.writes("juliet", "two").await;
    romeo.writes("juliet", "three").await;
    service.accept(&first).await;
    let mut benvolio = stage.client("benvolio").await;
    benvolio.enable("other").await;
    benvolio.hang_up().await;
    romeo.writes("benvolio", "hello").await;
    let (_, one) = service.hears().await;
    let (_, other) = service.hears().await;
    let both = format!("{one}{other}");
    assert!(both.contains("node='phone'") && both.contains("<value>3</value>"), "{both}");
    assert!(both.contains("node='other'") && both.contains("<value>1</value>"), "{both}");
}

/// X60 of the catalogue of abuse: what answers every notification with an error.
#[tokio::test]
async fn x60_a_service_that_refuses_is_told_no_more() {
    let stage = stage().await;
    let service = Service::connect(&stage).await;
    let mut romeo = away(&stage).await;
    romeo.writes("juliet", "one").await;
    let (id, _) = service.hears().await;
    service.refuse(&id, "cancel").await;
    let error = "<error type='cancel'/>";
    assert!(!service.answer(DOMAIN, &id, "error", error).await, "a second answer is none");
    let mut benvolio = stage.client("benvolio").await;
    benvolio.enable("marker").await;
    benvolio.hang_up().await;
    romeo.writes("juliet", "two").await;
    romeo.writes("benvolio", "hello").await;
    let (_, xml) = service.hears().await;
    assert!(xml.contains("node='marker'"), "{xml}");
}

#[tokio::test]
async fn x60_a_service_that_asks_to_wait_keeps_its_registration_and_is_not_told_at_once() {
    let stage = stage().await;
    let service = Service::connect(&stage).await;
    let mut romeo = away(&stage).await;
    romeo.writes("juliet", "one").await;
    let (id, _) = service.hears().await;
    service.refuse(&id, "wait").await;
    let mut benvolio = stage.client("benvolio").await;
    benvolio.enable("marker").await;
    benvolio.hang_up().await;
    romeo.writes("juliet", "two").await;
    romeo.writes("benvolio", "hello").await;
    let (id, xml) = service.hears().await;
    assert!(xml.contains("node='marker'"), "{xml}");
    service.accept(&id).await;
    assert_eq!(stage.xmpp.hub.count_waiting_pushes().await.unwrap(), 1, "it is tried again later");
}

#[tokio::test]
async fn only_the_service_itself_answers() {
    let stage = stage().await;
    let service = Service::connect(&stage).await;
    let mut romeo = away(&stage).await;
    romeo.writes("juliet", "one").await;
    let (id, _) = service.hears().await;
    assert!(!service.answer("other@push.example", &id, "error", "").await);
    assert!(!service.answer(DOMAIN, "push-0", "result", "").await);
    service.accept(&id).await;
}

#[tokio::test]
async fn what_waits_for_a_service_is_told_when_it_is_back() {
    let stage = stage().await;
    let mut romeo = away(&stage).await;
    romeo.writes("juliet", "one").await;
    romeo.writes("juliet", "two").await;
    let service = Service::connect(&stage).await;
    let (_, xml) = service.hears().await;
    assert!(xml.contains("<value>2</value>") || xml.contains("<value>1</value>"), "{xml}");
}
