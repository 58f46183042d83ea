use crate::{
    presence::tests::friends,
    stage::{Client, Stage},
};

impl Client {
    async fn commands(&mut self, kind: &str, command: &str, inside: &str) -> String {
        let command = format!("<{command} xmlns='urn:xmpp:blocking'>{inside}</{command}>");
        self.send(&format!("<iq type='{kind}' id='command'>{command}</iq>")).await;
        self.sees(&["id='command'"]).await
    }
}

const ROMEO: &str = "<item jid='romeo@example.org'/>";

#[tokio::test]
async fn who_is_blocked_sees_nobody_and_reaches_nobody_until_unblocked() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = friends(&stage).await;
    let mut phone = stage.another_client(&juliet.who.clone(), "phone").await;
    phone.commands("get", "blocklist", "").await;
    juliet.commands("set", "block", ROMEO).await;
    phone.sees(&["<iq", "type='set'", "<block ", "jid='romeo@example.org'"]).await;
    assert!(phone.commands("get", "blocklist", "").await.contains("jid='romeo@example.org'"));
    juliet.rest().await;
    romeo.sees(&["from='juliet@example.org/desk'", "type='unavailable'"]).await;

    romeo.send("<message id='m' to='juliet@example.org'><body>hello?</body></message>").await;
    romeo.sees(&["id='m'", "type='error'", "<service-unavailable"]).await;
    romeo.send("<iq id='q' type='get' to='juliet@example.org/desk'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    romeo.sees(&["id='q'", "type='error'", "<service-unavailable"]).await;
    juliet.send("<message id='m' to='romeo@example.org'><body>hello?</body></message>").await;
    juliet.sees(&["id='m'", "<not-acceptable", "<blocked xmlns='urn:xmpp:blocking:errors'/>"]).await;
    romeo.send("<presence id='1'><status>here</status></presence>").await;
    romeo.send("<presence to='juliet@example.org'><status>here</status></presence>").await;
    let rest = juliet.rest().await;
    assert!(!rest.iter().any(|xml| xml.contains("romeo")), "{rest:#?}");

    juliet.commands("set", "unblock", "").await;
    phone.sees(&["<iq", "type='set'", "<unblock ", "jid='romeo@example.org'"]).await;
    juliet.sees(&["from='romeo@example.org/desk'", "here"]).await;
    romeo.sees(&["<presence", "from='juliet@example.org/desk'"]).await;
}

#[tokio::test]
async fn a_block_of_nobody_is_refused() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    for (items, condition) in [
        ("", "bad-request"),
        ("<item/>", "bad-request"),
        ("<item jid='example.org'/>", "item-not-found"),
        (ROMEO, "not-allowed"),
    ] {
        let answer = romeo.commands("set", "block", items).await;
        assert!(answer.contains(&format!("<{condition}")), "{answer}");
    }
}

#[tokio::test]
async fn addresses_without_an_account_here_are_kept_and_told_of_together() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    let mut phone = stage.another_client(&romeo.who.clone(), "phone").await;
    phone.commands("get", "blocklist", "").await;
    let items = ["elsewhere.example", "nobody@example.org"];
    let written: String = items.iter().map(|jid| format!("<item jid='{jid}'/>")).collect();
    assert!(romeo.commands("set", "block", &written).await.contains("type='result'"));
    phone.sees(&[&format!("<block xmlns='urn:xmpp:blocking'>{written}</block>")]).await;
    assert!(phone.commands("get", "blocklist", "").await.contains(&written));
    romeo.commands("set", "unblock", "<item jid='elsewhere.example'/>").await;
    phone.sees(&["<unblock xmlns='urn:xmpp:blocking'><item jid='elsewhere.example'/></unblock>"]).await;
    romeo.commands("set", "unblock", "").await;
    phone.sees(&["<unblock", "nobody@example.org"]).await;
    assert!(!phone.commands("get", "blocklist", "").await.contains("<item"));
}

#[tokio::test]
async fn somebody_on_another_server_is_blocked_like_anybody() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    let tybalt = "<item jid='tybalt@elsewhere.example'/>";
    romeo.commands("get", "blocklist", "").await;
    assert!(romeo.commands("set", "block", tybalt).await.contains("type='result'"));
    romeo.sees(&["<iq", "type='set'", "<block ", "tybalt@elsewhere.example"]).await;
    assert!(romeo.commands("get", "blocklist", "").await.contains(tybalt));
    let contacts = stage.xmpp.hub.contacts(romeo.seat().caller).await.unwrap();
    assert!(contacts.len() == 1 && contacts[0].contact.blocked);
    romeo.commands("set", "unblock", tybalt).await;
    romeo.sees(&["<iq", "type='set'", "<unblock ", "tybalt@elsewhere.example"]).await;
    assert!(!romeo.commands("get", "blocklist", "").await.contains("<item"));
}
