use crate::{
    Caller, HubError,
    live::{Connection, News, Route, Signal},
    stage::{Stage, message},
};
use parlance_core::{
    Rejection,
    address::Address,
    id::{ConversationId, PrincipalId},
};
use std::sync::Arc;
use uuid::Uuid;

const DOMAIN: &str = "gateway.example";
const FRONT: &str = "test";

/// Somebody here, a bot on another server, and what they say to each other.
struct Talk {
    stage: Stage,
    here: Caller,
    bot: PrincipalId,
    conversation: ConversationId,
}

impl Talk {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let [here] = stage.people().await;
        let address = Address::elsewhere(&format!("bot@{DOMAIN}")).unwrap();
        let bot = stage.world.hub.meet_elsewhere(&address, here.who).await.unwrap().id;
        let conversation = stage.world.hub.open_direct(here, bot).await.unwrap();
        Self { stage, here, bot, conversation }
    }

    /// The way to the other server, with the connection it leads over.
    async fn route(&self) -> (Route, Connection) {
        let hub = &self.stage.world.hub;
        let connection = hub.connect_for(self.visitor(), FRONT).await.unwrap();
        (hub.open_route(DOMAIN, &connection, FRONT).unwrap(), connection)
    }

    fn visitor(&self) -> Caller {
        Caller { who: self.bot, device: parlance_core::id::DeviceId(Uuid::nil()) }
    }

    async fn say(&self, by: Caller, text: &str) -> Result<(), HubError> {
        self.stage.world.hub.post(by, message(self.conversation, text, None)).await.map(drop)
    }

    async fn waiting(&self) -> Vec<u64> {
        let outward = self.stage.world.hub.outward(DOMAIN, 0, 99).await.unwrap();
        assert!(outward.iter().all(|one| one.event.is_some()));
        outward.into_iter().map(|one| one.id).collect()
    }
}

#[tokio::test]
async fn what_is_said_to_somebody_elsewhere_waits_for_their_server_in_order() {
    let talk = Talk::new().await;
    let (_route, connection) = talk.route().await;
    while connection.take_news().is_some() {}
    talk.say(talk.here, "one").await.unwrap();
    talk.say(talk.here, "two").await.unwrap();
    assert!(
        matches!(connection.take_news(), Some(News::Signal(Signal::Relay(relay))) if relay.payload.is_empty())
    );
    let waiting = talk.waiting().await;
    assert_eq!(waiting.len(), 2);
    talk.stage.world.hub.finish_outward(DOMAIN, &waiting[..1]).await.unwrap();
    assert_eq!(talk.waiting().await, waiting[1..]);
}

#[tokio::test]
async fn what_comes_from_elsewhere_is_not_told_there() {
    let talk = Talk::new().await;
    talk.say(talk.visitor(), "hello").await.unwrap();
    assert_eq!(talk.waiting().await, [0; 0]);
}

#[tokio::test]
async fn without_a_way_only_a_deletion_is_taken() {
    let talk = Talk::new().await;
    let (route, connection) = talk.route().await;
    let hub = Arc::clone(&talk.stage.world.hub);
    let said = talk.stage.post(talk.here, talk.conversation, "one").await;
    assert!(hub.open_route(DOMAIN, &connection, FRONT).is_none(), "there is one way at a time");
    drop(route);
    assert!(matches!(talk.say(talk.here, "two").await, Err(HubError::Unreachable)));
    hub.delete_event(talk.here, talk.conversation, said.id, None).await.unwrap();
    assert_eq!(talk.waiting().await.len(), 2, "the message that is gone, and that it is gone");
    assert_eq!(hub.open_routes(), [""; 0]);
}

#[tokio::test]
async fn a_retry_is_told_elsewhere_once() {
    let talk = Talk::new().await;
    let _way = talk.route().await;
    for _ in 0..3 {
        let retried = message(talk.conversation, "one", Some("1"));
        talk.stage.world.hub.post(talk.here, retried).await.unwrap();
    }
    assert_eq!(talk.waiting().await.len(), 1);
}

#[tokio::test]
async fn somebody_elsewhere_is_nobodys_member_and_blocks_hold_for_them() {
    let talk = Talk::new().await;
    let hub = &talk.stage.world.hub;
    let group = talk.stage.group(talk.here, &[], parlance_core::conversation::HistoryVisibility::All).await;
    assert!(matches!(hub.add_member(talk.here, group, talk.bot, None).await, Err(HubError::Identity(_))));
    hub.set_blocked(talk.here, talk.bot, true).await.unwrap();
    let refused = talk.say(talk.visitor(), "hello").await;
    assert!(matches!(refused, Err(HubError::Rule(Rejection::Blocked))));
}
