use super::*;
use crate::stage::Stage;
use parlance_core::{
    account::PreferencesChange,
    body::Body,
    conversation::{HistoryVisibility, Kind},
    id::{ConversationId, DeviceId, PrincipalId, Seq},
};
use parlance_hub::{
    Caller,
    usecase::{NewConversation, Post},
};

const BOOKMARKS: &str = "urn:xmpp:bookmarks:1";
const DISPLAYED: &str = "urn:xmpp:mds:displayed:0";
const GARDEN: &str = "garden@groups.example.org";

async fn group(owner: &Client, members: Vec<PrincipalId>) -> ConversationId {
    let new = NewConversation {
        kind: Kind::Group,
        name: "The garden".into(),
        address_name: Some("garden".into()),
        topic: String::new(),
        history: HistoryVisibility::default(),
        members,
        client_ref: None,
    };
    owner.front.xmpp.hub.create_conversation(owner.seat().caller, new).await.unwrap()
}

async fn say(client: &Client, conversation: ConversationId, text: &str) -> (Seq, String) {
    let post = Post {
        conversation,
        client_ref: None,
        body: Body::text(text),
        reply_to: None,
        thread: None,
        forward: None,
        poll: None,
        needs_acknowledgement: false,
        extras: None,
    };
    let event = client.front.xmpp.hub.post(client.seat().caller, post).await.unwrap();
    (event.seq, event.id.to_string())
}

#[tokio::test]
async fn a_group_is_a_bookmark_by_itself_and_retracting_it_leaves_nobody_out() {
    let stage = Stage::new().await;
    let (alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    announce(&mut bob, &[BOOKMARKS]).await;
    let garden = group(&alice, vec![bob.who.id]).await;
    let told = bob.sees(&["#event", GARDEN, "autojoin='true'"]).await;
    assert!(told.contains("name='The garden'") && told.contains("<nick>bob</nick>"), "{told}");
    assert!(items(&mut bob, "", BOOKMARKS).await.contains(GARDEN));
    let own = format!("<conference xmlns='{BOOKMARKS}' name='Mine' autojoin='false'/>");
    publish(&mut bob, BOOKMARKS, GARDEN, &own, &[]).await;
    let seen = items(&mut bob, "", BOOKMARKS).await;
    assert!(seen.contains("name='Mine'") && !seen.contains("The garden"), "{seen}");
    let retract = format!("<retract node='{BOOKMARKS}' notify='true'><item id='{GARDEN}'/></retract>");
    ask(&mut bob, "set", "", &pubsub(&retract)).await;
    bob.sees(&["<retract", GARDEN]).await;
    assert!(!items(&mut bob, "", BOOKMARKS).await.contains(GARDEN));
    let again = ask(&mut bob, "set", "", &pubsub(&retract)).await;
    assert!(again.contains("<item-not-found"), "{again}");
    let hub = &bob.front.xmpp.hub;
    assert!(hub.conversation(bob.seat().caller, garden).await.is_ok(), "still a member");
}

#[tokio::test]
async fn bookmarks_are_nobody_elses() {
    let stage = Stage::new().await;
    let (mut alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    befriend(&alice, &bob).await;
    group(&alice, vec![]).await;
    assert!(items(&mut bob, "alice@example.org", BOOKMARKS).await.contains("<closed-node"));
    assert!(items(&mut bob, "alice@example.org", DISPLAYED).await.contains("<closed-node"));
    let open = form(&[("access_model", "open")]);
    let configure = format!("<configure node='{BOOKMARKS}'>{open}</configure>");
    ask(&mut alice, "set", "", &owner(&configure)).await;
    let seen = items(&mut bob, "alice@example.org", BOOKMARKS).await;
    assert!(!seen.contains(GARDEN), "memberships are not shown to others: {seen}");
}

#[tokio::test]
async fn programs_of_earlier_days_see_and_change_the_same_bookmarks() {
    let stage = Stage::new().await;
    let mut alice = stage.client("alice").await;
    group(&alice, vec![]).await;
    let private = |inner: &str| format!("<query xmlns='jabber:iq:private'>{inner}</query>");
    let asked = private("<storage xmlns='storage:bookmarks'/>");
    let seen = ask(&mut alice, "get", "", &asked).await;
    assert!(seen.contains("<conference jid='garden@groups.example.org' name='The garden'"), "{seen}");
    let storage = "<storage xmlns='storage:bookmarks'>\
                   <conference jid='pond@groups.example.org' autojoin='1'><nick>A</nick></conference></storage>";
    ask(&mut alice, "set", "", &private(storage)).await;
    let seen = items(&mut alice, "", BOOKMARKS).await;
    assert!(seen.contains("<item id='pond@groups.example.org'>") && !seen.contains(GARDEN), "{seen}");
    assert!(seen.contains("autojoin='true'") && seen.contains("<nick>A</nick>"), "{seen}");
}

#[tokio::test]
async fn what_is_read_in_one_client_is_read_everywhere() {
    let stage = Stage::new().await;
    let (alice, mut bob) = (stage.client("alice").await, stage.client("bob").await);
    let mut phone = stage.another_client(&bob.who, "phone").await;
    announce(&mut phone, &[DISPLAYED]).await;
    let hub = std::sync::Arc::clone(&bob.front.xmpp.hub);
    let direct = hub.open_direct(alice.seat().caller, bob.who.id).await.unwrap();
    let (first, id) = say(&alice, direct, "one").await;
    let displayed = format!(
        "<displayed xmlns='{DISPLAYED}'><stanza-id xmlns='urn:xmpp:sid:0' by='bob@example.org' id='{id}'/></displayed>"
    );
    let done = publish(&mut bob, DISPLAYED, "alice@example.org", &displayed, &[]).await;
    assert!(done.contains("type='result'"), "{done}");
    let row = hub.conversation(bob.seat().caller, direct).await.unwrap().row;
    assert_eq!(row.read, first);
    phone.sees(&["#event", "alice@example.org", &id]).await;

    let garden = group(&alice, vec![bob.who.id]).await;
    let (second, id) = say(&alice, garden, "two").await;
    hub.mark_read(bob.seat().caller, garden, second).await.unwrap();
    let told = phone.sees(&["#event", GARDEN, &id]).await;
    assert!(told.contains(&format!("by='{GARDEN}'")), "{told}");
    let seen = items(&mut bob, "", DISPLAYED).await;
    assert!(seen.contains("<item id='alice@example.org'>") && seen.contains(&id), "{seen}");
    let unknown = displayed.replace(&id, "0");
    let unknown = publish(&mut bob, DISPLAYED, "nobody@example.org", &unknown, &[]).await;
    assert!(unknown.contains("type='error'"), "{unknown}");
}

fn with_settings(level: &str) -> String {
    let settings = format!("<notify xmlns='urn:xmpp:notification-settings:1'><{level}/></notify>");
    format!(
        "<conference xmlns='{BOOKMARKS}' autojoin='true'><extensions>{settings}</extensions></conference>"
    )
}

#[tokio::test]
async fn what_a_bookmark_says_about_notifications_holds_in_every_program() {
    let stage = Stage::new().await;
    let mut alice = stage.client("alice").await;
    let garden = group(&alice, vec![]).await;
    let hub = std::sync::Arc::clone(&alice.front.xmpp.hub);
    let caller = alice.seat().caller;
    let preferences = async || hub.conversation(caller, garden).await.unwrap().row.preferences;
    for (level, muted, mentions_only) in
        [("never", true, false), ("on-mention", false, true), ("always", false, false)]
    {
        publish(&mut alice, BOOKMARKS, GARDEN, &with_settings(level), &[]).await;
        let found = preferences().await;
        assert_eq!((found.muted, found.mentions_only), (muted, mentions_only), "{level}");
        assert!(items(&mut alice, "", BOOKMARKS).await.contains(&format!("<{level}/>")));
    }
}

#[tokio::test]
async fn who_mutes_a_group_in_another_program_finds_it_in_the_bookmark() {
    let stage = Stage::new().await;
    let mut alice = stage.client("alice").await;
    announce(&mut alice, &[BOOKMARKS]).await;
    let garden = group(&alice, vec![]).await;
    alice.sees(&["#event", GARDEN]).await;
    let hub = std::sync::Arc::clone(&alice.front.xmpp.hub);
    let browser = Caller { who: alice.who.id, device: DeviceId(uuid::Uuid::from_u128(7)) };
    let muted = PreferencesChange { muted: Some(true), ..PreferencesChange::default() };
    hub.change_preferences(browser, garden, muted).await.unwrap();
    let told = alice.sees(&["#event", GARDEN, "urn:xmpp:notification-settings:1"]).await;
    assert!(told.contains("<never/>"), "{told}");
    assert!(items(&mut alice, "", BOOKMARKS).await.contains("<never/>"));
    let silent = format!("<conference xmlns='{BOOKMARKS}' name='Mine' autojoin='true'/>");
    publish(&mut alice, BOOKMARKS, GARDEN, &silent, &[]).await;
    let seen = items(&mut alice, "", BOOKMARKS).await;
    assert!(
        seen.contains("name='Mine'") && seen.contains("<never/>"),
        "what says nothing changes nothing: {seen}"
    );
}
