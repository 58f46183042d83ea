use crate::stage::{Client, Stage};
use parlance_hub::{identity::ReportedMessage, ports::Report, ports::ReportReason};

const MALLORY: &str = "mallory@example.org";

impl Client {
    /// Blocks somebody with this inside of the item.
    async fn blocks(&mut self, jid: &str, inside: &str) -> String {
        let block = format!("<block xmlns='urn:xmpp:blocking'><item jid='{jid}'>{inside}</item></block>");
        self.send(&format!("<iq type='set' id='block'>{block}</iq>")).await;
        self.sees(&["id='block'"]).await
    }

    async fn says_in_chat(&mut self, to: &str, body: &str) {
        self.send(&format!("<message id='{body}' type='chat' to='{to}'><body>{body}</body></message>")).await;
    }

    /// The id that the archive gave to a message.
    async fn id_of(&mut self, body: &str) -> String {
        let told = self.sees(&[&format!("<body>{body}</body>"), "<stanza-id"]).await;
        let stanza_id = told.split("<stanza-id").nth(1).unwrap();
        stanza_id.split(" id='").nth(1).unwrap().split('\'').next().unwrap().to_owned()
    }
}

fn report(reason: &str, inside: &str) -> String {
    format!("<report xmlns='urn:xmpp:reporting:1' reason='urn:xmpp:reporting:{reason}'>{inside}</report>")
}

fn named(id: &str) -> String {
    format!("<stanza-id xmlns='urn:xmpp:sid:0' by='romeo@example.org' id='{id}'/>")
}

/// The newest report with its messages.
async fn newest(stage: &Stage) -> (Report, Vec<ReportedMessage>) {
    let reports = stage.xmpp.hub.administration();
    let id = reports.reports(None, 1).await.unwrap()[0].id;
    reports.report(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn who_is_blocked_is_reported_with_the_messages_that_they_sent() {
    let stage = Stage::new().await;
    let (mut romeo, mut mallory) = (stage.client("romeo").await, stage.client("mallory").await);
    mallory.says_in_chat("romeo@example.org", "buy").await;
    let theirs = romeo.id_of("buy").await;
    romeo.says_in_chat(MALLORY, "no").await;
    let own = mallory.id_of("no").await;
    let text = "<text xml:lang='en'>Never came trouble to my house like this.</text>";
    let inside = report("spam", &format!("{}{}{text}", named(&theirs), named(&own)));
    assert!(romeo.blocks(MALLORY, &inside).await.contains("type='result'"));
    let (kept, messages) = newest(&stage).await;
    assert_eq!(
        (kept.reporter, kept.reported.as_str(), kept.reason),
        (romeo.who.id, MALLORY, ReportReason::Spam)
    );
    assert_eq!(kept.text, "Never came trouble to my house like this.");
    let texts: Vec<_> = messages.iter().map(|message| message.text.as_deref()).collect();
    assert_eq!(texts, [Some("buy")], "what they did not send is left out");
    let contacts = stage.xmpp.hub.contacts(romeo.seat().caller).await.unwrap();
    assert!(contacts.iter().any(|row| row.who == mallory.who.id && row.contact.blocked));
}

#[tokio::test]
async fn a_message_that_is_deleted_is_gone_from_its_report() {
    let stage = Stage::new().await;
    let (mut romeo, mut mallory) = (stage.client("romeo").await, stage.client("mallory").await);
    mallory.says_in_chat("romeo@example.org", "buy").await;
    let id = romeo.id_of("buy").await;
    romeo.blocks(MALLORY, &report("abuse", &named(&id))).await;
    let (kept, messages) = newest(&stage).await;
    assert_eq!(messages[0].text.as_deref(), Some("buy"));
    let (conversation, event) = kept.messages[0];
    stage.xmpp.hub.delete_event(mallory.seat().caller, conversation, event, None).await.unwrap();
    let (_, messages) = newest(&stage).await;
    assert_eq!((messages.len(), messages[0].text.as_deref()), (1, None));
}

/// X35 of the catalogue of abuse: messages that the reporter may not see.
#[tokio::test]
async fn x35_a_report_does_not_reach_into_the_archives_of_others() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    let mut mallory = stage.client("mallory").await;
    mallory.says_in_chat("juliet@example.org", "secret").await;
    let id = juliet.id_of("secret").await;
    romeo.blocks(MALLORY, &report("spam", &named(&id))).await;
    assert_eq!(newest(&stage).await.1, []);
}

#[tokio::test]
async fn a_report_that_cannot_be_kept_blocks_nobody() {
    let stage = Stage::new().await;
    let (mut romeo, _mallory) = (stage.client("romeo").await, stage.client("mallory").await);
    let long = report("spam", &format!("<text>{}</text>", "x".repeat(4_097)));
    for inside in ["<report xmlns='urn:xmpp:reporting:1'/>", &long] {
        let refused = romeo.blocks(MALLORY, inside).await;
        assert!(refused.contains("<bad-request"), "{refused}");
    }
    assert!(stage.xmpp.hub.contacts(romeo.seat().caller).await.unwrap().is_empty());
    assert_eq!(stage.xmpp.hub.administration().reports(None, 9).await.unwrap(), []);
}

#[tokio::test]
async fn servers_and_people_elsewhere_are_reported_too() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    for jid in ["spam.example", "pest@spam.example"] {
        assert!(romeo.blocks(jid, &report("spam", "")).await.contains("type='result'"));
    }
    let reports = stage.xmpp.hub.administration().reports(None, 9).await.unwrap();
    let mut reported: Vec<_> = reports.into_iter().map(|report| report.reported).collect();
    reported.sort_unstable();
    assert_eq!(reported, ["pest@spam.example", "spam.example"]);
}
