//! Commands of administrators, and accounts made over XMPP, in the wrong hands.

use super::client::{Client, many, site, site_with, within};
use crate::client::{PASSWORD, Site};

const ADMIN: &str = "http://jabber.org/protocol/admin";

impl Client {
    async fn orders(&mut self, task: &str, attributes: &str, inside: &str) -> String {
        let node = format!("{ADMIN}#{task}");
        let command = format!(
            "<command xmlns='http://jabber.org/protocol/commands' node='{node}' {attributes}>{inside}</command>"
        );
        self.request(&format!("<iq type='set' id='ID' to='localhost'>{command}</iq>")).await
    }

    async fn registers(&mut self, name: &str) -> String {
        let fields = format!("<username>{name}</username><password>{PASSWORD}</password>");
        let query = format!("<query xmlns='jabber:iq:register'>{fields}</query>");
        self.request(&format!("<iq type='set' id='ID'>{query}</iq>")).await
    }

    async fn shows(&mut self, token: &str) -> String {
        let preauth = format!("<preauth xmlns='urn:xmpp:pars:0' token='{token}'/>");
        self.request(&format!("<iq type='set' id='ID'>{preauth}</iq>")).await
    }
}

fn accounts(jids: &str) -> String {
    format!("<x xmlns='jabber:x:data' type='submit'><field var='accountjids'>{jids}</field></x>")
}

/// Somebody who administers the server, having come with a link over XMPP.
async fn administrator(site: &Site) -> Client {
    let added = site.server.command(&["user", "add", "root", "--admin", "--invite"]);
    let link = added["invitation"].as_str().expect("a link");
    let mut root = Client::open(site).await;
    assert!(root.shows(link.rsplit('/').next().expect("a code")).await.starts_with(" from"));
    assert!(!root.registers("root").await.contains("<error"));
    root.sign_in("root").await;
    root.bind("office").await;
    root
}

#[tokio::test]
async fn x70_commands_of_administrators_are_forbidden_to_everybody_else() {
    let site = site().await;
    site.person("mallory").await;
    site.person("juliet").await;
    let mut root = administrator(&site).await;
    let mut mallory = Client::log_in(&site, "mallory", "lair").await;
    let juliet = accounts("<value>juliet@localhost</value>");
    let begun = root.orders("delete-user", "", "").await;
    let session = within(&begun, "sessionid='", "'").expect("a session");
    for (task, attributes) in [
        ("delete-user", String::new()),
        ("delete-user", format!("sessionid='{session}'")),
        ("add-user", "action='complete'".to_owned()),
        ("get-registered-users-list", String::new()),
    ] {
        let refused = mallory.orders(task, &attributes, &juliet).await;
        assert!(refused.contains("<forbidden"), "{task}: {refused}");
    }
    Client::log_in(&site, "juliet", "balcony").await;
    let done = root.orders("delete-user", &format!("sessionid='{session}'"), &juliet).await;
    assert!(done.contains("status='completed'"), "{done}");
    site.check_is_well().await;
}

#[tokio::test]
async fn x71_forms_beyond_all_measure_do_nothing() {
    let site = site().await;
    let mut root = administrator(&site).await;
    let begun = root.orders("disable-user", "", "").await;
    let session = format!("sessionid='{}'", within(&begun, "sessionid='", "'").expect("a session"));
    for values in [
        many(5_000, |_| "<value>root@localhost</value>".to_owned()),
        format!("<value>{}@localhost</value>", "a".repeat(100_000)),
        many(5_000, |_| "<value/>".to_owned()),
    ] {
        let refused = root.orders("disable-user", &session, &accounts(&values)).await;
        assert!(refused.contains("<error"), "{}", &refused[..200.min(refused.len())]);
    }
    let huge = format!("<value>{}</value>", "a".repeat(4 << 20));
    let command = format!(
        "<command xmlns='http://jabber.org/protocol/commands' node='{ADMIN}#disable-user' {session}>{}</command>",
        accounts(&huge)
    );
    root.send(format!("<iq type='set' id='huge' to='localhost'>{command}</iq>")).await;
    root.ends_with("policy-violation").await;
    site.check_is_well().await;
}

#[tokio::test]
async fn x72_sessions_that_are_begun_and_left_cost_nothing() {
    let site = site().await;
    let mut root = administrator(&site).await;
    let before = site.resident_mib().await;
    for _ in 0..2_000 {
        assert!(root.orders("delete-user", "", "").await.contains("status='executing'"));
    }
    for session in ["", "unknown", &"0".repeat(32), &"x".repeat(10_000)] {
        let refused = root.orders("delete-user", &format!("sessionid='{session}'"), "").await;
        assert!(refused.contains("<bad-sessionid"), "{refused}");
    }
    let grown = site.resident_mib().await - before;
    assert!(grown < 8.0, "{grown} MiB");
    assert!(site.metric("parlance_xmpp_commands_forgotten_total").await >= 1_900.0);
}

#[tokio::test]
async fn x73_accounts_are_not_made_by_the_hundred() {
    let site = site_with(&[
        ("PARLANCE__LIMITS__ENABLED", "true"),
        ("PARLANCE__LIMITS__RATES__REGISTER__BURST", "3"),
        ("PARLANCE__LIMITS__RATES__REGISTER__REFILL", "1h"),
    ])
    .await;
    let (mut made, mut waits) = (0, 0);
    for number in 0..10 {
        let mut stranger = Client::open(&site).await;
        let answer = stranger.registers(&format!("bot{number}")).await;
        made += usize::from(!answer.contains("<error"));
        waits += usize::from(answer.contains("<error type='wait'"));
    }
    assert_eq!((made, waits), (3, 7));
    site.check_is_well().await;
}

#[tokio::test]
async fn x73_one_stream_does_not_guess_for_ever() {
    let site = site_with(&[("PARLANCE__REGISTRATION__MODE", "invite")]).await;
    let mut stranger = Client::open(&site).await;
    for number in 0..5 {
        let answer = stranger.shows(&format!("{number:026}")).await;
        assert!(answer.contains("<item-not-found"), "{answer}");
    }
    stranger.send("<iq type='set' id='6'><preauth xmlns='urn:xmpp:pars:0' token='x'/></iq>").await;
    stranger.ends_with("policy-violation").await;
}

#[tokio::test]
async fn h15_without_an_invitation_names_that_are_taken_look_like_others() {
    let site = site_with(&[("PARLANCE__REGISTRATION__MODE", "invite")]).await;
    let mut root = administrator(&site).await;
    root.settle().await;
    let mut answers = Vec::new();
    for name in ["root", "nobody"] {
        let mut stranger = Client::open(&site).await;
        answers.push(stranger.registers(name).await);
    }
    assert!(answers[0].contains("<not-allowed") && answers[0] == answers[1], "{answers:?}");
}
