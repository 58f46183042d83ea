use super::*;

#[tokio::test]
async fn who_is_kicked_is_told_why_and_may_come_back() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    juliet.changes("<item nick='Romeo' role='none'/>").await;
    juliet.sees(&["type='error'", "<forbidden"]).await;
    romeo.changes("<item nick='Juliet' role='none'><reason>go</reason></item>").await;
    juliet
        .sees(&[
            "type='unavailable'",
            "code='307'",
            "code='110'",
            "<reason>go</reason>",
            "<actor nick='Romeo'/>",
        ])
        .await;
    romeo.sees(&["type='unavailable'", "/Juliet'", "code='307'"]).await;
    juliet.enters("Juliet").await;
}

#[tokio::test]
async fn who_is_banned_is_out_until_forgiven() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    romeo.changes("<item affiliation='outcast' jid='juliet@example.org'><reason>never</reason></item>").await;
    juliet
        .sees(&["type='unavailable'", "affiliation='outcast'", "code='301'", "<reason>never</reason>"])
        .await;
    juliet.asks_to_enter("Juliet", "").await;
    juliet.sees(&["type='error'", "<forbidden"]).await;
    romeo.changes("<item affiliation='none' jid='juliet@example.org'/>").await;
    romeo.sees(&["type='result'", "id='admin'"]).await;
    juliet.enters("Juliet").await;
}

#[tokio::test]
async fn nobody_bans_themselves_and_the_last_owner_stays_one() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    for affiliation in ["outcast", "none", "member", "admin"] {
        romeo.changes(&format!("<item affiliation='{affiliation}' jid='romeo@example.org'/>")).await;
        romeo.sees(&["type='error'", "<conflict"]).await;
    }
    romeo.changes("<item affiliation='owner' jid='juliet@example.org'/>").await;
    juliet.sees(&["affiliation='owner'", "role='moderator'", "code='110'"]).await;
    romeo.changes("<item affiliation='admin' jid='romeo@example.org'/>").await;
    juliet.sees(&["/Romeo'", "affiliation='admin'"]).await;
    romeo.changes("<item affiliation='outcast' jid='juliet@example.org'/>").await;
    romeo.sees(&["type='error'", "<not-allowed"]).await;
}

#[tokio::test]
async fn who_loses_the_voice_is_not_heard_until_it_is_given_back() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    romeo.changes("<item nick='Juliet' role='visitor'/>").await;
    juliet.sees(&["role='visitor'", "code='110'"]).await;
    juliet.says("m1", "may I?").await;
    juliet.sees(&["type='error'", "<forbidden", "id='m1'"]).await;
    romeo.changes("<item nick='Juliet' role='participant'/>").await;
    juliet.sees(&["role='participant'", "code='110'"]).await;
    juliet.says("m2", "now I may").await;
    romeo.sees(&["now I may"]).await;
    juliet.changes("<item nick='Romeo' role='visitor'/>").await;
    juliet.sees(&["type='error'", "<forbidden"]).await;
    romeo.changes("<item affiliation='admin' jid='juliet@example.org'/>").await;
    juliet.sees(&["affiliation='admin'"]).await;
    let mut paris = stage.client("paris").await;
    paris.enters("Paris").await;
    juliet.changes("<item nick='Paris' role='visitor'/>").await;
    paris.sees(&["role='visitor'", "code='110'"]).await;
    juliet.changes("<item nick='Romeo' role='visitor'/>").await;
    juliet.sees(&["type='error'", "<not-allowed"]).await;
}

#[tokio::test]
async fn newcomers_to_a_moderated_room_have_no_voice() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    romeo.enters("Romeo").await;
    romeo.sets_up(&[("moderatedroom", "1")]).await;
    let mut juliet = stage.client("juliet").await;
    let own = juliet.enters("Juliet").await;
    assert!(own.contains("role='visitor'"), "{own}");
    juliet.says("m1", "may I?").await;
    juliet.sees(&["type='error'", "<forbidden"]).await;
}

#[tokio::test]
async fn lists_name_people_and_are_for_those_who_manage() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let ask = |item: &str| {
        let query = format!("<query xmlns='http://jabber.org/protocol/muc#admin'>{item}</query>");
        format!("<iq type='get' id='l' to='{GARDEN}'>{query}</iq>")
    };
    romeo.send(&ask("<item affiliation='owner'/>")).await;
    romeo.sees(&["<item affiliation='owner' jid='romeo@example.org'/>"]).await;
    romeo.send(&ask("<item role='participant'/>")).await;
    romeo.sees(&["nick='Juliet'", "jid='juliet@example.org/desk'"]).await;
    for item in ["<item affiliation='outcast'/>", "<item affiliation='member'/>", "<item role='moderator'/>"]
    {
        juliet.send(&ask(item)).await;
        juliet.sees(&["type='error'", "<forbidden"]).await;
    }
    romeo.send(&ask("<item affiliation='king'/>")).await;
    romeo.sees(&["type='error'", "<bad-request"]).await;
}

#[tokio::test]
async fn settings_are_for_owners_and_everybody_inside_is_told_of_changes() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    juliet.asks_owner("<x xmlns='jabber:x:data' type='submit'/>").await;
    juliet.sees(&["type='error'", "<forbidden"]).await;
    romeo.sets_up(&[("roomname", "The garden"), ("publicroom", "0"), ("membersonly", "1")]).await;
    juliet.sees(&["code='104'"]).await;
    let disco = "http://jabber.org/protocol/disco#info";
    juliet.send(&format!("<iq type='get' id='d' to='{GARDEN}'><query xmlns='{disco}'/></iq>")).await;
    let info = juliet.sees(&["id='d'"]).await;
    for part in ["name='The garden'", "muc_membersonly", "muc_hidden", "muc_nonanonymous", "muc#roominfo"] {
        assert!(info.contains(part), "{part} is not in {info}");
    }
}

#[tokio::test]
async fn a_moderator_takes_out_a_message() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    juliet.says("m1", "rude").await;
    let message = romeo.sees(&["rude"]).await;
    let place = message.split("<stanza-id").nth(1).unwrap().split("id='").nth(1).unwrap();
    let place = place.split('\'').next().unwrap();
    let ask = |id: &str| {
        let retract = "<retract xmlns='urn:xmpp:message-retract:1'/><reason>rude</reason>";
        let moderate =
            format!("<moderate xmlns='urn:xmpp:message-moderate:1' id='{id}'>{retract}</moderate>");
        format!("<iq type='set' id='r' to='{GARDEN}'>{moderate}</iq>")
    };
    juliet.send(&ask(place)).await;
    juliet.sees(&["type='error'", "<forbidden"]).await;
    romeo.send(&ask(place)).await;
    let told = juliet.sees(&["<retract", "<moderated", "<reason>rude</reason>"]).await;
    assert!(told.contains(&format!("from='{GARDEN}' ")) && told.contains(&format!("id='{place}'")), "{told}");
    let mut nurse = stage.client("nurse").await;
    nurse.asks_to_enter("Nurse", "").await;
    nurse.sees(&["<subject"]).await;
    assert!(!nurse.seen.iter().any(|xml| xml.contains("<body>rude")));
}

#[tokio::test]
async fn a_room_that_is_ended_is_told_to_everybody_first() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    juliet.asks_owner("<destroy/>").await;
    juliet.sees(&["type='error'", "<forbidden"]).await;
    romeo.asks_owner("<destroy jid='hall@groups.example.org'><reason>the end</reason></destroy>").await;
    romeo.sees(&["type='unavailable'", "<destroy"]).await;
    romeo.sees(&["type='result'", "id='owner'"]).await;
    juliet
        .sees(&[
            "type='unavailable'",
            "<destroy jid='hall@groups.example.org'><reason>the end</reason></destroy>",
        ])
        .await;
    juliet.asks_to_enter("Juliet", "").await;
    juliet.sees(&["type='error'", "<gone"]).await;
}

#[tokio::test]
async fn who_is_invited_to_a_room_for_members_becomes_one_and_who_declines_does_not_stay_one() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    romeo.enters("Romeo").await;
    romeo.sets_up(&[("membersonly", "1")]).await;
    let (mut juliet, mut paris) = (stage.client("juliet").await, stage.client("paris").await);
    let user = "http://jabber.org/protocol/muc#user";
    let message = |inside: &str| format!("<message to='{GARDEN}'><x xmlns='{user}'>{inside}</x></message>");
    romeo.send(&message("<invite to='juliet@example.org'><reason>come</reason></invite>")).await;
    juliet
        .sees(&[&format!("from='{GARDEN}'"), "<invite from='romeo@example.org'", "<reason>come</reason>"])
        .await;
    juliet.enters("Juliet").await;
    assert_eq!(juliet.seen.iter().filter(|xml| xml.contains("<invite")).count(), 1);
    romeo.send(&message("<invite to='paris@example.org'/>")).await;
    paris.sees(&["<invite from='romeo@example.org'"]).await;
    paris.send(&message("<decline to='romeo@example.org'><reason>busy</reason></decline>")).await;
    romeo.sees(&["<decline from='paris@example.org'", "<reason>busy</reason>"]).await;
    paris.asks_to_enter("Paris", "").await;
    paris.sees(&["type='error'", "<registration-required"]).await;
}

#[tokio::test]
async fn directories_have_listed_rooms_and_ones_own() {
    let stage = Stage::new().await;
    let (mut romeo, _juliet) = garden(&stage).await;
    let mut paris = stage.client("paris").await;
    let ask = "<iq type='get' id='r' to='groups.example.org'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>";
    paris.send(ask).await;
    assert!(paris.sees(&["id='r'"]).await.contains(GARDEN));
    romeo.sets_up(&[("publicroom", "0")]).await;
    for (client, is_listed) in [(&mut paris, false), (&mut romeo, true)] {
        client.send(ask).await;
        assert_eq!(client.sees(&["id='r'"]).await.contains(GARDEN), is_listed);
    }
}

#[tokio::test]
async fn a_member_goes_for_good_and_becomes_one_again() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let ask = |inside: &str| {
        let query = format!("<query xmlns='jabber:iq:register'>{inside}</query>");
        format!("<iq type='set' id='g' to='{GARDEN}'>{query}</iq>")
    };
    juliet.send(&ask("<remove/>")).await;
    romeo.sees(&["type='unavailable'", "/Juliet'", "affiliation='none'"]).await;
    juliet.sees(&["type='unavailable'", "affiliation='none'", "code='110'"]).await;
    juliet.send(&ask("")).await;
    let get = format!("<iq type='get' id='h' to='{GARDEN}'><query xmlns='jabber:iq:register'/></iq>");
    juliet.send(&get).await;
    juliet.sees(&["id='h'", "<registered/>", "<username>juliet</username>"]).await;
    romeo.sets_up(&[("membersonly", "1")]).await;
    let mut paris = stage.client("paris").await;
    paris.send(&ask("")).await;
    paris.sees(&["type='error'", "<not-allowed"]).await;
    romeo.send(&ask("<remove/>")).await;
    romeo.sees(&["type='error'", "<conflict"]).await;
}

#[tokio::test]
async fn the_avatar_of_a_room_is_set_by_owners_and_known_to_everybody_inside() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    let set = |data: &str| {
        format!(
            "<iq type='set' id='v' to='{GARDEN}'><vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>{data}</BINVAL></PHOTO></vCard></iq>"
        )
    };
    juliet.send(&set("cm9zZQ==")).await;
    juliet.sees(&["type='error'", "<forbidden"]).await;
    romeo.send(&set("not base64")).await;
    romeo.sees(&["type='error'", "<bad-request"]).await;
    romeo.send(&set("cm9zZQ==")).await;
    let hash = "7b7074fca36fc89fb3f1e3c46d74f6ffe2477a09";
    juliet.sees(&["<presence", &format!("from='{GARDEN}'"), "vcard-temp:x:update", hash]).await;
    juliet.sees(&["code='104'"]).await;
    juliet.send(&format!("<iq type='get' id='g' to='{GARDEN}'><vCard xmlns='vcard-temp'/></iq>")).await;
    juliet.sees(&["type='result'", "id='g'", "<BINVAL>cm9zZQ==</BINVAL>"]).await;
    juliet
        .send(&format!(
            "<iq type='get' id='i' to='{GARDEN}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
        ))
        .await;
    juliet.sees(&["id='i'", "muc#roominfo_avatarhash", hash]).await;
    let mut nurse = stage.client("nurse").await;
    nurse.enters("Nurse").await;
    nurse.sees(&["<presence", &format!("from='{GARDEN}'"), hash]).await;
}

#[tokio::test]
async fn a_visitor_asks_for_voice_and_a_moderator_gives_it() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    romeo.sets_up(&[("moderatedroom", "1")]).await;
    romeo.changes("<item nick='Juliet' role='visitor'/>").await;
    juliet.sees(&["role='visitor'", "code='110'"]).await;
    let form = |kind: &str, fields: &str| {
        format!(
            "<message to='{GARDEN}'><x xmlns='jabber:x:data' type='{kind}'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field>{fields}</x></message>"
        )
    };
    juliet.send(&form("submit", "<field var='muc#role'><value>participant</value></field>")).await;
    romeo
        .sees(&["muc#request_allow", "<value>juliet@example.org/desk</value>", "<value>Juliet</value>"])
        .await;
    let allow = "<field var='muc#jid'><value>juliet@example.org/desk</value></field><field var='muc#request_allow'><value>1</value></field>";
    juliet.send(&form("submit", allow)).await;
    let rest = juliet.rest().await;
    assert!(!rest.iter().any(|xml| xml.contains("participant")), "nobody gives it to themselves: {rest:#?}");
    romeo.send(&form("submit", allow)).await;
    juliet.sees(&["role='participant'", "code='110'"]).await;
}

#[tokio::test]
async fn a_client_that_answers_with_an_error_is_taken_out() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = garden(&stage).await;
    juliet.send(&format!("<presence type='error' to='{GARDEN}/Juliet'/>")).await;
    for client in [&mut romeo, &mut juliet] {
        client.sees(&["type='unavailable'", "/Juliet'", "code='333'"]).await;
    }
}

#[tokio::test]
async fn the_fields_of_the_form_have_the_types_that_are_registered() {
    let stage = Stage::new().await;
    let (mut romeo, _juliet) = garden(&stage).await;
    let query = "<query xmlns='http://jabber.org/protocol/muc#owner'/>";
    romeo.send(&format!("<iq type='get' id='form' to='{GARDEN}'>{query}</iq>")).await;
    let form = romeo.sees(&["id='form'"]).await;
    let kind_of = |name: &str| {
        let name = format!("var='muc#roomconfig_{name}'");
        let field = form.split("<field ").find(|field| field.contains(&name)).unwrap();
        field.split("type='").nth(1).unwrap().split('\'').next().unwrap().to_owned()
    };
    for (name, kind) in [
        ("maxusers", "list-single"),
        ("membersonly", "boolean"),
        ("roomname", "text-single"),
        ("roomsecret", "text-private"),
        ("whois", "list-single"),
    ] {
        assert_eq!(kind_of(name), kind, "{name}");
    }
}
