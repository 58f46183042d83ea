use super::*;
use crate::{
    stage::{Client, PASSWORD, Stage},
    xep::commands::COMMANDS as LIST,
};
use parlance_hub::{Registration, identity::Register};
use std::net::{IpAddr, Ipv4Addr};

const INVITE: &str = "urn:xmpp:invite#invite";
const CREATE: &str = "urn:xmpp:invite#create-account";

impl Client {
    async fn is_offered(&mut self) -> String {
        let query = format!("<query xmlns='http://jabber.org/protocol/disco#items' node='{LIST}'/>");
        self.send(&format!("<iq type='get' id='offered' to='example.org'>{query}</iq>")).await;
        self.sees(&["id='offered'"]).await
    }
}

/// The value of a field in an answer.
fn value(answer: &str, name: &str) -> String {
    let field = answer.split(&format!("var='{name}'")).nth(1).expect(name);
    field.split("<value>").nth(1).unwrap().split("</value>").next().unwrap().to_owned()
}

async fn in_mode(registration: Registration) -> Stage {
    Stage::with_hub(|settings| settings.registration = registration, |_| {}).await
}

async fn register(stage: &Stage, name: &str, code: &str) -> bool {
    let request = Register {
        name: name.into(),
        password: PASSWORD.into(),
        display_name: None,
        invitation: Some(code.into()),
        device_name: String::new(),
        peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    stage.xmpp.hub.register_account(request).await.is_ok()
}

/// XEP-0401 section 5.1.
#[tokio::test]
async fn an_invitation_is_a_link_for_clients_and_one_for_browsers() {
    let stage = in_mode(Registration::Invite).await;
    let mut romeo = stage.client("romeo").await;
    let answer = romeo.runs(INVITE, &[]).await;
    assert!(answer.contains("status='completed'"), "{answer}");
    assert!(answer.contains("<value>urn:xmpp:invite#invitation</value>"), "{answer}");
    let uri = value(&answer, "uri");
    let code = uri.strip_prefix("xmpp:romeo@example.org?roster;preauth=").expect("for romeo");
    let code = code.strip_suffix(";ibr=y").expect("an account can be made");
    assert_eq!(value(&answer, "landing-url"), format!("https://example.org/invite/{code}"));
    let ends_at = parlance_xmpp::write::parse_date_time(&value(&answer, "expire")).expect("a moment");
    let week = ends_at.unsigned_abs() - stage.xmpp.hub.now().0;
    assert!(week.abs_diff(u64::from(EXPIRES_IN_S) * 1_000) < 60_000, "{week}");
    assert!(register(&stage, "juliet", code).await);
    romeo.sees(&["<presence", "type='subscribed'", "juliet@example.org"]).await;
}

/// XEP-0401 section 5.5: who invites hears of the new account at once.
#[tokio::test]
async fn who_invites_is_pushed_the_new_contact() {
    let stage = in_mode(Registration::Invite).await;
    let mut romeo = stage.client("romeo").await;
    romeo.asks_for_roster().await;
    let uri = value(&romeo.runs(INVITE, &[]).await, "uri");
    let code = uri.split(['=', ';']).nth(2).unwrap().to_owned();
    assert!(register(&stage, "juliet", &code).await);
    romeo.sees(&["<iq", "type='set'", "jid='juliet@example.org'", "subscription='both'"]).await;
}

#[tokio::test]
async fn only_those_who_may_invite_are_offered_to() {
    let stage = in_mode(Registration::Closed).await;
    let (mut root, mut romeo) = (stage.administrator("root").await, stage.client("romeo").await);
    assert!(romeo.is_offered().await.ends_with("/></iq>"), "nothing at all");
    assert!(romeo.runs(INVITE, &[]).await.contains("<forbidden"));
    assert!(romeo.runs(CREATE, &[]).await.contains("<forbidden"));
    let offered = root.is_offered().await;
    assert!(offered.contains(INVITE) && offered.contains(CREATE), "{offered}");
    assert!(root.runs(INVITE, &[]).await.contains("status='completed'"));
}

#[tokio::test]
async fn nobody_has_more_than_a_hundred_invitations() {
    let stage = in_mode(Registration::Invite).await;
    let mut romeo = stage.client("romeo").await;
    for _ in 0..parlance_hub::identity::INVITATIONS_MAX {
        assert!(romeo.runs(INVITE, &[]).await.contains("status='completed'"));
    }
    assert!(romeo.runs(INVITE, &[]).await.contains("<resource-constraint"));
}

/// XEP-0401 section 5.4.
#[tokio::test]
async fn an_administrator_invites_to_an_account_by_name() {
    let stage = in_mode(Registration::Closed).await;
    let mut root = stage.administrator("root").await;
    let answer = root.runs(CREATE, &[("username", &["Juliet"]), ("roster-subscription", &["true"])]).await;
    let uri = value(&answer, "uri");
    let code = uri.strip_prefix("xmpp:juliet@example.org?register;preauth=").expect("for juliet").to_owned();
    assert!(!register(&stage, "romeo", &code).await);
    assert!(register(&stage, "juliet", &code).await);
    let juliet = stage.xmpp.hub.person_at("juliet").await.unwrap().id;
    assert!(stage.xmpp.hub.contact(root.who.id, juliet).await.unwrap().is_listed);
    assert!(root.runs(CREATE, &[("username", &["juliet"])]).await.contains("<conflict"));
    assert!(root.runs(CREATE, &[("username", &["not a name"])]).await.contains("<not-acceptable"));
}

#[tokio::test]
async fn an_administrator_invites_to_an_account_of_any_name() {
    let stage = in_mode(Registration::Closed).await;
    let mut root = stage.administrator("root").await;
    let uri = value(&root.runs(CREATE, &[("username", &[""])]).await, "uri");
    let code = uri.strip_prefix("xmpp:example.org?register;preauth=").expect("for anybody");
    assert!(register(&stage, "juliet", code).await);
    let juliet = stage.xmpp.hub.person_at("juliet").await.unwrap().id;
    assert!(!stage.xmpp.hub.contact(root.who.id, juliet).await.unwrap().is_listed);
}
