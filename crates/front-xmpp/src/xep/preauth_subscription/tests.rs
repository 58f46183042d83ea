use crate::stage::{Client, Stage};
use parlance_hub::{Redacted, identity::NewInvitation};

impl Client {
    async fn invites(&self) -> Redacted<String> {
        let new = NewInvitation { uses: 1, expires_in_s: 60, makes_contact: true };
        self.front.xmpp.hub.create_invitation(self.seat().caller, new).await.unwrap().code
    }

    /// Waits for something, in whatever order it comes.
    async fn is_told(&mut self, kind: &str, what: &str) {
        if !self.seen.iter().any(|xml| xml.starts_with(kind) && xml.contains(what)) {
            self.sees(&[kind, what]).await;
        }
    }

    /// Asks to see somebody's presence with a token.
    async fn subscribes(&mut self, to: &Client, token: &str) {
        let preauth = format!("<preauth xmlns='urn:xmpp:pars:0' token='{token}'/>");
        self.send(&format!("<presence type='subscribe' to='{}'>{preauth}</presence>", to.who.address)).await;
    }
}

/// XEP-0379 sections 3.4 to 3.6.
#[tokio::test]
async fn who_was_invited_is_a_contact_without_asking() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    for client in [&mut romeo, &mut juliet] {
        client.asks_for_roster().await;
    }
    let token = romeo.invites().await;
    juliet.subscribes(&romeo, token.expose()).await;
    juliet.is_told("<iq", "jid='romeo@example.org' subscription='both'").await;
    juliet.is_told("<presence", "from='romeo@example.org/desk'").await;
    romeo.is_told("<iq", "jid='juliet@example.org' subscription='both'").await;
    romeo.is_told("<presence", "from='juliet@example.org/desk'").await;
    assert!(!romeo.seen.iter().any(|xml| xml.contains("type='subscribe'")), "{:#?}", romeo.seen);
    romeo.send("<presence id='1'><status>on the balcony</status></presence>").await;
    juliet.sees(&["on the balcony"]).await;
}

/// XEP-0379 section 4.1.
#[tokio::test]
async fn with_a_token_that_does_not_work_one_asks_like_anybody() {
    let stage = Stage::new().await;
    let (mut romeo, mut juliet) = (stage.client("romeo").await, stage.client("juliet").await);
    let mut nurse = stage.client("nurse").await;
    let token = romeo.invites().await;
    juliet.subscribes(&romeo, "00000000000000000000000000").await;
    romeo.sees(&["type='subscribe'", "from='juliet@example.org'"]).await;
    juliet.subscribes(&nurse, token.expose()).await;
    nurse.sees(&["type='subscribe'", "from='juliet@example.org'"]).await;
    juliet.subscribes(&romeo, token.expose()).await;
    juliet.sees(&["type='subscribed'", "from='romeo@example.org'"]).await;
    nurse.subscribes(&romeo, token.expose()).await;
    romeo.sees(&["type='subscribe'", "from='nurse@example.org'"]).await;
}
