//! The archive, asked for what it should not tell.

use super::client::{Client, site};

const TEXTS: &[&str] =
    &["' OR '1'='1", "'; DROP TABLE events; --", "%", "_", "\\", "\u{0301}", "*", "\" MATCH \"", "-1", "0"];

/// A request to the own archive; `ID` stands for its id.
fn query(fields: &str, page: &str) -> String {
    format!(
        "<iq type='set' id='ID'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'>\
         <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>{fields}</x>\
         <set xmlns='http://jabber.org/protocol/rsm'>{page}</set></query></iq>"
    )
}

#[tokio::test]
async fn x55_what_is_asked_for_is_never_a_part_of_a_question_to_the_store() {
    let site = site().await;
    for name in ["romeo", "juliet", "mercutio"] {
        site.person(name).await;
    }
    let mut romeo = Client::log_in(&site, "romeo", "balcony").await;
    let mut mercutio = Client::log_in(&site, "mercutio", "street").await;
    romeo.send("<message to='juliet@localhost' type='chat'><body>a secret</body></message>").await;
    romeo.settle().await;
    for text in TEXTS {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        for request in [
            query(&format!("<field var='with'><value>{text}</value></field>"), ""),
            query(&format!("<field var='after-id'><value>{text}</value></field>"), ""),
            query(&format!("<field var='ids'><value>{text}</value></field>"), ""),
            query(&format!("<field var='start'><value>{text}</value></field>"), ""),
            query("", &format!("<max>{text}</max>")),
            query("", &format!("<before>{text}</before>")),
            query("", &format!("<after>{text}</after>")),
        ] {
            mercutio.send(request.replace("'ID'", "'question'")).await;
            let said = mercutio.settle().await;
            assert!(said.contains("id='question'") && !said.contains("secret"), "{request} got {said}");
            assert!(!said.contains("internal-server-error"), "{request} got {said}");
        }
    }
    romeo
        .send(query("<field var='with'><value>juliet@localhost</value></field>", "").replace("'ID'", "'own'"))
        .await;
    let own = romeo.settle().await;
    assert!(own.contains("a secret"), "{own}");
    site.check_is_well().await;
}
