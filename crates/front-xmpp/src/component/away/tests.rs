use crate::{component::ComponentSecret, elsewhere::address, payload::FRONT, stage::Stage};
use parlance_core::id::DeviceId;
use parlance_hub::Caller;
use parlance_xmpp::Jid;
use uuid::Uuid;

const BOT: &str = "bot@gateway.example";

#[tokio::test]
async fn who_wrote_to_a_component_that_stays_away_finds_that_it_did_not_arrive() {
    let stage = Stage::with(|settings| {
        let secret = "secret".to_owned().into();
        settings.components = vec![ComponentSecret { domain: "gateway.example".into(), secret }];
        settings.component_wait_ms = 0;
    })
    .await;
    let mut romeo = stage.client("romeo").await;
    let hub = &stage.xmpp.hub;
    let bot = hub.meet_elsewhere(&address(&Jid::parse(BOT).unwrap()).unwrap(), romeo.who.id).await.unwrap();
    let connection =
        hub.connect_for(Caller { who: bot.id, device: DeviceId(Uuid::nil()) }, FRONT).await.unwrap();
    let route = hub.open_route("gateway.example", &connection, FRONT).unwrap();
    romeo.send(&format!("<message id='1' type='chat' to='{BOT}'><body>hello?</body></message>")).await;
    super::give_back(&stage.xmpp, "gateway.example").await.unwrap();
    assert_eq!(hub.outward("gateway.example", 0, 9).await.unwrap().len(), 1, "it is not away");
    drop(route);
    super::give_back(&stage.xmpp, "gateway.example").await.unwrap();
    assert!(hub.outward("gateway.example", 0, 9).await.unwrap().is_empty());
    romeo.sees(&["id='1'", "type='error'", BOT, "<remote-server-timeout"]).await;
    romeo.send(&format!("<message id='2' type='chat' to='{BOT}'><body>hello?</body></message>")).await;
    romeo.sees(&["id='2'", "type='error'", "<service-unavailable"]).await;
}
