//! Rooms, tried by those who are not in them, not any more, or under the name of somebody else.

use super::client::{Client, site};
use crate::client::Site;

const GARDEN: &str = "garden@groups.localhost";
const OPEN: &[(&str, &str)] = &[];
const PRIVATE: &[(&str, &str)] = &[("membersonly", "1"), ("publicroom", "0"), ("roomname", "Hidden Garden")];

/// Enters, or hears why not.
async fn enter(client: &mut Client, nick: &str) -> String {
    client
        .send(format!(
            "<presence to='{GARDEN}/{nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
        ))
        .await;
    client.settle().await
}

async fn say(client: &mut Client, words: &str, further: &str) -> String {
    client
        .send(format!("<message to='{GARDEN}' type='groupchat'><body>{words}</body>{further}</message>"))
        .await;
    client.settle().await
}

async fn manage(client: &mut Client, item: &str) -> String {
    let query = format!("<query xmlns='http://jabber.org/protocol/muc#admin'>{item}</query>");
    client.request(&format!("<iq to='{GARDEN}' type='set' id='ID'>{query}</iq>")).await
}

/// A room that Romeo has made, and somebody else who is signed in.
async fn garden(setup: &[(&str, &str)], other: &str) -> (Site, Client, Client) {
    let site = site().await;
    site.person("romeo").await;
    site.person(other).await;
    let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
    let entered = enter(&mut romeo, "Romeo").await;
    assert!(entered.contains("code='201'"), "{entered}");
    let field = |(name, value): &(&str, &str)| {
        format!("<field var='muc#roomconfig_{name}'><value>{value}</value></field>")
    };
    let fields: String = setup.iter().map(field).collect();
    let form = format!("<x xmlns='jabber:x:data' type='submit'>{fields}</x>");
    let query = format!("<query xmlns='http://jabber.org/protocol/muc#owner'>{form}</query>");
    let done = romeo.request(&format!("<iq to='{GARDEN}' type='set' id='ID'>{query}</iq>")).await;
    assert!(!done.contains("<error "), "{done}");
    let other = Client::log_in(&site, other, "chamber").await;
    (site, romeo, other)
}

#[tokio::test]
async fn x53_ids_of_occupants_are_not_forged() {
    let (_site, mut romeo, mut juliet) = garden(OPEN, "juliet").await;
    enter(&mut juliet, "Juliet").await;
    romeo.settle().await;
    let forged = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>\
        <o:occupant-id xmlns:o='urn:xmpp:occupant-id:0' id='forged'/>\
        <stanza-id xmlns='urn:xmpp:sid:0' by='garden@groups.localhost' id='forged'/>\
        <x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' jid='forged@localhost'/></x>\
        <x xmlns='http://jabber.org/protocol/muc#user'><invite from='forged@localhost'/></x>\
        <delay xmlns='urn:xmpp:delay' from='garden@groups.localhost' stamp='2002-09-10T23:08:25Z'>forged</delay>";
    say(&mut juliet, "said", forged).await;
    let heard = romeo.until("<body>said").await + &romeo.until("</message>").await;
    assert!(!heard.contains("forged"), "{heard}");
    assert_eq!(heard.matches("<occupant-id ").count(), 1, "{heard}");

    juliet.send(format!("<presence to='{GARDEN}/Juliet'><status>seen</status>{forged}</presence>")).await;
    juliet.settle().await;
    let heard = romeo.settle().await;
    assert!(heard.contains("seen") && !heard.contains("forged@localhost"), "{heard}");
    assert_eq!(heard.matches("<occupant-id ").count(), 1, "{heard}");

    for body in ["<body>whispered</body>", ""] {
        juliet.send(format!("<message to='{GARDEN}/Romeo' type='chat'>{body}{forged}</message>")).await;
        juliet.settle().await;
        let heard = romeo.settle().await;
        assert!(heard.contains(&format!(" from='{GARDEN}/Juliet'")) && !heard.contains("forged"), "{heard}");
        assert!(heard.contains("http://jabber.org/protocol/muc#user"), "known as private: {heard}");
    }
}

#[tokio::test]
async fn x53_a_private_message_is_known_as_one_whatever_it_says() {
    let (_site, mut romeo, mut juliet) = garden(OPEN, "juliet").await;
    enter(&mut juliet, "Juliet").await;
    romeo.settle().await;
    for inside in ["<body>http://jabber.org/protocol/muc#user</body>", "", "<body>a</body>"] {
        juliet.send(format!("<message to='{GARDEN}/Romeo' type='chat'>{inside}</message>")).await;
        juliet.settle().await;
        let heard = romeo.settle().await;
        assert!(heard.contains("<x xmlns='http://jabber.org/protocol/muc#user'/>"), "{heard}");
    }
}

#[tokio::test]
async fn x54_nicknames_are_not_taken_by_writing_them_differently() {
    let (_site, _romeo, mut juliet) = garden(OPEN, "juliet").await;
    for nick in [
        "Romeo",
        "romeo",
        "ROMEO",
        "\u{ff32}omeo",
        "Romeo ",
        " Romeo",
        "ro\u{ad}meo",
        "\u{211b}omeo",
        "Rom\u{435}o",
        "R\u{3bf}meo",
        "R0meo",
    ] {
        let answer = enter(&mut juliet, nick).await;
        assert!(
            answer.contains("<conflict ")
                || answer.contains("<jid-malformed ")
                || answer.contains("<not-acceptable "),
            "{nick:?} got {answer}"
        );
    }
    let entered = enter(&mut juliet, "Juliet").await;
    assert!(entered.contains("code='110'"), "{entered}");
    juliet.send(format!("<presence to='{GARDEN}/rOMEO'/>")).await;
    assert!(juliet.settle().await.contains("<conflict "));
}

#[tokio::test]
async fn x57_a_room_for_members_shows_nothing_to_others() {
    let (site, mut romeo, mut nurse) = garden(PRIVATE, "nurse").await;
    say(&mut romeo, "a secret", "").await;
    let asked = [
        "<iq to='ROOM' type='get' id='ID'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
        "<iq to='ROOM' type='get' id='ID'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>",
        "<iq to='groups.localhost' type='get' id='ID'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>",
        "<iq to='ROOM' type='get' id='ID'><query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='owner'/></query></iq>",
        "<iq to='ROOM' type='get' id='ID'><query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='member'/></query></iq>",
        "<iq to='ROOM' type='get' id='ID'><query xmlns='http://jabber.org/protocol/muc#admin'><item role='moderator'/></query></iq>",
        "<iq to='ROOM' type='get' id='ID'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>",
        "<iq to='ROOM' type='get' id='ID'><query xmlns='jabber:iq:register'/></iq>",
        "<iq to='ROOM' type='set' id='ID'><query xmlns='jabber:iq:register'/></iq>",
        "<iq to='ROOM' type='set' id='ID'><query xmlns='urn:xmpp:mam:2'/></iq>",
        "<iq to='ROOM/Romeo' type='get' id='ID'><query xmlns='jabber:iq:version'/></iq>",
        "<iq to='ROOM/Romeo' type='get' id='ID'><vCard xmlns='vcard-temp'/></iq>",
        "<iq to='ROOM' type='get' id='ID'><vCard xmlns='vcard-temp'/></iq>",
    ];
    for request in asked {
        let answer = nurse.request(&request.replace("ROOM", GARDEN)).await;
        let shown = ["Hidden", "romeo@", "Romeo'", "secret"].into_iter().find(|it| {
            let without_own = answer.replace(&format!("from='{GARDEN}/Romeo'"), "");
            without_own.contains(it)
        });
        assert_eq!(shown, None, "{request} got {answer}");
    }
    let refused = enter(&mut nurse, "Nurse").await;
    assert!(refused.contains("<registration-required ") && !refused.contains("secret"), "{refused}");
    let refused = say(&mut nurse, "hello", "").await;
    assert!(refused.contains("<not-acceptable "), "{refused}");
    nurse.send(format!("<message to='{GARDEN}/Romeo' type='chat'><body>hello</body></message>")).await;
    let refused = nurse.settle().await;
    assert!(refused.contains("<not-acceptable "), "{refused}");
    for item in ["<item affiliation='owner' jid='nurse@localhost'/>", "<item role='none' nick='Romeo'/>"] {
        let refused = manage(&mut nurse, item).await;
        assert!(refused.contains("<forbidden "), "{refused}");
    }
    nurse.send(format!("<presence to='{GARDEN}'/><presence to='{GARDEN}/Nurse'/>")).await;
    let refused = nurse.settle().await;
    assert!(refused.contains("<error ") && !refused.contains("secret"), "{refused}");
    assert_eq!(romeo.settle().await, "", "nobody came");
    site.check_is_well().await;
}

#[tokio::test]
async fn x58_who_was_banned_hears_nothing_that_is_said_afterwards() {
    let (_site, mut romeo, mut juliet) = garden(OPEN, "juliet").await;
    enter(&mut juliet, "Juliet").await;
    say(&mut romeo, "before", "").await;
    juliet.until("before").await;
    let done = manage(&mut romeo, "<item affiliation='outcast' jid='juliet@localhost'/>").await;
    assert!(!done.contains("<error "), "{done}");
    say(&mut romeo, "afterwards", "").await;
    let heard = juliet.until("code='301'").await + &juliet.settle().await;
    assert!(!heard.contains("afterwards"), "{heard}");
    for nick in ["Juliet", "Other"] {
        let refused = enter(&mut juliet, nick).await;
        assert!(refused.contains("<forbidden ") && !refused.contains("before"), "{refused}");
    }
    let refused = say(&mut juliet, "hello", "").await;
    assert!(refused.contains("<error "), "{refused}");
    let register = format!("<iq to='{GARDEN}' type='set' id='ID'><query xmlns='jabber:iq:register'/></iq>");
    let refused = juliet.request(&register).await;
    assert!(refused.contains("<error "), "{refused}");
    say(&mut romeo, "much later", "").await;
    assert!(!juliet.settle().await.contains("much later"));
}

#[tokio::test]
async fn x58_who_was_removed_from_a_room_for_members_reads_it_no_more() {
    let (_site, mut romeo, mut juliet) = garden(PRIVATE, "juliet").await;
    manage(&mut romeo, "<item affiliation='member' jid='juliet@localhost'/>").await;
    let entered = enter(&mut juliet, "Juliet").await;
    assert!(entered.contains("code='110'"), "{entered}");
    let done = manage(&mut romeo, "<item affiliation='none' jid='juliet@localhost'/>").await;
    assert!(!done.contains("<error "), "{done}");
    say(&mut romeo, "afterwards", "").await;
    assert!(!juliet.settle().await.contains("afterwards"));
    let refused = enter(&mut juliet, "Juliet").await;
    assert!(refused.contains("<registration-required ") && !refused.contains("afterwards"), "{refused}");
}

#[tokio::test]
async fn members_do_not_manage_a_room() {
    let (_site, mut romeo, mut juliet) = garden(OPEN, "juliet").await;
    enter(&mut juliet, "Juliet").await;
    for item in [
        "<item affiliation='owner' jid='juliet@localhost'/>",
        "<item affiliation='admin' jid='juliet@localhost'/>",
        "<item role='moderator' nick='Juliet'/>",
        "<item affiliation='none' jid='romeo@localhost'/>",
        "<item affiliation='outcast' jid='romeo@localhost'/>",
        "<item role='none' nick='Romeo'/>",
        "<item role='visitor' nick='Romeo'/>",
    ] {
        let refused = manage(&mut juliet, item).await;
        assert!(refused.contains("<forbidden "), "{item} got {refused}");
    }
    for inside in
        ["<destroy/>", "<x xmlns='jabber:x:data' type='submit'/>", "<x xmlns='jabber:x:data' type='cancel'/>"]
    {
        let query = format!("<query xmlns='http://jabber.org/protocol/muc#owner'>{inside}</query>");
        let refused = juliet.request(&format!("<iq to='{GARDEN}' type='set' id='ID'>{query}</iq>")).await;
        assert!(refused.contains("<forbidden "), "{inside} got {refused}");
    }
    say(&mut romeo, "still here", "").await;
    juliet.until("still here").await;
}
