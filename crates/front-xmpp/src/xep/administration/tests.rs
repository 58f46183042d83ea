use super::*;
use crate::stage::{Client, PASSWORD, Stage};
use parlance_core::id::PrincipalId;
use parlance_hub::{HubError, IdentityRefusal};
use std::net::{IpAddr, Ipv4Addr};

const JULIET: &[&str] = &["juliet@example.org"];

impl Client {
    /// Runs a command of administration.
    async fn administers(&mut self, node: &str, fields: &[(&str, &[&str])]) -> String {
        self.runs(&format!("{ADMIN}#{node}"), fields).await
    }

    /// The same, when it has to succeed.
    async fn has_done(&mut self, node: &str, fields: &[(&str, &[&str])]) -> String {
        let done = self.administers(node, fields).await;
        assert!(done.contains("status='completed'"), "{node}: {done}");
        done
    }
}

impl Stage {
    async fn can_sign_in(&self, name: &str, password: &str) -> Result<PrincipalId, IdentityRefusal> {
        let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
        match self.xmpp.hub.check_password(name, &password.into(), peer).await {
            Ok(who) => Ok(who.id),
            Err(HubError::Identity(refusal)) => Err(refusal),
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn an_account_that_an_administrator_adds_signs_in() {
    let stage = Stage::new().await;
    let mut root = stage.administrator("root").await;
    let with = |again| {
        vec![("accountjid", JULIET), ("password", &["battery staple"][..]), ("password-verify", again)]
    };
    let differs = root.administers("add-user", &with(&["battery stable"])).await;
    assert!(differs.contains("<not-acceptable"), "{differs}");
    root.has_done("add-user", &with(&["battery staple"])).await;
    assert!(stage.can_sign_in("juliet", "battery staple").await.is_ok());
    let taken = root.administers("add-user", &with(&["battery staple"])).await;
    assert!(taken.contains("<conflict"), "{taken}");
}

#[tokio::test]
async fn an_account_that_cannot_be_is_not_added() {
    let mut root = Stage::new().await.administrator("root").await;
    for (jid, password, expected) in [
        ("juliet@example.org", "short", "<not-acceptable"),
        ("juliet@example.org", "", "<not-acceptable"),
        ("juliet@elsewhere.example", PASSWORD, "<item-not-found"),
        ("example.org", PASSWORD, "<item-not-found"),
        ("garden@groups.example.org", PASSWORD, "<item-not-found"),
        ("jul iet@example.org", PASSWORD, "<jid-malformed"),
        (".juliet@example.org", PASSWORD, "<not-acceptable"),
        ("", PASSWORD, "<not-acceptable"),
    ] {
        let refused =
            root.administers("add-user", &[("accountjid", &[jid]), ("password", &[password])]).await;
        assert!(refused.contains(expected), "{jid:?} {password:?}: {refused}");
    }
}

#[tokio::test]
async fn accounts_are_disabled_enabled_and_removed() {
    let stage = Stage::new().await;
    let (mut root, _juliet) = (stage.administrator("root").await, stage.client("juliet").await);
    root.has_done("disable-user", &[("accountjids", JULIET)]).await;
    assert_eq!(stage.can_sign_in("juliet", PASSWORD).await, Err(IdentityRefusal::AccountDisabled));
    let numbers = root.has_done("get-disabled-users-num", &[]).await;
    assert!(numbers.contains("var='disabledusersnum'") && numbers.contains("<value>1</value>"), "{numbers}");
    let list = root.has_done("get-disabled-users-list", &[("max_items", &["25"])]).await;
    assert!(list.contains("<value>juliet@example.org</value>"), "{list}");
    root.has_done("reenable-user", &[("accountjids", JULIET)]).await;
    assert!(stage.can_sign_in("juliet", PASSWORD).await.is_ok());
    root.has_done("delete-user", &[("accountjids", JULIET)]).await;
    assert_eq!(stage.can_sign_in("juliet", PASSWORD).await, Err(IdentityRefusal::WrongCredentials));
    let gone = root.administers("reenable-user", &[("accountjids", JULIET)]).await;
    assert!(gone.contains("<item-not-found"), "{gone}");
}

#[tokio::test]
async fn nothing_is_done_to_anybody_when_one_of_them_is_not_there() {
    let stage = Stage::new().await;
    let (mut root, _juliet) = (stage.administrator("root").await, stage.client("juliet").await);
    let both: &[&str] = &["juliet@example.org", "nobody@example.org"];
    let refused = root.administers("disable-user", &[("accountjids", both)]).await;
    assert!(refused.contains("<item-not-found"), "{refused}");
    assert!(stage.can_sign_in("juliet", PASSWORD).await.is_ok());
    let many = vec!["juliet@example.org"; ACCOUNTS_MAX + 1];
    let refused = root.administers("disable-user", &[("accountjids", &many)]).await;
    assert!(refused.contains("<not-acceptable"), "{refused}");
}

#[tokio::test]
async fn one_session_ends_or_all() {
    let stage = Stage::new().await;
    let (mut root, juliet) = (stage.administrator("root").await, stage.client("juliet").await);
    let phone = stage.another_client(&juliet.who, "phone").await;
    let hub = &stage.xmpp.hub;
    root.has_done("end-user-session", &[("accountjids", &["juliet@example.org/phone"])]).await;
    assert!(hub.check_device(phone.seat().caller).await.is_err());
    assert!(hub.check_device(juliet.seat().caller).await.is_ok());
    let unknown =
        root.administers("end-user-session", &[("accountjids", &["juliet@example.org/lamp"])]).await;
    assert!(unknown.contains("<item-not-found"), "{unknown}");
    root.has_done("end-user-session", &[("accountjids", JULIET)]).await;
    assert!(hub.check_device(juliet.seat().caller).await.is_err());
    assert!(stage.can_sign_in("juliet", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_password_that_an_administrator_sets_is_the_only_one() {
    let stage = Stage::new().await;
    let (mut root, juliet) = (stage.administrator("root").await, stage.client("juliet").await);
    let fields: &[(&str, &[&str])] = &[("accountjid", JULIET), ("password", &["battery staple"])];
    root.has_done("change-user-password", fields).await;
    assert!(stage.can_sign_in("juliet", PASSWORD).await.is_err());
    assert!(stage.can_sign_in("juliet", "battery staple").await.is_ok());
    assert!(stage.xmpp.hub.check_device(juliet.seat().caller).await.is_err());
}

#[tokio::test]
async fn administrators_see_when_somebody_was_here_and_how_much_they_have() {
    let stage = Stage::new().await;
    let (mut root, juliet) = (stage.administrator("root").await, stage.client("juliet").await);
    let hub = &stage.xmpp.hub;
    hub.set_contact(juliet.seat().caller, root.who.id, String::new(), false).await.unwrap();
    let seen = root.has_done("get-user-lastlogin", &[("accountjid", JULIET)]).await;
    let at = seen.split("var='lastlogin'").nth(1).unwrap().split("<value>").nth(1).unwrap();
    let at = parlance_xmpp::write::parse_date_time(at.split('<').next().unwrap()).expect("a moment");
    assert!(hub.now().0.abs_diff(at.unsigned_abs()) < 60_000, "{seen}");
    let statistics = root.has_done("user-stats", &[("accountjid", JULIET)]).await;
    let size = "var='rostersize' type='text-single' label='Contacts'><value>1</value>";
    assert!(statistics.contains(size) && statistics.contains("<value>desk</value>"), "{statistics}");
    let never = root.has_done("get-user-lastlogin", &[("accountjids", &["juliet@example.org"])]).await;
    assert!(never.contains("lastlogin"), "{never}");
    let nobody = root.administers("user-stats", &[("accountjid", &["nobody@example.org"])]).await;
    assert!(nobody.contains("<item-not-found"), "{nobody}");
}

#[tokio::test]
async fn users_are_counted_and_listed_within_bounds() {
    let stage = Stage::new().await;
    let (mut root, juliet) = (stage.administrator("root").await, stage.client("juliet").await);
    let value = |done: &str| done.matches("<value>").count() - 1;
    let registered = root.has_done("get-registered-users-num", &[]).await;
    assert!(registered.contains("<value>2</value>"), "{registered}");
    assert!(root.has_done("get-online-users-num", &[]).await.contains("<value>2</value>"));
    assert_eq!(value(&root.has_done("get-online-users-list", &[]).await), 2);
    juliet.hang_up().await;
    let online = root.has_done("get-online-users-list", &[("max_items", &["none"])]).await;
    assert!(!online.contains("juliet") && online.contains("root@example.org"), "{online}");
    assert_eq!(value(&root.has_done("get-registered-users-list", &[("max_items", &["1"])]).await), 1);
    let odd = root.administers("get-registered-users-list", &[("max_items", &["many"])]).await;
    assert!(odd.contains("<not-acceptable"), "{odd}");
}
