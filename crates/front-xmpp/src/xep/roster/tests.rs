use crate::{
    presence::tests::friends,
    pubsub::node::Pep,
    stage::{Client, Stage},
};
use parlance_hub::usecase::NewItem;

impl Client {
    async fn sets(&mut self, item: &str) {
        let query = format!("<query xmlns='jabber:iq:roster'>{item}</query>");
        self.send(&format!("<iq type='set' id='set'>{query}</iq>")).await;
    }
}

#[tokio::test]
async fn a_contact_is_pushed_to_every_client_that_asked_for_the_roster() {
    let stage = Stage::new().await;
    let (mut desk, _juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    let mut phone = stage.another_client(&desk.who.clone(), "phone").await;
    let mut other = stage.another_client(&desk.who.clone(), "other").await;
    desk.asks_for_roster().await;
    phone.asks_for_roster().await;
    desk.sets("<item jid='juliet@example.org' name='J &amp; C'><group>B</group><group>A</group></item>")
        .await;
    desk.sees(&["id='set'", "type='result'"]).await;
    for client in [&mut desk, &mut phone] {
        let push = client.sees(&["<iq", "type='set'", "jid='juliet@example.org'", "ver='"]).await;
        assert!(push.contains("name='J &amp; C'") && push.contains("<group>A</group><group>B</group>"));
    }
    let roster = phone.asks_for_roster().await;
    assert!(roster.contains("jid='juliet@example.org'") && roster.contains("subscription='none'"));
    desk.sets("<item jid='juliet@example.org' subscription='remove'/>").await;
    phone.sees(&["<iq", "type='set'", "subscription='remove'"]).await;
    assert!(!phone.asks_for_roster().await.contains("juliet"));
    let rest = other.rest().await;
    assert!(!rest.iter().any(|xml| xml.contains("jabber:iq:roster")), "it did not ask: {rest:#?}");
}

#[tokio::test]
async fn a_contact_made_with_another_program_is_pushed_too() {
    let stage = Stage::new().await;
    let (mut romeo, juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    romeo.asks_for_roster().await;
    let (caller, hub) = (romeo.seat().caller, &stage.xmpp.hub);
    hub.set_contact(caller, juliet.who.id, "Juliet".into(), false).await.unwrap();
    romeo.sees(&["<iq", "type='set'", "name='Juliet'"]).await;
}

#[tokio::test]
async fn a_roster_set_that_is_not_as_the_standard_says_is_refused() {
    let stage = Stage::new().await;
    let (mut romeo, _juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    let juliet = "jid='juliet@example.org'";
    for (wrong, condition) in [
        (String::new(), "bad-request"),
        (format!("<item {juliet}/><item {juliet}/>"), "bad-request"),
        ("<item name='J'/>".to_owned(), "bad-request"),
        (format!("<item {juliet}><group>A</group><group>A</group></item>"), "bad-request"),
        (format!("<item {juliet}><group/></item>"), "not-acceptable"),
        (format!("<item {juliet} name='{}'/>", "x".repeat(2_000)), "not-acceptable"),
        ("<item jid='romeo@example.org'/>".to_owned(), "not-allowed"),
        ("<item jid='a@b@c'/>".to_owned(), "jid-malformed"),
        ("<item jid='nobody@example.org' subscription='remove'/>".to_owned(), "item-not-found"),
        (format!("<item jid='nobody@example.org' name='{}'/>", "x".repeat(2_000)), "not-acceptable"),
        (format!("<item {juliet} subscription='remove'/>"), "item-not-found"),
    ] {
        romeo.sets(&wrong).await;
        let answer = romeo.sees(&["id='set'"]).await;
        assert!(answer.contains(&format!("<{condition}")), "{wrong}: {answer}");
    }
}

#[tokio::test]
async fn the_roster_of_somebody_else_is_forbidden() {
    let stage = Stage::new().await;
    let (mut romeo, _juliet) = friends(&stage).await;
    let item = "<query xmlns='jabber:iq:roster'><item jid='romeo@example.org'/></query>";
    for kind in ["get", "set"] {
        romeo.send(&format!("<iq type='{kind}' id='theirs' to='juliet@example.org'>{item}</iq>")).await;
        romeo.sees(&["id='theirs'", "<forbidden"]).await;
    }
}

#[tokio::test]
async fn the_roster_is_sent_only_when_it_has_changed() {
    let stage = Stage::new().await;
    let (mut romeo, _juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    romeo.asks_for_roster().await;
    romeo.sets("<item jid='juliet@example.org'/>").await;
    let push = romeo.sees(&["<iq", "type='set'", "ver='"]).await;
    let version = push.split("ver='").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    let ask = |version: &str| {
        format!("<iq type='get' id='ver'><query xmlns='jabber:iq:roster' ver='{version}'/></iq>")
    };
    romeo.send(&ask(&version)).await;
    assert!(!romeo.sees(&["id='ver'", "type='result'"]).await.contains("<query"));
    for unknown in ["", "9-0", "1-900", "what"] {
        romeo.send(&ask(unknown)).await;
        assert!(romeo.sees(&["id='ver'", "type='result'"]).await.contains("juliet"), "{unknown}");
    }
    romeo.send(&ask("1-0")).await;
    assert!(!romeo.sees(&["id='ver'", "type='result'"]).await.contains("<query"));
    romeo.sees(&["<iq", "type='set'", "jid='juliet@example.org'", &format!("ver='{version}'")]).await;
    romeo.sets("<item jid='juliet@example.org' subscription='remove'/>").await;
    romeo.send(&ask("1-0")).await;
    assert!(romeo.sees(&["id='ver'", "type='result'"]).await.contains("<query"), "somebody was removed");
}

#[tokio::test]
async fn contacts_on_other_servers_and_without_an_account_are_kept_until_they_are_removed() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    let mut phone = stage.another_client(&romeo.who.clone(), "phone").await;
    phone.asks_for_roster().await;
    for address in ["tybalt@capulet.example", "transport.example", "nobody@example.org"] {
        romeo.sets(&format!("<item jid='{address}' name='T &amp; C'><group>A</group></item>")).await;
        romeo.sees(&["id='set'", "type='result'"]).await;
        let jid = format!("jid='{address}'");
        for seen in [phone.sees(&["<iq", "type='set'", &jid]).await, romeo.asks_for_roster().await] {
            assert!(seen.contains("name='T &amp; C' subscription='none'><group>A</group>"), "{seen}");
        }
        romeo.sets(&format!("<item {jid} subscription='remove'/>")).await;
        romeo.sees(&["id='set'", "type='result'"]).await;
        phone.sees(&["<iq", "type='set'", &jid, "subscription='remove'"]).await;
        assert!(!romeo.asks_for_roster().await.contains(address));
    }
}

#[tokio::test]
async fn who_was_asked_on_another_server_stays_asked() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    romeo.asks_for_roster().await;
    romeo.send("<presence to='tybalt@capulet.example' type='subscribe'/>").await;
    romeo.sees(&["<presence", "<remote-server-not-found"]).await;
    romeo.sees(&["<iq", "jid='tybalt@capulet.example'", "ask='subscribe'"]).await;
    romeo.sets("<item jid='tybalt@capulet.example' name='T'/>").await;
    let roster = romeo.asks_for_roster().await;
    assert!(roster.contains("name='T'") && roster.contains("ask='subscribe'"), "{roster}");
    romeo.send("<presence to='tybalt@capulet.example' type='unsubscribe'/>").await;
    let roster = romeo.asks_for_roster().await;
    assert!(roster.contains("tybalt") && !roster.contains("ask="), "{roster}");
}

#[tokio::test]
async fn a_contact_without_an_account_becomes_one_with_an_account() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    romeo.sets("<item jid='juliet@example.org' name='soon'/>").await;
    let _juliet = stage.client("juliet").await;
    assert!(romeo.asks_for_roster().await.contains("name='soon'"));
    romeo.sets("<item jid='juliet@example.org' name='here'/>").await;
    let roster = romeo.asks_for_roster().await;
    assert!(roster.matches("juliet").count() == 1 && roster.contains("name='here'"), "{roster}");
    romeo.sets("<item jid='juliet@example.org' subscription='remove'/>").await;
    assert!(!romeo.asks_for_roster().await.contains("juliet"));
}

#[tokio::test]
async fn a_change_of_a_contact_who_is_nobody_is_a_new_version_of_the_roster() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    let version = |roster: &str| roster.split("ver='").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    let mut known = vec![version(&romeo.asks_for_roster().await)];
    for item in ["<item jid='a@example.org'/>", "<item jid='a@example.org' name='A'/>"] {
        romeo.sets(item).await;
        let push = romeo.sees(&["<iq", "type='set'", "ver='"]).await;
        assert!(!known.contains(&version(&push)));
        known.push(version(&push));
    }
    let newest = known.pop().unwrap();
    for (version, is_whole) in known.iter().map(|it| (it, true)).chain([(&newest, false)]) {
        let query = format!("<query xmlns='jabber:iq:roster' ver='{version}'/>");
        romeo.send(&format!("<iq type='get' id='ver'>{query}</iq>")).await;
        assert_eq!(romeo.sees(&["id='ver'", "type='result'"]).await.contains("a@example.org"), is_whole);
    }
}

#[tokio::test]
async fn contacts_on_other_servers_that_were_kept_apart_become_contacts_like_others() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    let pep = Pep::of(&stage.xmpp, romeo.seat());
    let item = "<item jid='tybalt@capulet.example' name='T' subscription='none' ask='subscribe'/>";
    let item = NewItem {
        config: r#"{"access_model":"whitelist","send_last_published_item":"never"}"#.into(),
        id: "tybalt@capulet.example".into(),
        payload: format!("<query xmlns='jabber:iq:roster'>{item}</query>"),
        items_max: 10,
    };
    pep.nodes().publish(pep.owner, "jabber:iq:roster", item).await.unwrap();
    for _ in 0..2 {
        let roster = romeo.asks_for_roster().await;
        assert!(roster.contains("name='T'") && roster.contains("ask='subscribe'"), "{roster}");
        assert_eq!(roster.matches("tybalt").count(), 1);
    }
    let contacts = stage.xmpp.hub.contacts(romeo.seat().caller).await.unwrap();
    assert!(contacts.len() == 1 && contacts[0].contact.is_listed);
}
