use crate::stage::{Client, Stage};
use parlance_core::{
    body::{Body, Mention, Mentioned},
    event::{Content, Event, Message},
    id::ConversationId,
};
use parlance_hub::{ports::Place, usecase::HistoryPlace};
use std::sync::Arc;

async fn two() -> (Stage, Client, Client) {
    let stage = Stage::new().await;
    let (romeo, juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    (stage, romeo, juliet)
}

/// The newest message between two people, as other programs read it.
async fn newest(stage: &Stage, one: &Client, other: &Client) -> (Arc<Event>, Message) {
    let id = ConversationId::direct(one.who.id, other.who.id);
    let place = HistoryPlace::At(Place::Newest);
    let page = stage.xmpp.hub.history(one.seat().caller, id, place, 1).await.unwrap();
    let event = Arc::clone(&page.items[0].event);
    let Content::Message(message) = &event.content else { panic!("not a message: {event:?}") };
    (Arc::clone(&event), message.clone())
}

async fn said(inner: &str) -> (Body, Client) {
    let (stage, mut romeo, mut juliet) = two().await;
    romeo.send(&format!("<message to='juliet@example.org' type='chat' id='m'>{inner}</message>")).await;
    let told = juliet.sees(&["id='m'"]).await;
    assert!(told.contains(inner), "other clients get it as it was: {told}");
    (newest(&stage, &juliet, &romeo).await.1.body, juliet)
}

#[tokio::test]
async fn styled_text_is_markdown_elsewhere() {
    assert_eq!(said("<body>*now* ~not~</body>").await.0, Body::text("**now** ~~not~~"));
    let unstyled = "<body>*now*</body><unstyled xmlns='urn:xmpp:styling:0'/>";
    assert_eq!(said(unstyled).await.0, Body::text("*now*"));
}

#[tokio::test]
async fn a_mention_stays_at_its_words() {
    let reference = "<reference xmlns='urn:xmpp:reference:0' type='mention' begin='6' end='13' uri='xmpp:juliet@example.org'/>";
    let (body, juliet) = said(&format!("<body>*Here* @juliet!</body>{reference}")).await;
    let Body::Text { text, mentions } = body else { panic!("not a text: {body:?}") };
    assert_eq!(text, "**Here** @juliet!");
    assert_eq!(mentions, [Mention { start: 8, end: 15, who: Mentioned::Principal(juliet.who.id) }]);
}

#[tokio::test]
async fn references_that_point_nowhere_are_left_out() {
    for (begin, end, uri) in [
        ("0", "99", "xmpp:juliet@example.org"),
        ("3", "1", "xmpp:juliet@example.org"),
        ("-1", "1", "xmpp:juliet@example.org"),
        ("0", "1", "xmpp:nobody@example.org"),
        ("0", "1", "xmpp:juliet@elsewhere.example"),
        ("0", "1", "https://example.org"),
        ("0", "18446744073709551615", "xmpp:juliet@example.org"),
    ] {
        let inner = format!(
            "<body>hi</body><reference xmlns='urn:xmpp:reference:0' type='mention' begin='{begin}' end='{end}' uri='{uri}'/>"
        );
        assert_eq!(said(&inner).await.0, Body::text("hi"), "{inner}");
    }
}

#[tokio::test]
async fn an_answer_refers_to_its_message_and_needs_no_quotation() {
    let (stage, mut romeo, mut juliet) = two().await;
    romeo.send("<message to='juliet@example.org' type='chat' id='m1'><body>helo</body></message>").await;
    juliet.sees(&["id='m1'"]).await;
    let (first, _) = newest(&stage, &juliet, &romeo).await;
    juliet.send(&format!("<message to='romeo@example.org' type='chat' id='m2'><body>&gt; helo\n*hello*</body><thread>{}</thread><reply xmlns='urn:xmpp:reply:0' to='romeo@example.org' id='m1'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='7'/></fallback></message>", first.id)).await;
    romeo.sees(&["id='m2'", "&gt; helo"]).await;
    let (_, answer) = newest(&stage, &juliet, &romeo).await;
    assert_eq!(answer.body, Body::text("**hello**"));
    assert_eq!((answer.reply_to, answer.thread), (Some(first.as_target()), Some(first.as_target())));
}

#[tokio::test]
async fn an_answer_to_what_nobody_knows_keeps_its_quotation() {
    let inner = "<body>&gt; gone\nyes</body><reply xmlns='urn:xmpp:reply:0' id='never'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='7'/></fallback>";
    assert_eq!(said(inner).await.0, Body::text("> gone\nyes"));
}

#[tokio::test]
async fn an_encrypted_message_is_one_that_others_see_but_cannot_open() {
    let encrypted = "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>AAAA</payload></encrypted><body>I sent you an encrypted message</body>";
    let Body::Opaque { scheme, payload } = said(encrypted).await.0 else { panic!("it is readable") };
    assert_eq!(scheme, "eu.siacs.conversations.axolotl");
    assert!(!payload.is_empty());
}
