use super::*;
use crate::stage::{Client, Stage};

/// A command that needs no answer, and one that does.
const COUNT: &str = "http://jabber.org/protocol/admin#get-registered-users-num";
const DISABLE: &str = "http://jabber.org/protocol/admin#disable-user";

impl Client {
    /// Sends a command, whose attributes are given; the answer.
    pub(crate) async fn orders(&mut self, attributes: &str, content: &str) -> String {
        let command = format!("<command xmlns='{COMMANDS}' {attributes}>{content}</command>");
        self.send(&format!("<iq type='set' id='command' to='example.org'>{command}</iq>")).await;
        self.sees(&["<iq", "id='command'"]).await
    }

    /// Begins a command and answers its form; what came of it.
    pub(crate) async fn runs(&mut self, node: &str, fields: &[(&str, &[&str])]) -> String {
        let begun = self.orders(&format!("node='{node}'"), "").await;
        if !begun.contains("status='executing'") {
            return begun;
        }
        let session = session_of(&begun);
        let form = submit(fields);
        self.orders(&format!("node='{node}' sessionid='{session}'"), &form).await
    }

    async fn listed(&mut self) -> String {
        self.asks(ITEMS, COMMANDS).await
    }

    async fn asks(&mut self, namespace: &str, node: &str) -> String {
        let query = format!("<query xmlns='{namespace}' node='{node}'/>");
        self.send(&format!("<iq type='get' id='asks' to='example.org'>{query}</iq>")).await;
        self.sees(&["<iq", "id='asks'"]).await
    }
}

pub(crate) fn session_of(begun: &str) -> String {
    begun.split("sessionid='").nth(1).unwrap().split('\'').next().unwrap().to_owned()
}

pub(crate) fn submit(fields: &[(&str, &[&str])]) -> String {
    let field = |(name, values): &(&str, &[&str])| {
        let values: String = values.iter().map(|value| format!("<value>{value}</value>")).collect();
        format!("<field var='{name}'>{values}</field>")
    };
    let fields: String = fields.iter().map(field).collect();
    format!("<x xmlns='jabber:x:data' type='submit'>{fields}</x>")
}

#[tokio::test]
async fn only_administrators_see_what_they_may_do() {
    let stage = Stage::new().await;
    let (mut root, mut romeo) = (stage.administrator("root").await, stage.client("romeo").await);
    let listed = root.listed().await;
    assert!(listed.contains(&format!("node='{COUNT}'")) && listed.contains(&format!("node='{DISABLE}'")));
    let listed = romeo.listed().await;
    assert!(!listed.contains("protocol/admin"), "{listed}");
    let info = "http://jabber.org/protocol/disco#info";
    let node = root.asks(info, DISABLE).await;
    assert!(node.contains("category='automation' type='command-node' name='Disable users'"), "{node}");
    assert!(romeo.asks(info, DISABLE).await.contains("<forbidden"));
    assert!(romeo.asks(info, COMMANDS).await.contains("type='command-list'"));
    assert!(romeo.asks(info, "unknown").await.contains("<item-not-found"));
    assert!(romeo.asks(ITEMS, "unknown").await.contains("<item-not-found"));
}

#[tokio::test]
async fn a_command_of_administrators_is_forbidden_to_everybody_else() {
    let stage = Stage::new().await;
    let mut romeo = stage.client("romeo").await;
    for (attributes, content) in [
        (format!("node='{COUNT}'"), String::new()),
        (format!("node='{DISABLE}'"), String::new()),
        (format!("node='{DISABLE}' sessionid='guess'"), submit(&[("accountjids", &["romeo@example.org"])])),
        (format!("node='{DISABLE}' sessionid='guess' action='cancel'"), String::new()),
    ] {
        let refused = romeo.orders(&attributes, &content).await;
        assert!(refused.contains("<forbidden"), "{attributes}: {refused}");
    }
}

#[tokio::test]
async fn an_administrator_who_is_switched_off_goes_no_further() {
    let stage = Stage::new().await;
    let (mut root, romeo) = (stage.administrator("root").await, stage.client("romeo").await);
    let begun = root.orders(&format!("node='{DISABLE}'"), "").await;
    stage.xmpp.hub.administration().disable("root").await.unwrap();
    let address = romeo.who.address.as_str();
    let answer = format!("node='{DISABLE}' sessionid='{}'", session_of(&begun));
    let refused = root.orders(&answer, &submit(&[("accountjids", &[address])])).await;
    assert!(refused.contains("<forbidden"), "{refused}");
}

/// XEP-0050 section 2.4.1.
#[tokio::test]
async fn a_command_without_questions_is_done_at_once() {
    let mut root = Stage::new().await.administrator("root").await;
    let done = root.orders(&format!("node='{COUNT}' action='execute'"), "").await;
    assert!(done.contains("status='completed'") && done.contains("sessionid='"), "{done}");
    assert!(done.contains("registeredusersnum") && done.contains("<value>1</value>"), "{done}");
}

/// XEP-0050 sections 2.4.2 and 2.4.3.
#[tokio::test]
async fn a_command_with_questions_is_answered_or_cancelled_once() {
    let mut root = Stage::new().await.administrator("root").await;
    let begun = root.orders(&format!("node='{DISABLE}'"), "").await;
    assert!(
        begun.contains("status='executing'") && begun.contains("<actions execute='complete'>"),
        "{begun}"
    );
    let session = format!("node='{DISABLE}' sessionid='{}'", session_of(&begun));
    let cancelled = root.orders(&format!("{session} action='cancel'"), "").await;
    assert!(cancelled.contains("status='canceled'"), "{cancelled}");
    let again = root.orders(&format!("{session} action='cancel'"), "").await;
    assert!(again.contains("<bad-sessionid"), "{again}");
}

#[tokio::test]
async fn what_was_refused_can_be_answered_once_more() {
    let stage = Stage::new().await;
    let (mut root, _romeo) = (stage.administrator("root").await, stage.client("romeo").await);
    let begun = root.orders(&format!("node='{DISABLE}'"), "").await;
    let session = format!("node='{DISABLE}' sessionid='{}'", session_of(&begun));
    let refused = root.orders(&session, &submit(&[("accountjids", &["nobody@example.org"])])).await;
    assert!(refused.contains("<item-not-found"), "{refused}");
    let done = root.orders(&session, &submit(&[("accountjids", &["romeo@example.org"])])).await;
    assert!(done.contains("status='completed'"), "{done}");
}

/// XEP-0050 section 4.4.
#[tokio::test]
async fn commands_that_make_no_sense_are_refused_by_name() {
    let mut root = Stage::new().await.administrator("root").await;
    let begun = root.orders(&format!("node='{DISABLE}'"), "").await;
    let session = session_of(&begun);
    for (attributes, expected) in [
        (String::new(), "<bad-request"),
        ("node='unknown'".to_owned(), "<item-not-found"),
        ("node='http://jabber.org/protocol/admin#restart'".to_owned(), "<feature-not-implemented"),
        (format!("node='{DISABLE}' action='dance'"), "<malformed-action"),
        (format!("node='{DISABLE}' action='cancel'"), "<bad-action"),
        (format!("node='{DISABLE}' sessionid='unknown'"), "<bad-sessionid"),
        (format!("node='{COUNT}' sessionid='{session}'"), "<bad-sessionid"),
        (format!("node='{DISABLE}' sessionid='{session}' action='prev'"), "<bad-action"),
        (format!("node='{DISABLE}' sessionid='{session}'"), "<bad-payload"),
    ] {
        let refused = root.orders(&attributes, "").await;
        assert!(refused.contains("type='error'") && refused.contains(expected), "{attributes}: {refused}");
    }
}

#[tokio::test]
async fn a_session_belongs_to_one_client() {
    let stage = Stage::new().await;
    let mut desk = stage.administrator("root").await;
    let mut phone = stage.another_client(&desk.who, "phone").await;
    let begun = desk.orders(&format!("node='{DISABLE}'"), "").await;
    let session = format!("node='{DISABLE}' sessionid='{}' action='cancel'", session_of(&begun));
    assert!(phone.orders(&session, "").await.contains("<bad-sessionid"));
    assert!(desk.orders(&session, "").await.contains("status='canceled'"));
}

#[tokio::test]
async fn a_client_that_begins_and_never_answers_takes_no_more_room() {
    let mut root = Stage::new().await.administrator("root").await;
    let first = root.orders(&format!("node='{DISABLE}'"), "").await;
    let mut last = String::new();
    for _ in 0..WAITING_MAX {
        last = root.orders(&format!("node='{DISABLE}'"), "").await;
    }
    assert_eq!(root.seat().with(|state| state.commands.0.len()), WAITING_MAX);
    for (begun, expected) in [(first, "<bad-sessionid"), (last, "status='canceled'")] {
        let session = format!("node='{DISABLE}' sessionid='{}' action='cancel'", session_of(&begun));
        let answer = root.orders(&session, "").await;
        assert!(answer.contains(expected), "{answer}");
    }
}
