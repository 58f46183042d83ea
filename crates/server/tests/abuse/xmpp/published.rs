//! What people publish, tried by those who may not read it, and clients that pretend to support things.

use super::client::{Client, site, within};
use crate::client::Site;

const NODES: &[(&str, &str)] = &[
    ("urn:test:presence", "presence"),
    ("urn:test:roster", "roster"),
    ("urn:test:whitelist", "whitelist"),
    ("urn:xmpp:bookmarks:1", "whitelist"),
];

async fn pair() -> (Site, Client, Client) {
    let site = site().await;
    site.person("romeo").await;
    site.person("juliet").await;
    let romeo = Client::log_in(&site, "romeo", "balcony").await;
    let juliet = Client::log_in(&site, "juliet", "chamber").await;
    (site, romeo, juliet)
}

/// A request about nodes.
fn pubsub(kind: &str, to: &str, inside: &str) -> String {
    format!(
        "<iq {to} type='{kind}' id='ID'><pubsub xmlns='http://jabber.org/protocol/pubsub'>{inside}</pubsub></iq>"
    )
}

async fn publish(client: &mut Client, node: &str, model: &str) {
    let field = |name: &str, value: &str| format!("<field var='{name}'><value>{value}</value></field>");
    let options = field("FORM_TYPE", "http://jabber.org/protocol/pubsub#publish-options")
        + &field("pubsub#access_model", model);
    let item = "<item id='current'><secret xmlns='urn:a'>published</secret></item>";
    let item = match node {
        "urn:xmpp:bookmarks:1" => {
            "<item id='secret@groups.localhost'><conference xmlns='urn:xmpp:bookmarks:1' name='published'/></item>"
        }
        _ => item,
    };
    let inside = format!(
        "<publish node='{node}'>{item}</publish>\
         <publish-options><x xmlns='jabber:x:data' type='submit'>{options}</x></publish-options>"
    );
    let done = client.request(&pubsub("set", "", &inside)).await;
    assert!(!done.contains("<error "), "{done}");
}

#[tokio::test]
async fn x64_nobody_reads_or_hears_of_a_node_that_is_not_for_them() {
    let (site, mut romeo, mut juliet) = pair().await;
    let wants: String = NODES.iter().map(|(node, _)| format!("<feature var='{node}+notify'/>")).collect();
    juliet.send("<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:a' ver='none'/></presence>").await;
    let question = juliet.until("<query xmlns='http://jabber.org/protocol/disco#info'").await;
    let id = within(&question[question.rfind("<iq ").expect("a question")..], " id='", "'")
        .expect("an id")
        .to_owned();
    let info = format!("<query xmlns='http://jabber.org/protocol/disco#info'>{wants}</query>");
    juliet.send(format!("<iq to='localhost' type='result' id='{id}'>{info}</iq>")).await;
    // Showing oneself to somebody is not a subscription.
    juliet.send("<presence to='romeo@localhost'/>").await;
    juliet.settle().await;
    for (node, model) in NODES {
        publish(&mut romeo, node, model).await;
        for inside in [
            format!("<items node='{node}'/>"),
            format!("<items node='{node}'><item id='current'/></items>"),
            format!("<items node='{node}' max_items='1'/>"),
        ] {
            let refused = juliet.request(&pubsub("get", "to='romeo@localhost'", &inside)).await;
            assert!(refused.contains("<error ") && !refused.contains("published"), "{inside} got {refused}");
        }
        for (kind, inside) in [
            ("set", format!("<subscribe node='{node}' jid='juliet@localhost'/>")),
            ("set", format!("<subscribe node='{node}' jid='romeo@localhost'/>")),
            ("set", format!("<publish node='{node}'><item id='current'><a xmlns='urn:a'/></item></publish>")),
            ("set", format!("<retract node='{node}'><item id='current'/></retract>")),
            ("set", format!("<create node='{node}:other'/>")),
        ] {
            let refused = juliet.request(&pubsub(kind, "to='romeo@localhost'", &inside)).await;
            assert!(refused.contains("<error "), "{inside} got {refused}");
        }
        for inside in [
            format!("<configure node='{node}'/>"),
            format!("<affiliations node='{node}'/>"),
            format!("<subscriptions node='{node}'/>"),
        ] {
            let owner = pubsub("get", "to='romeo@localhost'", &inside).replace("pubsub'>", "pubsub#owner'>");
            let refused = juliet.request(&owner).await;
            assert!(refused.contains("<error "), "{inside} got {refused}");
        }
    }
    assert!(!juliet.settle().await.contains("published"));
    let own = romeo.request(&pubsub("get", "", "<items node='urn:test:whitelist'/>")).await;
    assert!(own.contains("published"), "{own}");
    site.check_is_well().await;
}

#[tokio::test]
async fn x59_what_one_client_says_wrongly_of_its_kind_is_not_believed_of_others() {
    let (_site, mut romeo, mut juliet) = pair().await;
    let caps = "<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:exodus' \
        ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>";
    let asked =
        "<query xmlns='http://jabber.org/protocol/disco#info' node='urn:exodus#QgayPKawpkPSDYmwT/WM94uAlu0='";
    let answer = async |client: &mut Client, features: &str| {
        client.send(caps).await;
        let question = client.until(asked).await;
        let question = &question[question.rfind("<iq ").expect("a question")..];
        assert!(question.contains(" from='localhost'"), "{question}");
        let id = within(question, " id='", "'").expect("an id");
        let info = format!(
            "<query xmlns='http://jabber.org/protocol/disco#info'>\
             <identity category='client' name='Exodus 0.9.1' type='pc'/>{features}</query>"
        );
        client.send(format!("<iq to='localhost' type='result' id='{id}'>{info}</iq>")).await;
        client.settle().await;
    };
    answer(&mut romeo, "<feature var='urn:poison+notify'/>").await;
    // Asked herself, though somebody has answered for the same kind before.
    let features = ["caps", "disco#info", "disco#items", "muc"]
        .map(|name| format!("<feature var='http://jabber.org/protocol/{name}'/>"));
    answer(&mut juliet, &features.concat()).await;
    let node = "<publish node='urn:poison'><item id='current'><a xmlns='urn:a'>poisoned</a></item></publish>";
    juliet.request(&pubsub("set", "", node)).await;
    assert!(!juliet.settle().await.contains("poisoned"), "she never wanted to know");
}
