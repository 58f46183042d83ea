use crate::stage::Stage;
use parlance_core::{
    body::{Body, Mention, Mentioned},
    conversation::SettingsChange,
    event::Content,
    id::{ConversationId, DeviceId},
};
use parlance_hub::{
    Caller,
    ports::{FoldedEvent, Place},
    usecase::{HistoryPlace, Post},
};
use parlance_xmpp::write::{format_date_time, parse_date_time};
use uuid::Uuid;

async fn two() -> (Stage, crate::stage::Client, crate::stage::Client) {
    let stage = Stage::new().await;
    let romeo = stage.client("romeo").await;
    let juliet = stage.client("juliet").await;
    (stage, romeo, juliet)
}

fn chat(to: &str, id: &str, text: &str) -> String {
    format!("<message to='{to}' type='chat' id='{id}'><body>{text}</body></message>")
}

#[tokio::test]
async fn another_client_gets_copies_of_what_is_sent_and_received() {
    let (stage, mut romeo, mut juliet) = two().await;
    let mut phone = stage.another_client(&juliet.who, "phone").await;
    phone.send("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>").await;
    juliet.send(&chat("romeo@example.org", "m1", "art thou")).await;
    phone.sees(&["<sent xmlns='urn:xmpp:carbons:2'>", "to='romeo@example.org'", "id='m1'"]).await;
    romeo.sees(&["id='m1'"]).await;
    romeo.send(&chat("juliet@example.org/desk", "m2", "I am")).await;
    juliet.sees(&["id='m2'", "to='juliet@example.org/desk'"]).await;
    phone.sees(&["<received xmlns='urn:xmpp:carbons:2'>", "id='m2'"]).await;
    let rest = juliet.rest().await;
    assert!(!rest.iter().any(|xml| xml.contains("carbons")), "nobody asked for copies there: {rest:#?}");
}

/// RFC 6121 section 8.5.2.1.1: the bare address stands for every client, also the one that wrote.
#[tokio::test]
async fn a_note_to_oneself_comes_to_every_client_once() {
    let (stage, mut romeo, _juliet) = two().await;
    let mut phone = stage.another_client(&romeo.who, "phone").await;
    romeo.send(&chat("romeo@example.org", "n1", "buy poison")).await;
    for client in [&mut romeo, &mut phone] {
        client.sees(&["id='n1'", "from='romeo@example.org/desk'", "<stanza-id"]).await;
        let rest = client.rest().await;
        assert!(!rest.iter().any(|xml| xml.contains("n1")), "{rest:#?}");
    }
    romeo.send("<message to='romeo@example.org' type='chat' id='n3'><body>buy wine</body><replace xmlns='urn:xmpp:message-correct:0' id='n1'/></message>").await;
    phone.sees(&["id='n3'", "<replace"]).await;
    let notes = ConversationId::notes(romeo.who.id);
    let place = HistoryPlace::At(Place::Newest);
    let page = stage.xmpp.hub.history(romeo.seat().caller, notes, place, 10).await.unwrap();
    assert!(page.items.iter().any(|item| item.fold.as_ref().is_some_and(|fold| fold.edited.is_some())));
    romeo.send(&chat("romeo@example.org/phone", "n2", "and a dagger")).await;
    phone.sees(&["id='n2'"]).await;
    let rest = romeo.rest().await;
    assert!(!rest.iter().any(|xml| xml.contains("n2")), "{rest:#?}");
}

#[tokio::test]
async fn what_came_while_nobody_was_here_comes_once_in_order_with_its_time() {
    let (stage, mut romeo, juliet) = two().await;
    let who = juliet.who.clone();
    juliet.hang_up().await;
    for number in 0..3 {
        romeo.send(&chat("juliet@example.org", &format!("m{number}"), "hello")).await;
    }
    let mut phone = stage.another_client_that_looks(&who, "phone").await;
    for number in 0..3 {
        phone.sees(&[&format!("id='m{number}'"), "<delay xmlns='urn:xmpp:delay'"]).await;
    }
    romeo.send(&chat("juliet@example.org", "live", "now")).await;
    let live = phone.sees(&["id='live'"]).await;
    assert!(!live.contains("<delay"), "{live}");
    let doubled = phone.rest().await;
    assert!(!doubled.iter().any(|xml| xml.contains("id='m")), "{doubled:#?}");
}

#[tokio::test]
async fn what_came_to_a_resource_before_its_presence_comes_once() {
    let (stage, mut romeo, juliet) = two().await;
    let who = juliet.who.clone();
    juliet.hang_up().await;
    romeo.send(&chat("juliet@example.org", "m1", "to whoever comes")).await;
    let mut phone = stage.another_client_before_presence(&who, "phone").await;
    romeo.send(&chat("juliet@example.org/phone", "m2", "to this one")).await;
    phone.sees(&["id='m2'"]).await;
    phone.send("<presence/>").await;
    let seen = phone.rest().await;
    let count = |id: &str| seen.iter().filter(|xml| xml.contains(&format!("id='{id}'"))).count();
    assert_eq!((count("m1"), count("m2")), (1, 0), "{seen:#?}");
}

#[tokio::test]
async fn the_archive_has_both_sides_of_a_conversation_page_by_page() {
    let (_stage, mut romeo, mut juliet) = two().await;
    for (number, client) in [(0, true), (1, false), (2, true)] {
        let (from, to) =
            if client { (&mut romeo, "juliet@example.org") } else { (&mut juliet, "romeo@example.org") };
        from.send(&chat(to, &format!("m{number}"), "hello")).await;
    }
    juliet.sees(&["id='m2'"]).await;
    romeo
        .send(
            "<iq type='set' id='q'><query xmlns='urn:xmpp:mam:2' queryid='x'>\
         <set xmlns='http://jabber.org/protocol/rsm'><max>2</max></set></query></iq>",
        )
        .await;
    for number in 0..2 {
        let id = format!("id='m{number}'");
        romeo.sees(&["<result xmlns='urn:xmpp:mam:2' queryid='x'", &id, "<delay"]).await;
    }
    let fin = romeo.sees(&["<fin xmlns='urn:xmpp:mam:2'"]).await;
    assert!(!fin.contains("complete"), "{fin}");
    let last = fin.split("<last>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    romeo
        .send(&format!(
            "<iq type='set' id='r'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'>\
         <after>{last}</after></set></query></iq>"
        ))
        .await;
    romeo.sees(&["<result", "id='m2'"]).await;
    romeo.sees(&["<fin", "complete='true'"]).await;
}

/// A request to the own archive for a range of it, and for a page of that range.
fn range(fields: &[(&str, &str)], page: &str) -> String {
    let fields: String = fields
        .iter()
        .map(|(name, value)| format!("<field var='{name}'><value>{value}</value></field>"))
        .collect();
    format!(
        "<iq type='set' id='q'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'>{fields}</x>\
         <set xmlns='http://jabber.org/protocol/rsm'>{page}</set></query></iq>"
    )
}

#[tokio::test]
async fn the_ends_of_a_range_hold_on_every_page_of_it() {
    let (_stage, mut romeo, mut juliet) = two().await;
    let mut ids = Vec::new();
    for number in 0..6 {
        romeo.send(&chat("juliet@example.org", &format!("m{number}"), "hello")).await;
        let told = juliet.sees(&[&format!("id='m{number}'"), "<stanza-id"]).await;
        let stanza_id = told.split("<stanza-id").nth(1).unwrap();
        ids.push(stanza_id.split(" id='").nth(1).unwrap().split('\'').next().unwrap().to_owned());
    }
    let ends = [("after-id", ids[1].as_str()), ("before-id", ids[4].as_str())];
    for (page, expected) in [
        (String::new(), "23"),
        ("<before/><max>1</max>".to_owned(), "3"),
        (format!("<before>{}</before>", ids[5]), "23"),
        (format!("<before>{}</before>", ids[3]), "2"),
        (format!("<after>{}</after>", ids[0]), "23"),
        (format!("<after>{}</after>", ids[2]), "3"),
    ] {
        juliet.send(&range(&ends, &page)).await;
        let seen = juliet.rest().await;
        let found = (0..6).filter(|it| seen.iter().any(|xml| xml.contains(&format!("id='m{it}'"))));
        assert_eq!(found.map(|it| it.to_string()).collect::<String>(), expected, "{page}");
    }
}

#[tokio::test]
async fn an_end_given_in_seconds_has_the_whole_second() {
    let (_stage, mut romeo, mut juliet) = two().await;
    romeo.send(&chat("juliet@example.org", "m1", "hello")).await;
    juliet.sees(&["id='m1'"]).await;
    juliet.send(&range(&[], "")).await;
    let kept = juliet.sees(&["<result", "id='m1'"]).await;
    let stamp = kept.split(" stamp='").nth(1).unwrap().split('\'').next().unwrap();
    let at = parse_date_time(stamp).expect("a moment");
    let seconds = |ms| format!("{}Z", format_date_time(ms).split('.').next().unwrap());
    for (end, is_there) in [
        (seconds(at), true),
        (seconds(at - 1_000), false),
        (format_date_time(at), true),
        (format_date_time(at - 1), false),
    ] {
        juliet.send(&range(&[("end", &end)], "")).await;
        let seen = juliet.rest().await;
        assert_eq!(seen.iter().any(|xml| xml.contains("id='m1'")), is_there, "{stamp} up to {end}");
    }
}

#[tokio::test]
async fn a_message_that_disappears_is_retracted_and_leaves_a_tombstone_in_the_archive() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    romeo.send("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>").await;
    let (hub, caller) = (&stage.xmpp.hub, romeo.seat().caller);
    let conversation = hub.open_direct(caller, juliet.who.id).await.unwrap();
    let timer = SettingsChange { expire_after_s: Some(5), ..SettingsChange::default() };
    hub.change_settings(caller, conversation, timer).await.unwrap();
    romeo.send(&chat("juliet@example.org", "m1", "a secret")).await;
    juliet.sees(&["id='m1'", "a secret"]).await;
    for client in [&mut juliet, &mut romeo] {
        client.sees(&["<retract xmlns='urn:xmpp:message-retract:1'", "from='romeo@example.org"]).await;
    }
    juliet.send(&range(&[], "")).await;
    let tombstone = juliet.sees(&["<result", "<retracted xmlns='urn:xmpp:message-retract:1'/>"]).await;
    assert!(!tombstone.contains("a secret"), "{tombstone}");
    assert!(!juliet.rest().await.iter().any(|xml| xml.contains("a secret")));
}

#[tokio::test]
async fn a_retracted_message_keeps_its_place_in_the_archive_without_its_content() {
    let (_stage, mut romeo, mut juliet) = two().await;
    romeo.send(&chat("juliet@example.org", "m1", "a secret")).await;
    let told = juliet.sees(&["id='m1'"]).await;
    let place = told.split("<stanza-id").nth(1).unwrap().split(" id='").nth(1).unwrap().split('\'').next();
    romeo.send("<message to='juliet@example.org' type='chat' id='d'><retract xmlns='urn:xmpp:message-retract:1' id='m1'/></message>").await;
    juliet.sees(&["id='d'", "<retract"]).await;
    juliet.send(&range(&[], "")).await;
    let id = format!("id='{}'><forwarded", place.unwrap());
    let tombstone = juliet.sees(&["<result", "<retracted xmlns='urn:xmpp:message-retract:1'/>", &id]).await;
    assert!(!tombstone.contains("a secret") && tombstone.contains("from='romeo@example.org'"), "{tombstone}");
    juliet.sees(&["<result", "<retract xmlns='urn:xmpp:message-retract:1'"]).await;
}

#[tokio::test]
async fn the_archive_of_somebody_else_and_places_nobody_knows_are_refused() {
    let (_stage, mut romeo, _juliet) = two().await;
    romeo.send("<iq type='set' id='o' to='juliet@example.org'><query xmlns='urn:xmpp:mam:2'/></iq>").await;
    romeo.sees(&["type='error'", "id='o'", "service-unavailable"]).await;
    for strange in ["no such id", "' OR 1=1 --", "00000000000000000000000000000000"] {
        let strange = strange.replace('\'', "&apos;");
        romeo
            .send(&format!(
                "<iq type='set' id='s'><query xmlns='urn:xmpp:mam:2'>\
             <set xmlns='http://jabber.org/protocol/rsm'><after>{strange}</after></set></query></iq>"
            ))
            .await;
        romeo.sees(&["type='error'", "item-not-found"]).await;
    }
}

#[tokio::test]
async fn what_asks_not_to_be_kept_or_copied_is_neither() {
    let (stage, mut romeo, mut juliet) = two().await;
    let mut phone = stage.another_client(&juliet.who, "phone").await;
    phone.send("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>").await;
    phone.sees(&["id='c'"]).await;
    romeo.send("<message to='juliet@example.org/desk' type='chat' id='p'><body>psst</body><private xmlns='urn:xmpp:carbons:2'/></message>").await;
    juliet.sees(&["id='p'"]).await;
    romeo.send("<message to='juliet@example.org/desk' type='chat' id='n'><body>gone</body><no-store xmlns='urn:xmpp:hints'/></message>").await;
    juliet.sees(&["id='n'"]).await;
    juliet.send("<iq type='set' id='q'><query xmlns='urn:xmpp:mam:2'/></iq>").await;
    juliet.sees(&["<result", "id='p'"]).await;
    let rest = juliet.rest().await;
    assert!(!rest.iter().any(|xml| xml.contains("id='n'")), "{rest:#?}");
    let copied = phone.rest().await;
    assert!(!copied.iter().any(|xml| xml.contains("psst")), "{copied:#?}");
}

/// X31: a copy that somebody else made up.
#[tokio::test]
async fn x31_copies_come_from_the_server_alone() {
    let (_stage, mut romeo, mut juliet) = two().await;
    romeo.send("<message to='juliet@example.org' type='chat' id='m'><body>look</body><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'/></sent></message>").await;
    let told = juliet.sees(&["id='m'"]).await;
    assert!(!told.contains("carbons"), "{told}");
}

#[tokio::test]
async fn corrections_reactions_and_retractions_are_what_they_are_for_both() {
    let (stage, mut romeo, mut juliet) = two().await;
    let conversation = ConversationId::direct(romeo.who.id, juliet.who.id);
    romeo.send(&chat("juliet@example.org", "m1", "helo")).await;
    romeo.send("<message to='juliet@example.org' type='chat' id='m2'><body>hello</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/></message>").await;
    juliet.sees(&["id='m2'", "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"]).await;
    juliet.send("<message to='romeo@example.org' type='chat' id='r'><reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction></reactions></message>").await;
    romeo.sees(&["id='r'", "<reaction>👍</reaction>"]).await;
    let caller = juliet.seat().caller;
    let read = async || {
        let newest = HistoryPlace::At(Place::Newest);
        stage.xmpp.hub.history(caller, conversation, newest, 10).await.unwrap().items
    };
    let first = |items: &[FoldedEvent]| {
        let is_first =
            |item: &&FoldedEvent| matches!(item.event.content, Content::Message(_) | Content::Deleted);
        items.iter().find(is_first).unwrap().clone()
    };
    let message = first(&read().await);
    let fold = message.fold.unwrap();
    assert_eq!(fold.edited.unwrap().0, Body::text("hello"));
    assert_eq!(fold.reactions.len(), 1);
    romeo.send("<message to='juliet@example.org' type='chat' id='d'><retract xmlns='urn:xmpp:message-retract:1' id='m1'/></message>").await;
    juliet.sees(&["id='d'", "<retract"]).await;
    assert_eq!(first(&read().await).event.content, Content::Deleted);
}

#[tokio::test]
async fn what_is_done_in_another_program_comes_as_the_right_extension() {
    let (stage, romeo, mut juliet) = two().await;
    let hub = &stage.xmpp.hub;
    let browser = Caller { device: DeviceId(Uuid::from_u128(7)), ..romeo.seat().caller };
    let conversation = hub.open_direct(browser, juliet.who.id).await.unwrap();
    let post = Post {
        conversation,
        client_ref: None,
        body: Body::text("hello"),
        reply_to: None,
        thread: None,
        forward: None,
        poll: None,
        needs_acknowledgement: false,
        extras: None,
    };
    let event = hub.post(browser, post).await.unwrap();
    let id = format!("id='{}'", event.id);
    juliet.sees(&["<body>hello</body>", &id, "<request xmlns='urn:xmpp:receipts'/>"]).await;
    hub.edit(browser, conversation, event.id, Body::text("hello you"), None).await.unwrap();
    juliet.sees(&["<body>hello you</body>", "message-correct", &id]).await;
    hub.react(browser, conversation, event.id, "🎉", true, None).await.unwrap();
    juliet.sees(&["<reaction>🎉</reaction>", &id]).await;
    hub.delete_event(browser, conversation, event.id, None).await.unwrap();
    juliet.sees(&["<retract", &id]).await;
}

#[tokio::test]
async fn an_answer_with_a_mention_and_markdown_from_another_program_is_read_by_every_client() {
    let (stage, romeo, mut juliet) = two().await;
    let hub = &stage.xmpp.hub;
    let browser = Caller { device: DeviceId(Uuid::from_u128(7)), ..romeo.seat().caller };
    let conversation = ConversationId::direct(romeo.who.id, juliet.who.id);
    juliet.send(&chat("romeo@example.org", "m1", "wherefore\nart thou")).await;
    juliet.rest().await;
    let asked = hub.history(browser, conversation, HistoryPlace::At(Place::Newest), 1).await.unwrap();
    let who = Mentioned::Principal(juliet.who.id);
    let text = "**Here**, @juliet".to_owned();
    let post = Post {
        conversation,
        client_ref: None,
        body: Body::Text { text, mentions: vec![Mention { start: 10, end: 17, who }] },
        reply_to: Some(asked.items[0].event.id),
        thread: Some(asked.items[0].event.id),
        forward: None,
        poll: None,
        needs_acknowledgement: false,
        extras: None,
    };
    hub.post(browser, post).await.unwrap();
    let thread = format!("<thread>{}</thread>", asked.items[0].event.id);
    juliet
        .sees(&[
            "<body>&gt; wherefore\n&gt; art thou\n*Here*, @juliet</body>",
            "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='23'/></fallback>",
            "<reply xmlns='urn:xmpp:reply:0' to='juliet@example.org' id='m1'/>",
            "<reference xmlns='urn:xmpp:reference:0' type='mention' begin='31' end='38' uri='xmpp:juliet@example.org'/>",
            &thread,
        ])
        .await;
}

/// RFC 6121 section 8.5.3.1.
#[tokio::test]
async fn a_client_that_is_not_available_gets_what_is_for_it_by_name() {
    let (_stage, mut romeo, mut juliet) = two().await;
    juliet.send("<presence type='unavailable'/>").await;
    romeo.send(&chat("juliet@example.org", "m1", "to anybody")).await;
    romeo.send(&chat("juliet@example.org/desk", "m2", "to this one")).await;
    juliet.sees(&["id='m2'"]).await;
    let rest = juliet.rest().await;
    assert!(!rest.iter().any(|xml| xml.contains("id='m1'")), "{rest:#?}");
}

/// RFC 6121 section 8.5.3.2.1: only what is said in a chat goes to somebody's other clients.
#[tokio::test]
async fn a_message_for_a_client_that_is_gone_goes_to_no_other_one() {
    let (_stage, mut romeo, mut juliet) = two().await;
    romeo.send("<message to='juliet@example.org/gone' type='normal' id='n'><body>x</body></message>").await;
    romeo.sees(&["type='error'", "id='n'", "service-unavailable"]).await;
    romeo.send("<message to='juliet@example.org/gone' type='chat' id='c'><body>y</body></message>").await;
    juliet.sees(&["id='c'"]).await;
}

#[tokio::test]
async fn what_only_clients_understand_waits_for_those_who_are_away() {
    let (stage, mut romeo, juliet) = two().await;
    let who = juliet.who.clone();
    juliet.hang_up().await;
    romeo.send("<message to='juliet@example.org' type='chat' id='e'><encrypted xmlns='urn:xmpp:omemo:2'><payload>QQ==</payload></encrypted></message>").await;
    let mut phone = stage.another_client_that_looks(&who, "phone").await;
    phone.sees(&["id='e'", "<payload>QQ==</payload>", "<delay"]).await;
}
