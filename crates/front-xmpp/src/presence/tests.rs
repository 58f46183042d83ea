//! What clients learn of each other's presence.

use crate::{
    payload::FRONT,
    stage::{Client, Stage},
};
use parlance_core::presence::Availability;
use parlance_hub::{Caller, live::Relay};

impl Client {
    fn caller(&self) -> Caller {
        self.seat().caller
    }

    /// Says something about presence to somebody.
    pub(crate) async fn tells(&mut self, kind: &str, who: &Client) {
        self.send(&format!("<presence type='{kind}' to='{}'/>", who.who.address)).await;
    }

    pub(crate) async fn asks_for_roster(&mut self) -> String {
        self.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>").await;
        self.sees(&["id='roster'", "type='result'"]).await
    }

    /// Waits for a presence from an address.
    async fn sees_presence(&mut self, from: &str, words: &[&str]) -> String {
        let from = format!("from='{from}'");
        self.sees(&[&["<presence", from.as_str()], words].concat()).await
    }

    async fn is_told_nothing_of(&mut self, who: &str) {
        let rest = self.rest().await;
        assert!(!rest.iter().any(|xml| xml.contains(who)), "{rest:#?}");
    }
}

/// Two people who see each other.
pub(crate) async fn friends(stage: &Stage) -> (Client, Client) {
    let (mut romeo, mut juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    romeo.tells("subscribe", &juliet).await;
    juliet.sees(&["type='subscribe'"]).await;
    juliet.tells("subscribed", &romeo).await;
    juliet.tells("subscribe", &romeo).await;
    romeo.sees(&["type='subscribe'"]).await;
    romeo.tells("subscribed", &juliet).await;
    juliet.sees_presence("romeo@example.org/desk", &[]).await;
    romeo.rest().await;
    juliet.rest().await;
    (romeo, juliet)
}

#[tokio::test]
async fn a_subscription_is_asked_for_granted_and_taken_back() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    romeo.asks_for_roster().await;
    juliet.asks_for_roster().await;
    romeo.tells("subscribe", &juliet).await;
    romeo.sees(&["<iq", "jid='juliet@example.org'", "subscription='none'", "ask='subscribe'"]).await;
    let request = juliet.sees(&["type='subscribe'"]).await;
    assert!(request.contains("from='romeo@example.org'") && request.contains("to='juliet@example.org'"));

    juliet.tells("subscribed", &romeo).await;
    juliet.sees(&["<iq", "jid='romeo@example.org'", "subscription='from'"]).await;
    romeo.sees(&["type='subscribed'"]).await;
    romeo.sees(&["<iq", "jid='juliet@example.org'", "subscription='to'"]).await;
    romeo.sees_presence("juliet@example.org/desk", &[]).await;

    juliet.tells("unsubscribed", &romeo).await;
    romeo.sees(&["type='unsubscribed'"]).await;
    romeo.sees(&["<iq", "jid='juliet@example.org'", "subscription='none'"]).await;
    romeo.sees_presence("juliet@example.org/desk", &["type='unavailable'"]).await;
    juliet.send("<presence id='1'><status>still here</status></presence>").await;
    romeo.is_told_nothing_of("still here").await;
}

#[tokio::test]
async fn a_request_waits_until_it_is_answered() {
    let stage = Stage::new().await;
    let (mut romeo, juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    let address = juliet.who.clone();
    romeo.tells("subscribe", &juliet).await;
    juliet.hang_up().await;
    for resource in ["phone", "tablet"] {
        let mut client = stage.another_client(&address, resource).await;
        client.send("<presence type='unavailable'/>").await;
        client.send("<presence/>").await;
        client.sees(&["type='subscribe'", "from='romeo@example.org'"]).await;
    }
}

#[tokio::test]
async fn who_was_approved_before_sees_presence_without_waiting() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    juliet.asks_for_roster().await;
    juliet.tells("subscribed", &romeo).await;
    juliet.sees(&["<iq", "jid='romeo@example.org'", "subscription='none'", "approved='true'"]).await;
    romeo.tells("subscribe", &juliet).await;
    romeo.sees(&["type='subscribed'"]).await;
    romeo.sees_presence("juliet@example.org/desk", &[]).await;
    juliet.sees(&["<iq", "jid='romeo@example.org'", "subscription='from'"]).await;
    romeo.tells("subscribe", &juliet).await;
    romeo.sees(&["type='subscribed'"]).await;
}

#[tokio::test]
async fn nobody_learns_whether_an_address_has_an_account() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    romeo.send("<presence type='subscribe' to='nobody@example.org'/>").await;
    romeo.sees(&["type='unsubscribed'", "from='nobody@example.org'"]).await;
    romeo.send("<presence to='nobody@example.org'/>").await;
    romeo.is_told_nothing_of("nobody").await;
}

#[tokio::test]
async fn contacts_see_what_changes_and_who_goes() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = friends(&stage).await;
    let caps = "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/>";
    romeo.send(&format!("<presence id='p1'><show>away</show><priority>5</priority>{caps}</presence>")).await;
    let seen = juliet.sees_presence("romeo@example.org/desk", &["<show>away</show>", "id='p1'"]).await;
    assert!(seen.contains("to='juliet@example.org'") && seen.contains(caps), "{seen}");
    romeo.sees_presence("romeo@example.org/desk", &["id='p1'"]).await;
    let mut phone = stage.another_client(&romeo.who.clone(), "phone").await;
    phone.send("<presence type='unavailable'/>").await;
    phone.send("<presence/>").await;
    phone.sees_presence("romeo@example.org/desk", &["<show>away</show>"]).await;
    phone.sees_presence("juliet@example.org/desk", &[]).await;
    romeo.sees_presence("romeo@example.org/phone", &[]).await;
    phone.hang_up().await;
    romeo.sees_presence("romeo@example.org/phone", &["type='unavailable'"]).await;
    romeo.send("<presence type='unavailable'><status>bye</status></presence>").await;
    juliet.sees_presence("romeo@example.org/desk", &["type='unavailable'", "bye"]).await;
}

#[tokio::test]
async fn presence_for_one_address_is_taken_back_when_its_sender_leaves() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    romeo.send("<presence to='juliet@example.org/desk'><status>only you</status></presence>").await;
    let seen = juliet.sees_presence("romeo@example.org/desk", &["only you"]).await;
    assert!(seen.contains("to='juliet@example.org/desk'"), "the address stays as it was: {seen}");
    romeo.send("<presence id='1'><status>for all</status></presence>").await;
    juliet.is_told_nothing_of("for all").await;
    romeo.hang_up().await;
    juliet.sees_presence("romeo@example.org/desk", &["type='unavailable'"]).await;
}

#[tokio::test]
async fn a_type_that_presence_does_not_have_is_refused() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    for wrong in ["type='available'", "type='sleepy'", "type='available' to='romeo@example.org'"] {
        romeo.send(&format!("<presence id='1' {wrong}/>")).await;
        romeo.sees(&["type='error'", "<bad-request"]).await;
    }
}

#[tokio::test]
async fn a_probe_is_answered_for_those_who_may_see() {
    let stage = Stage::new().await;
    let (mut romeo, _juliet) = friends(&stage).await;
    romeo.send("<presence type='probe' to='juliet@example.org'/>").await;
    romeo.sees_presence("juliet@example.org/desk", &[]).await;
    let mut stranger = stage.client("stranger").await;
    stranger.send("<presence type='probe' to='juliet@example.org'/>").await;
    stranger.sees_presence("juliet@example.org", &["type='unsubscribed'"]).await;
}

#[tokio::test]
async fn who_is_there_in_another_program_has_one_resource_more() {
    let stage = Stage::new().await;
    let (mut romeo, juliet) = friends(&stage).await;
    let hub = &stage.xmpp.hub;
    let tab = hub.connect(juliet.caller()).await.unwrap();
    romeo.sees_presence("juliet@example.org/web", &[]).await;
    let (dnd, status) = (Availability::DoNotDisturb, "reading".to_owned());
    hub.set_presence(juliet.caller(), Some(tab.id()), dnd, status).await.unwrap();
    romeo.sees_presence("juliet@example.org/web", &["<show>dnd</show>", "<status>reading</status>"]).await;
    drop(tab);
    romeo.sees_presence("juliet@example.org/web", &["type='unavailable'"]).await;
}

#[tokio::test]
async fn other_programs_see_what_a_client_says() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    romeo.send("<presence id='1'><show>xa</show><status>asleep</status></presence>").await;
    let shown = stage.xmpp.hub.presence_of(romeo.who.id).await.unwrap();
    assert_eq!((shown.availability, shown.status.as_str()), (Availability::Away, "asleep"));
    romeo.send("<presence type='unavailable'/>").await;
    let shown = stage.xmpp.hub.presence_of(romeo.who.id).await.unwrap();
    assert_eq!(shown.availability, Availability::Offline);
}

#[tokio::test]
async fn who_wishes_to_be_invisible_is_seen_to_go_and_to_come_back() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = friends(&stage).await;
    let hub = &stage.xmpp.hub;
    hub.set_presence(romeo.caller(), None, Availability::Invisible, String::new()).await.unwrap();
    romeo.rest().await;
    juliet.sees_presence("romeo@example.org/desk", &["type='unavailable'"]).await;
    romeo.send("<presence id='1'><status>hidden</status></presence>").await;
    juliet.is_told_nothing_of("hidden").await;
    hub.set_presence(romeo.caller(), None, Availability::Online, String::new()).await.unwrap();
    romeo.rest().await;
    juliet.sees_presence("romeo@example.org/desk", &["hidden"]).await;
}

#[tokio::test]
async fn who_had_no_place_for_news_is_told_how_things_are_when_there_is_place_again() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = friends(&stage).await;
    let mut phone = stage.another_client(&romeo.who.clone(), "phone").await;
    juliet.sees_presence("romeo@example.org/phone", &[]).await;
    let old = Relay { front: FRONT, payload: "old".into() };
    while stage.xmpp.hub.relay(juliet.who.id, Some(juliet.seat().line), &old).is_ok() {}
    romeo.send("<presence id='1'><show>away</show></presence>").await;
    romeo.send("<presence id='2'><show>dnd</show></presence>").await;
    phone.send("<presence type='unavailable'/>").await;
    juliet.sees_presence("romeo@example.org", &["type='unavailable'"]).await;
    juliet.sees_presence("romeo@example.org/desk", &["<show>dnd</show>"]).await;
    juliet.is_told_nothing_of("romeo").await;
    romeo.send("<presence id='3'><show>chat</show></presence>").await;
    juliet.sees_presence("romeo@example.org/desk", &["<show>chat</show>"]).await;
    juliet.is_told_nothing_of("romeo").await;
}
