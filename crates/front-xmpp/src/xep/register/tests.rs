use super::*;
use crate::stage::{PASSWORD, Stage};
use parlance_core::bucket::Rate;
use parlance_hub::{
    HubError, HubSettings, IdentityRefusal,
    identity::{NewInvitation, Newcomer},
    limits::LimitSettings,
};
use parlance_xmpp::{Framed, Limits};
use std::net::Ipv4Addr;

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const FORM: &str = "<iq type='get' id='form'><query xmlns='jabber:iq:register'/></iq>";

/// Somebody who has connected and not signed in.
struct Stranger<'s> {
    stage: &'s Stage,
    login: Login,
}

impl Stage {
    async fn in_mode(registration: Registration) -> Self {
        Self::with_hub(|settings| settings.registration = registration, |_| {}).await
    }

    fn stranger(&self) -> Stranger<'_> {
        Stranger { stage: self, login: Login::default() }
    }

    async fn sign_in(&self, name: &str, password: &str) -> Result<(), HubError> {
        self.xmpp.hub.check_password(name, &password.into(), HOME).await.map(drop)
    }
}

impl Stranger<'_> {
    async fn says(&mut self, iq: &str) -> String {
        let xml = iq.replacen(' ', " xmlns='jabber:client' ", 1);
        let mut framed = Framed::new(Limits::default());
        let stanza = framed.read(xml.as_bytes()).unwrap();
        let (answer, is_refused) = answer(&self.stage.xmpp, HOME, &mut self.login, &stanza).await;
        assert_eq!(is_refused, answer.contains("type='error'"), "{answer}");
        answer
    }

    async fn registers(&mut self, name: &str, password: &str) -> String {
        let fields = format!("<username>{name}</username><password>{password}</password>");
        let query = format!("<query xmlns='jabber:iq:register'>{fields}</query>");
        self.says(&format!("<iq type='set' id='register'>{query}</iq>")).await
    }

    async fn shows(&mut self, token: &str) -> String {
        let preauth = format!("<preauth xmlns='urn:xmpp:pars:0' token='{token}'/>");
        self.says(&format!("<iq type='set' id='preauth' to='example.org'>{preauth}</iq>")).await
    }
}

fn features(registration: Registration) -> String {
    let mut xml = Writer::new();
    write_features(registration, &mut xml);
    xml.finish()
}

#[test]
fn registration_is_offered_where_it_is_possible() {
    let token = "<register xmlns='urn:xmpp:ibr-token:0'/>";
    let both = format!("{token}<register xmlns='http://jabber.org/features/iq-register'/>");
    assert_eq!(features(Registration::Open), both);
    assert_eq!(features(Registration::Invite), both);
    assert_eq!(features(Registration::Closed), token);
}

/// XEP-0077 section 3.1.
#[tokio::test]
async fn where_registration_is_open_anybody_makes_an_account() {
    let stage = Stage::in_mode(Registration::Open).await;
    let mut bill = stage.stranger();
    let form = bill.says(FORM).await;
    assert!(form.contains("<username></username><password></password>"), "{form}");
    assert_eq!(
        bill.registers("Bill", PASSWORD).await,
        "<iq type='result' id='register' from='example.org'/>"
    );
    assert!(stage.sign_in("bill", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn where_registration_is_closed_nobody_does() {
    let stage = Stage::in_mode(Registration::Closed).await;
    let mut bill = stage.stranger();
    assert!(bill.says(FORM).await.contains("<service-unavailable"));
    assert!(bill.registers("bill", PASSWORD).await.contains("<not-allowed"));
    assert!(stage.sign_in("bill", PASSWORD).await.is_err());
}

/// XEP-0445 section 4.
#[tokio::test]
async fn an_invitation_makes_one_account_whoever_may_make_them() {
    for registration in [Registration::Closed, Registration::Invite] {
        let stage = Stage::in_mode(registration).await;
        let root = stage.administrator("root").await;
        let new = NewInvitation { uses: 1, expires_in_s: 60, makes_contact: true };
        let invitation = stage.xmpp.hub.create_invitation(root.seat().caller, new).await.unwrap();
        let code = invitation.code.expose();
        let mut bill = stage.stranger();
        assert!(bill.registers("bill", PASSWORD).await.contains("<not-allowed"));
        assert_eq!(bill.shows(code).await, "<iq type='result' id='preauth' from='example.org'/>");
        assert!(bill.says(FORM).await.contains("Choose a name"));
        assert!(bill.registers("bill", PASSWORD).await.contains("type='result'"));
        assert!(bill.registers("will", PASSWORD).await.contains("<not-allowed"), "a second one");
        assert!(stage.stranger().shows(code).await.contains("<item-not-found"), "it is used up");
        let bill = stage.xmpp.hub.person_at("bill").await.unwrap().id;
        assert!(stage.xmpp.hub.contact(root.who.id, bill).await.unwrap().is_listed);
    }
}

#[tokio::test]
async fn an_invitation_by_name_fills_in_the_name() {
    let stage = Stage::in_mode(Registration::Closed).await;
    let new = Newcomer { name: Some("juliet".into()), ..Newcomer::default() };
    let (code, _) = stage.xmpp.hub.administration().invite(new).await.unwrap();
    let mut stranger = stage.stranger();
    stranger.shows(code.expose()).await;
    assert!(stranger.says(FORM).await.contains("<username>juliet</username>"));
    assert!(stranger.registers("romeo", PASSWORD).await.contains("<not-allowed"));
    assert!(stranger.registers("juliet", PASSWORD).await.contains("type='result'"));
}

#[tokio::test]
async fn without_an_invitation_nobody_learns_which_names_are_taken() {
    let stage = Stage::in_mode(Registration::Invite).await;
    stage.client("juliet").await;
    let taken = stage.stranger().registers("juliet", PASSWORD).await;
    assert_eq!(taken, stage.stranger().registers("nobody", PASSWORD).await);
    let mut stranger = stage.stranger();
    assert!(stranger.shows("00000-00000").await.contains("<item-not-found"));
    assert_eq!(taken, stranger.registers("juliet", PASSWORD).await);
}

#[tokio::test]
async fn every_name_that_cannot_be_had_is_refused_alike() {
    let stage = Stage::in_mode(Registration::Open).await;
    for name in ["here", "disabled", "removed"] {
        stage.client(name).await;
    }
    let administration = stage.xmpp.hub.administration();
    administration.disable("disabled").await.unwrap();
    administration.remove("removed").await.unwrap();
    administration.invite(Newcomer { name: Some("invited".into()), ..Newcomer::default() }).await.unwrap();
    let refused = stage.stranger().registers("here", PASSWORD).await;
    assert!(refused.contains("<conflict"), "{refused}");
    for name in ["disabled", "removed", "invited"] {
        assert_eq!(stage.stranger().registers(name, PASSWORD).await, refused, "{name}");
    }
}

#[tokio::test]
async fn requests_for_an_account_that_make_no_sense_are_refused_by_name() {
    let stage = Stage::in_mode(Registration::Open).await;
    let query = |inside: &str| {
        format!("<iq type='set' id='1'><query xmlns='jabber:iq:register'>{inside}</query></iq>")
    };
    for (iq, expected) in [
        (query(""), "<not-acceptable"),
        (query("<username>bill</username>"), "<not-acceptable"),
        (query("<username>bill</username><password/>"), "<not-acceptable"),
        (query("<username>bill</username><password>short</password>"), "<not-acceptable"),
        (query("<username>b ill</username><password>correct horse</password>"), "<not-acceptable"),
        (query("<remove/>"), "<unexpected-request"),
        (FORM.replace("id='form'", "id='1' to='elsewhere.example'"), "<service-unavailable"),
        (FORM.replace(" id='form'", ""), "<bad-request"),
        (
            "<iq type='get' id='1'><preauth xmlns='urn:xmpp:pars:0' token='a'/></iq>".to_owned(),
            "<bad-request",
        ),
        ("<iq type='set' id='1'><preauth xmlns='urn:xmpp:pars:0'/></iq>".to_owned(), "<bad-request"),
        (FORM.replace("<query", "<ping xmlns='urn:xmpp:ping'/><query"), "<bad-request"),
    ] {
        let refused = stage.stranger().says(&iq).await;
        assert!(refused.contains(expected), "{iq}: {refused}");
    }
}

#[tokio::test]
async fn a_network_address_that_makes_many_accounts_waits() {
    let set_up = |settings: &mut HubSettings| {
        let registration = Rate { burst: 2, refill_ms: 60_000 };
        settings.limits = LimitSettings { registration, ..LimitSettings::default() };
    };
    let stage = Stage::with_hub(set_up, |_| {}).await;
    for name in ["one", "two"] {
        assert!(stage.stranger().registers(name, PASSWORD).await.contains("type='result'"));
    }
    let refused = stage.stranger().registers("three", PASSWORD).await;
    assert!(refused.contains("<error type='wait'") && refused.contains("<policy-violation"), "{refused}");
}

const OWN: &str = "<iq type='set' id='own'><query xmlns='jabber:iq:register'>INSIDE</query></iq>";
const NEW_PASSWORD: &str = "<username>juliet</username><password>battery staple</password>";

/// XEP-0077 section 3.3.
#[tokio::test]
async fn who_proved_the_password_changes_it() {
    let stage = Stage::new().await;
    let mut juliet = stage.client("juliet").await;
    juliet.send(&OWN.replace("INSIDE", NEW_PASSWORD)).await;
    juliet.sees(&["id='own'", "<not-authorized"]).await;
    juliet.seat().with(|state| state.has_proved_password = true);
    for (inside, expected) in [
        ("<username>romeo</username><password>battery staple</password>", "<forbidden"),
        ("<username>juliet</username><password/>", "<bad-request"),
        ("<username>juliet</username><password>short</password>", "<not-acceptable"),
    ] {
        juliet.send(&OWN.replace("INSIDE", inside)).await;
        juliet.sees(&["id='own'", expected]).await;
    }
    assert!(stage.sign_in("juliet", PASSWORD).await.is_ok());
    juliet.send(&OWN.replace("INSIDE", NEW_PASSWORD)).await;
    juliet.sees(&["id='own'", "type='result'"]).await;
    assert!(stage.sign_in("juliet", "battery staple").await.is_ok());
    juliet.send(FORM).await;
    juliet.sees(&["id='form'", "<registered/>", "<username>juliet</username>"]).await;
}

/// XEP-0077 section 3.2.
#[tokio::test]
async fn who_proved_the_password_removes_the_account() {
    let stage = Stage::new().await;
    let mut juliet = stage.client("juliet").await;
    juliet.send(&OWN.replace("INSIDE", "<remove/>")).await;
    juliet.sees(&["id='own'", "<not-allowed"]).await;
    juliet.seat().with(|state| state.has_proved_password = true);
    juliet.send(&OWN.replace("INSIDE", "<remove/><username>juliet</username>")).await;
    juliet.sees(&["id='own'", "<bad-request"]).await;
    juliet.send(&OWN.replace("INSIDE", "<remove/>")).await;
    juliet.sees(&["id='own'", "type='result'"]).await;
    let gone = stage.sign_in("juliet", PASSWORD).await;
    assert!(matches!(gone, Err(HubError::Identity(IdentityRefusal::WrongCredentials))));
}
