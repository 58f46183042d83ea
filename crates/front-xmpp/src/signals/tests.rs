use crate::stage::{Client, Stage};
use parlance_core::id::{ConversationId, DeviceId};
use parlance_hub::{Caller, ports::Place, usecase::HistoryPlace};
use uuid::Uuid;

/// Somebody with a client, somebody else in a browser who also has a client, and what they talk in.
async fn talk() -> (Stage, Client, Client, Caller, ConversationId) {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    for id in ["m1", "m2"] {
        romeo
            .send(&format!("<message to='juliet@example.org' type='chat' id='{id}'><body>hello</body><request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>"))
            .await;
        juliet.sees(&[&format!("id='{id}'")]).await;
    }
    let browser = Caller { device: DeviceId(Uuid::from_u128(7)), ..juliet.seat().caller };
    let conversation = ConversationId::direct(romeo.who.id, juliet.who.id);
    (stage, romeo, juliet, browser, conversation)
}

#[tokio::test]
async fn what_somebody_receives_and_reads_in_a_browser_is_told_once() {
    let (stage, mut romeo, _juliet, browser, conversation) = talk().await;
    let place = HistoryPlace::At(Place::Newest);
    let page = stage.xmpp.hub.history(browser, conversation, place, 1).await.unwrap();
    let seq = page.items[0].event.seq;
    stage.xmpp.hub.mark_delivered(browser, conversation, seq).await.unwrap();
    romeo.sees(&["from='juliet@example.org'", "<received xmlns='urn:xmpp:receipts' id='m1'/>"]).await;
    romeo.sees(&["from='juliet@example.org'", "<received xmlns='urn:xmpp:receipts' id='m2'/>"]).await;
    stage.xmpp.hub.mark_delivered(browser, conversation, seq).await.unwrap();
    stage.xmpp.hub.mark_read(browser, conversation, seq).await.unwrap();
    romeo.sees(&["from='juliet@example.org'", "<displayed xmlns='urn:xmpp:chat-markers:0' id='m2'/>"]).await;
    let rest = romeo.rest().await;
    assert!(!rest.iter().any(|xml| xml.contains("<received") || xml.contains("<displayed")), "{rest:#?}");
}

#[tokio::test]
async fn that_somebody_types_in_a_browser_is_told() {
    let (stage, mut romeo, _juliet, browser, conversation) = talk().await;
    stage.xmpp.hub.set_typing(browser, conversation, true).await.unwrap();
    romeo
        .sees(&["from='juliet@example.org'", "<composing xmlns='http://jabber.org/protocol/chatstates'/>"])
        .await;
    stage.xmpp.hub.set_typing(browser, conversation, false).await.unwrap();
    romeo.sees(&["from='juliet@example.org'", "<paused"]).await;
}

#[tokio::test]
async fn what_a_client_says_itself_is_not_told_twice() {
    let (_stage, mut romeo, mut juliet, _, _) = talk().await;
    for state in [
        "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
        "<displayed xmlns='urn:xmpp:chat-markers:0' id='m2'/>",
        "<received xmlns='urn:xmpp:receipts' id='m2'/>",
    ] {
        juliet.send(&format!("<message to='romeo@example.org' type='chat'>{state}</message>")).await;
        romeo.sees(&[state, "from='juliet@example.org/desk'"]).await;
        let rest = romeo.rest().await;
        assert!(!rest.iter().any(|xml| xml.contains(state)), "{rest:#?}");
    }
}
