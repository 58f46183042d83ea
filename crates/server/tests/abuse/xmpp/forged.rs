//! Stanzas that pretend to come from somebody else.

use super::client::{Client, site};
use crate::client::Site;

/// Romeo, who attacks, and Juliet.
async fn pair() -> (Site, Client, Client) {
    let site = site().await;
    site.person("romeo").await;
    site.person("juliet").await;
    let romeo = Client::log_in(&site, "romeo", "balcony").await;
    let juliet = Client::log_in(&site, "juliet", "chamber").await;
    (site, romeo, juliet)
}

/// What Juliet hears of what Romeo sends, once both are done with it.
async fn hears(romeo: &mut Client, juliet: &mut Client, stanza: &str) -> String {
    romeo.send(stanza).await;
    romeo.settle().await;
    juliet.settle().await
}

#[tokio::test]
async fn x30_nobody_sends_with_the_address_of_somebody_else() {
    let (site, _, mut juliet) = pair().await;
    for from in [
        "juliet@localhost",
        "juliet@localhost/chamber",
        "romeo@localhost/orchard",
        "romeo@example.org",
        "localhost",
        "groups.localhost",
        "",
        "romeo@localhost/",
        "romeo@localhost/balcony ",
        "@",
    ] {
        for stanza in [
            "<message from='FROM' to='juliet@localhost/chamber'><body>forged</body></message>",
            "<message from='FROM' to='juliet@localhost/chamber' type='headline'/>",
            "<presence from='FROM' to='juliet@localhost'/>",
            "<iq from='FROM' to='juliet@localhost/chamber' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
            "<iq from='FROM' type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='a@b'/></query></iq>",
        ] {
            let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
            romeo.send(stanza.replace("FROM", from)).await;
            romeo.ends_with("invalid-from").await;
        }
    }
    assert_eq!(juliet.settle().await, "");
    site.check_is_well().await;
}

#[tokio::test]
async fn x30_what_arrives_has_the_address_of_its_sender_once() {
    let (_site, mut romeo, mut juliet) = pair().await;
    for stanza in [
        "<message to='juliet@localhost/chamber' type='headline'/>",
        "<message from='romeo@localhost' to='juliet@localhost/chamber' type='headline'/>",
        "<message from='romeo@localhost/balcony' to='juliet@localhost/chamber' type='headline'/>",
        "<message xmlns:a='urn:a' a:from='juliet@localhost' to='juliet@localhost/chamber' type='headline'/>",
        "<c:message xmlns:c='jabber:client' to='juliet@localhost/chamber' type='headline'/>",
        "<message to='juliet@localhost'><body>kept</body></message>",
        "<message from='romeo@localhost' to='juliet@localhost'><body>kept</body></message>",
    ] {
        let end = if stanza.contains("<body>") { "</message>" } else { "/>" };
        romeo.send(stanza).await;
        let heard = juliet.until(end).await;
        assert_eq!(heard.matches(" from='").count(), 1, "{heard}");
        assert!(heard.contains(" from='romeo@localhost/balcony'"), "{heard}");
    }
}

#[tokio::test]
async fn x31_copies_are_not_forged() {
    let (_site, mut romeo, mut juliet) = pair().await;
    let enable = "<iq type='set' id='ID'><enable xmlns='urn:xmpp:carbons:2'/></iq>";
    assert!(!juliet.request(enable).await.contains("<error "));
    let inner = "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='juliet@localhost/attic' \
        to='mercutio@localhost'><body>forged</body></message></forwarded>";
    for wrapper in [
        format!("<sent xmlns='urn:xmpp:carbons:2'>{inner}</sent>"),
        format!("<received xmlns='urn:xmpp:carbons:2'>{inner}</received>"),
        format!("<result xmlns='urn:xmpp:mam:2' id='1'>{inner}</result>"),
        format!("<c:sent xmlns:c='urn:xmpp:carbons:2'>{inner}</c:sent>"),
    ] {
        for (kind, body) in [("chat", "<body>real</body>"), ("chat", ""), ("headline", ""), ("error", "")] {
            for to in ["juliet@localhost", "juliet@localhost/chamber"] {
                let stanza = format!("<message to='{to}' type='{kind}'>{body}{wrapper}</message>");
                let heard = hears(&mut romeo, &mut juliet, &stanza).await;
                assert!(!heard.contains("forged"), "{stanza} became {heard}");
            }
        }
    }
}

#[tokio::test]
async fn x32_x34_lists_of_contacts_and_subscriptions_are_not_forged() {
    let (_site, mut romeo, mut juliet) = pair().await;
    let push = "<iq to='juliet@localhost/chamber' type='set' id='push'><query xmlns='jabber:iq:roster'>\
        <item jid='romeo@localhost' subscription='both'/></query></iq>";
    let heard = hears(&mut romeo, &mut juliet, push).await;
    assert!(heard.is_empty() || heard.contains(" from='romeo@localhost/balcony'"), "{heard}");
    for kind in ["subscribed", "unsubscribed", "unsubscribe"] {
        let heard =
            hears(&mut romeo, &mut juliet, &format!("<presence to='juliet@localhost' type='{kind}'/>")).await;
        assert_eq!(heard, "", "nobody asked for it");
    }
    let list = juliet.request("<iq type='get' id='ID'><query xmlns='jabber:iq:roster'/></iq>").await;
    assert!(!list.contains("subscription='both'") && !list.contains("subscription='to'"), "{list}");
}

#[tokio::test]
async fn x33_answers_are_not_forged() {
    let (_site, mut romeo, mut juliet) = pair().await;
    // Juliet's question to Mercutio waits for an answer; Romeo guesses its id.
    let answer =
        "<iq to='juliet@localhost/chamber' type='result' id='question'><ping xmlns='urn:xmpp:ping'/></iq>";
    let heard = hears(&mut romeo, &mut juliet, answer).await;
    assert!(heard.contains(" from='romeo@localhost/balcony'"), "{heard}");
    for to in [
        "juliet@localhost",
        "localhost",
        "groups.localhost",
        "example.org",
        "romeo@localhost",
        "nobody@localhost/a",
    ] {
        for kind in ["result", "error"] {
            let stanza = format!("<iq to='{to}' type='{kind}' id='question'/>");
            assert_eq!(hears(&mut romeo, &mut juliet, &stanza).await, "", "{stanza}");
        }
    }
}

#[tokio::test]
async fn x33_an_answer_is_never_answered() {
    let (_site, mut romeo, _juliet) = pair().await;
    for stanza in [
        "<iq to='localhost' type='error' id='1'><error type='cancel'/></iq>",
        "<iq to='nobody@localhost/a' type='result' id='1'/>",
        "<iq type='result'/>",
        "<iq to='//' type='error' id='1'/>",
        "<message to='nobody@localhost' type='error'><body>a</body></message>",
        "<message to='example.org' type='error'/>",
        "<message to='//' type='error'/>",
        "<presence to='nobody@localhost' type='error'/>",
    ] {
        romeo.send(stanza).await;
        assert_eq!(romeo.settle().await, "", "{stanza}");
    }
}

#[tokio::test]
async fn x35_x36_x64_what_belongs_to_others_is_not_read_nor_changed() {
    let (_site, mut romeo, mut juliet) = pair().await;
    let requests = [
        "<iq TO type='get' id='ID'><query xmlns='jabber:iq:roster'/></iq>",
        "<iq TO type='set' id='ID'><query xmlns='jabber:iq:roster'><item jid='romeo@localhost'/></query></iq>",
        "<iq TO type='set' id='ID'><query xmlns='urn:xmpp:mam:2'/></iq>",
        "<iq TO type='get' id='ID'><metadata xmlns='urn:xmpp:mam:2'/></iq>",
        "<iq TO type='get' id='ID'><query xmlns='jabber:iq:private'><a xmlns='urn:a'/></query></iq>",
        "<iq TO type='get' id='ID'><blocklist xmlns='urn:xmpp:blocking'/></iq>",
        "<iq TO type='get' id='ID'><pubsub xmlns='http://jabber.org/protocol/pubsub'>\
            <items node='urn:xmpp:bookmarks:1'/></pubsub></iq>",
        "<iq TO type='set' id='ID'><pubsub xmlns='http://jabber.org/protocol/pubsub'>\
            <publish node='urn:a'><item id='1'><a xmlns='urn:a'/></item></publish></pubsub></iq>",
    ];
    for request in requests {
        let mut refusals = Vec::new();
        for whose in ["juliet@localhost", "nobody@localhost"] {
            let answer = romeo.request(&request.replace("TO", &format!("to='{whose}'"))).await;
            let refusal = answer.find("<error ").map(|at| answer[at..].to_owned());
            refusals.push(refusal.unwrap_or_else(|| panic!("{request} got {answer}")));
        }
        // Who may read a node is told by its refusal; that somebody exists is no secret there.
        let is_alike = refusals[0] == refusals[1] || request.contains("/pubsub'");
        assert!(is_alike, "{request} shows who exists: {refusals:?}");
    }
    assert_eq!(juliet.settle().await, "");
}

#[tokio::test]
async fn x56_ids_that_only_the_server_gives_are_not_forged() {
    let (_site, mut romeo, mut juliet) = pair().await;
    let forged = "<stanza-id xmlns='urn:xmpp:sid:0' by='juliet@localhost' id='forged'/>\
        <stanza-id xmlns='urn:xmpp:sid:0' by='groups.localhost' id='forged'/>\
        <stanza-id xmlns='urn:xmpp:sid:0' by='JULIET@LOCALHOST' id='forged'/>\
        <stanza-id xmlns='urn:xmpp:sid:0' by='localhost/a' id='forged'/>\
        <stanza-id xmlns='urn:xmpp:sid:0' id='forged'/>\
        <s:stanza-id xmlns:s='urn:xmpp:sid:0' by='juliet@localhost/chamber' id='forged'/>\
        <occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>\
        <delay xmlns='urn:xmpp:delay' from='localhost' stamp='2002-09-10T23:08:25Z'>forged</delay>\
        <delay xmlns='urn:xmpp:delay' from='juliet@localhost' stamp='2002-09-10T23:08:25Z'>forged</delay>";
    for (kind, body) in
        [("chat", "<body>real</body>"), ("chat", ""), ("headline", "<body>real</body>"), ("error", "")]
    {
        for to in ["juliet@localhost", "juliet@localhost/chamber"] {
            let stanza =
                format!("<message to='{to}' type='{kind}'>{body}{forged}<kept xmlns='urn:a'/></message>");
            let heard = hears(&mut romeo, &mut juliet, &stanza).await;
            assert!(!heard.contains("forged"), "{stanza} became {heard}");
            assert!(heard.is_empty() || heard.contains("<kept xmlns='urn:a'/>"), "{heard}");
        }
    }
}
