use crate::{component::ComponentSecret, stage::Stage};

async fn stage() -> Stage {
    Stage::with(|settings| {
        let secret = "secret".to_owned().into();
        settings.components = vec![ComponentSecret { domain: "push.example".into(), secret }];
    })
    .await
}

#[tokio::test]
async fn accounts_say_that_they_can_be_notified() {
    let stage = stage().await;
    let mut romeo = stage.client("romeo").await;
    romeo.send("<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>").await;
    romeo.sees(&["id='d'", "var='urn:xmpp:push:0'"]).await;
}

#[tokio::test]
async fn a_registration_that_makes_no_sense_is_refused() {
    let stage = stage().await;
    let mut romeo = stage.client("romeo").await;
    let large = "x".repeat(1_024);
    for (attributes, inside, condition) in [
        ("", "", "bad-request"),
        ("jid=''", "", "jid-malformed"),
        ("jid='unknown.example'", "", "remote-server-not-found"),
        (&*format!("jid='push.example' node='{large}'"), "", "not-acceptable"),
        ("jid='push.example'", "<x xmlns='jabber:x:data' type='submit'/>", "bad-request"),
    ] {
        let enable = format!("<enable xmlns='urn:xmpp:push:0' {attributes}>{inside}</enable>");
        romeo.send(&format!("<iq type='set' id='e'>{enable}</iq>")).await;
        romeo.sees(&["id='e'", "type='error'", &format!("<{condition}")]).await;
    }
}

/// X60 of the catalogue of abuse: notifications that come back to the server itself.
#[tokio::test]
async fn x60_people_rooms_and_this_server_are_no_push_services() {
    let stage = stage().await;
    let mut romeo = stage.client("romeo").await;
    for jid in ["romeo@example.org", "example.org", "groups.example.org", "room@groups.example.org"] {
        romeo
            .send(&format!("<iq type='set' id='e'><enable xmlns='urn:xmpp:push:0' jid='{jid}'/></iq>"))
            .await;
        romeo.sees(&["id='e'", "type='error'", "<not-acceptable"]).await;
    }
}

#[tokio::test]
async fn one_device_has_so_many_registrations_and_they_end_together() {
    let stage = stage().await;
    let mut romeo = stage.client("romeo").await;
    let asked = |command: &str| format!("<iq type='set' id='e'><{command} xmlns='urn:xmpp:push:0' ");
    for node in 0..8 {
        romeo.send(&format!("{}jid='push.example' node='{node}'/></iq>", asked("enable"))).await;
        romeo.sees(&["id='e'", "type='result'"]).await;
    }
    let ninth = format!("{}jid='push.example' node='9'/></iq>", asked("enable"));
    romeo.send(&ninth).await;
    romeo.sees(&["id='e'", "<resource-constraint"]).await;
    romeo.send(&format!("{}jid='push.example'/></iq>", asked("disable"))).await;
    romeo.sees(&["id='e'", "type='result'"]).await;
    romeo.send(&ninth).await;
    romeo.sees(&["id='e'", "type='result'"]).await;
}
