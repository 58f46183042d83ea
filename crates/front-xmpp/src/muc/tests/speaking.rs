use super::*;

#[tokio::test]
async fn a_message_comes_back_to_everybody_with_its_id_and_its_place() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    romeo.says("m1", "what light").await;
    for client in [&mut romeo, &mut juliet] {
        let message = client.sees(&["what light"]).await;
        assert!(message.contains(&format!("from='{GARDEN}/Romeo' type='groupchat' id='m1'")), "{message}");
        assert!(message.contains(&format!("<stanza-id xmlns='urn:xmpp:sid:0' by='{GARDEN}'")), "{message}");
    }
}

#[tokio::test]
async fn what_only_a_room_may_say_is_not_taken_from_clients() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let forged = format!(
        "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='{GARDEN}' id='forged'/>\
         <x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>\
         <delay xmlns='urn:xmpp:delay' from='{GARDEN}' stamp='1999-01-01T00:00:00Z'/>"
    );
    let own = "<kept xmlns='urn:example:kept'/>";
    romeo
        .send(&format!(
            "<message type='groupchat' id='f' to='{GARDEN}'><body>hi</body>{forged}{own}</message>"
        ))
        .await;
    let message = juliet.sees(&["<body>hi</body>"]).await;
    assert!(
        !message.contains("forged") && !message.contains("104") && !message.contains("1999"),
        "{message}"
    );
    assert!(message.contains(own) && message.matches("<occupant-id").count() == 1, "{message}");
}

#[tokio::test]
async fn who_is_outside_is_not_heard() {
    let stage = Stage::new().await;
    let (mut romeo, _juliet) = garden(&stage).await;
    let mut paris = stage.client("paris").await;
    paris.says("m1", "hear me").await;
    paris.sees(&["type='error'", "<not-acceptable", "id='m1'"]).await;
    romeo.says("m2", "after").await;
    romeo.sees(&["after"]).await;
    assert!(!romeo.seen.iter().any(|xml| xml.contains("hear me")));
}

#[tokio::test]
async fn a_message_that_is_sent_again_is_kept_once_and_comes_back_to_who_sent_it() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    romeo.says("m1", "once").await;
    romeo.sees(&["once"]).await;
    romeo.send(&format!("<presence to='{GARDEN}/Romeo' type='unavailable'/>")).await;
    romeo.asks_to_enter("Romeo", "<history maxstanzas='0'/>").await;
    romeo.sees(&["<subject"]).await;
    romeo.says("m1", "once").await;
    romeo.sees(&["once"]).await;
    juliet.rest().await;
    assert_eq!(juliet.seen.iter().filter(|xml| xml.contains("once")).count(), 1);
}

#[tokio::test]
async fn the_subject_comes_back_with_its_id_and_is_for_moderators() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let subject = |id: &str| {
        format!("<message type='groupchat' id='{id}' to='{GARDEN}'><subject>Love</subject></message>")
    };
    juliet.send(&subject("s1")).await;
    juliet.sees(&["type='error'", "<forbidden", "id='s1'"]).await;
    romeo.send(&subject("s2")).await;
    juliet.sees(&["<subject>Love</subject>", "id='s2'", "/Romeo'"]).await;
    let mut nurse = stage.client("nurse").await;
    nurse.asks_to_enter("Nurse", "").await;
    nurse.sees(&["<subject>Love</subject>"]).await;
}

#[tokio::test]
async fn who_is_writing_is_told_and_not_kept() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let state = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";
    romeo.send(&format!("<message type='groupchat' id='c' to='{GARDEN}'>{state}</message>")).await;
    juliet.sees(&["<composing", "/Romeo'"]).await;
    let mut nurse = stage.client("nurse").await;
    nurse.asks_to_enter("Nurse", "").await;
    nurse.sees(&["<subject"]).await;
    assert!(!nurse.seen.iter().any(|xml| xml.contains("<composing")));
}

#[tokio::test]
async fn a_private_message_reaches_one_person_under_the_nickname_of_the_other() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    romeo
        .send(&format!("<message type='chat' id='p' to='{GARDEN}/juliet'><body>psst</body></message>"))
        .await;
    let heard = juliet.sees(&["psst"]).await;
    assert!(heard.contains(&format!("from='{GARDEN}/Romeo'")) && heard.contains("muc#user"), "{heard}");
    romeo
        .send(&format!("<message type='chat' id='p' to='{GARDEN}/nobody'><body>psst</body></message>"))
        .await;
    romeo.sees(&["type='error'", "<item-not-found"]).await;
    let mut paris = stage.client("paris").await;
    paris
        .send(&format!("<message type='chat' id='p' to='{GARDEN}/juliet'><body>psst</body></message>"))
        .await;
    paris.sees(&["type='error'", "<not-acceptable"]).await;
}

#[tokio::test]
async fn a_request_to_somebody_inside_and_its_answer_go_through_the_room() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    romeo
        .send(&format!("<iq type='get' id='q' to='{GARDEN}/Juliet'><query xmlns='jabber:iq:version'/></iq>"))
        .await;
    let asked = juliet.sees(&["jabber:iq:version"]).await;
    assert!(asked.contains(&format!("from='{GARDEN}/Romeo'")), "{asked}");
    let id = asked.split(" id='").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    let version = "<query xmlns='jabber:iq:version'><name>x</name></query>";
    juliet.send(&format!("<iq type='result' id='{id}' to='{GARDEN}/Romeo'>{version}</iq>")).await;
    romeo.sees(&[&format!("from='{GARDEN}/Juliet'"), "id='q'", "<name>x</name>"]).await;
}

#[tokio::test]
async fn a_client_finds_out_whether_it_is_still_inside() {
    let stage = Stage::new().await;
    let (_romeo, mut juliet) = garden(&stage).await;
    let ping = format!("<iq type='get' id='p' to='{GARDEN}/Juliet'><ping xmlns='urn:xmpp:ping'/></iq>");
    juliet.send(&ping).await;
    juliet.sees(&["type='result'", "id='p'"]).await;
    juliet.send(&format!("<presence to='{GARDEN}/Juliet' type='unavailable'/>")).await;
    juliet.send(&ping).await;
    juliet.sees(&["type='error'", "<not-acceptable"]).await;
}

/// The id that the room gave a message.
fn place_of(message: &str) -> String {
    let stanza_id = message.split("<stanza-id").nth(1).unwrap();
    stanza_id.split(" id='").nth(1).unwrap().split('\'').next().unwrap().to_owned()
}

#[tokio::test]
async fn corrections_reactions_answers_and_retractions_are_what_they_are_everywhere() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let (hub, id) = (&stage.xmpp.hub, stage.conversation("garden").await);
    romeo.says("m1", "a rsoe").await;
    let place = place_of(&juliet.sees(&["a rsoe"]).await);
    let say = |id: &str, inside: &str| {
        format!("<message type='groupchat' id='{id}' to='{GARDEN}'>{inside}</message>")
    };
    romeo.send(&say("m2", "<body>a rose</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/>")).await;
    juliet
        .sees(&["<body>a rose</body>", "id='m2'", "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"])
        .await;
    let reactions =
        format!("<reactions xmlns='urn:xmpp:reactions:0' id='{place}'><reaction>🌹</reaction></reactions>");
    juliet.send(&say("r1", &reactions)).await;
    romeo.sees(&["<reaction>🌹</reaction>", "id='r1'", "/Juliet'"]).await;
    juliet
        .send(&say("m3", &format!("<body>sweet</body><reply xmlns='urn:xmpp:reply:0' id='{place}'/>")))
        .await;
    romeo.sees(&["sweet", &format!("<reply xmlns='urn:xmpp:reply:0' id='{place}'/>")]).await;
    let event = place.parse().unwrap();
    let seen = hub.visible_event(juliet.seat().caller, id, event).await.unwrap();
    let fold = seen.fold.unwrap();
    assert_eq!(fold.edited.unwrap().0, parlance_core::body::Body::text("a rose"));
    assert_eq!(fold.reactions.len(), 1);
    let retract = format!("<retract xmlns='urn:xmpp:message-retract:1' id='{place}'/><body>(gone)</body>");
    juliet.send(&say("x1", &retract)).await;
    juliet.sees(&["type='error'", "<forbidden", "id='x1'"]).await;
    romeo.send(&say("x2", &retract)).await;
    juliet.sees(&["<retract", &format!("id='{place}'"), "id='x2'", "/Romeo'"]).await;
    let left = hub.visible_event(juliet.seat().caller, id, event).await.unwrap();
    assert_eq!(left.event.content, parlance_core::event::Content::Deleted);
}

#[tokio::test]
async fn what_cannot_be_read_here_is_kept_when_its_sender_wants_that() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let inside = "<encrypted xmlns='eu.siacs.conversations.axolotl'/><store xmlns='urn:xmpp:hints'/>";
    romeo.send(&format!("<message type='groupchat' id='e' to='{GARDEN}'>{inside}</message>")).await;
    let heard = juliet.sees(&["<encrypted", "id='e'"]).await;
    assert!(!place_of(&heard).is_empty());
}

#[tokio::test]
async fn the_archive_of_a_room_has_everything_that_was_kept() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    romeo.says("m1", "what light").await;
    let place = place_of(&juliet.sees(&["what light"]).await);
    let sends = async |client: &mut Client, inside: &str| {
        client.send(&format!("<message type='groupchat' to='{GARDEN}' {inside}</message>")).await;
    };
    sends(&mut romeo, "id='s'><subject>The balcony</subject>").await;
    sends(
        &mut juliet,
        &format!(
            "id='r'><reactions xmlns='urn:xmpp:reactions:0' id='{place}'><reaction>👍</reaction></reactions>"
        ),
    )
    .await;
    sends(&mut juliet, "id='k'><kept xmlns='urn:example:kept'/><store xmlns='urn:xmpp:hints'/>").await;
    sends(&mut romeo, &format!("id='d'><retract xmlns='urn:xmpp:message-retract:1' id='{place}'/>")).await;
    juliet.sees(&["<retract"]).await;
    juliet.send(&format!("<iq type='set' id='q' to='{GARDEN}'><query xmlns='urn:xmpp:mam:2'/></iq>")).await;
    let tombstone = juliet.sees(&["<result", "<retracted", &place]).await;
    assert!(!tombstone.contains("what light") && tombstone.contains("<occupant-id"), "{tombstone}");
    juliet.sees(&["<result", "<subject>The balcony</subject>"]).await;
    juliet.sees(&["<result", "id='r'", "urn:xmpp:reactions:0"]).await;
    juliet.sees(&["<result", "id='k'", "<kept xmlns='urn:example:kept'/>"]).await;
    juliet.sees(&["<result", "<retract "]).await;
    juliet.sees(&["<fin", "complete='true'"]).await;
}
