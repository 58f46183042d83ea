//! What clients in rooms are told.

mod elsewhere;
mod entering;
mod managing;
mod speaking;

use crate::stage::{Client, Stage};

const GARDEN: &str = "garden@groups.example.org";

impl Client {
    async fn enters(&mut self, nick: &str) -> String {
        self.asks_to_enter(nick, "").await;
        self.sees(&["<presence", &format!("from='{GARDEN}/{nick}'"), "code='110'"]).await
    }

    async fn asks_to_enter(&mut self, nick: &str, history: &str) {
        let muc = "http://jabber.org/protocol/muc";
        let x = format!("<x xmlns='{muc}'>{history}</x>");
        self.send(&format!("<presence to='{GARDEN}/{nick}' id='enter'>{x}</presence>")).await;
    }

    async fn sets_up(&mut self, fields: &[(&str, &str)]) {
        let fields: String = fields
            .iter()
            .map(|(name, value)| format!("<field var='muc#roomconfig_{name}'><value>{value}</value></field>"))
            .collect();
        self.asks_owner(&format!("<x xmlns='jabber:x:data' type='submit'>{fields}</x>")).await;
        self.sees(&["<iq", "type='result'"]).await;
    }

    async fn asks_owner(&mut self, inside: &str) {
        let query = format!("<query xmlns='http://jabber.org/protocol/muc#owner'>{inside}</query>");
        self.send(&format!("<iq type='set' id='owner' to='{GARDEN}'>{query}</iq>")).await;
    }

    async fn changes(&mut self, item: &str) {
        let query = format!("<query xmlns='http://jabber.org/protocol/muc#admin'>{item}</query>");
        self.send(&format!("<iq type='set' id='admin' to='{GARDEN}'>{query}</iq>")).await;
    }

    async fn says(&mut self, id: &str, text: &str) {
        let message =
            format!("<message type='groupchat' id='{id}' to='{GARDEN}'><body>{text}</body></message>");
        self.send(&message).await;
    }
}

/// Two people in a room that the first one has made; both have seen everything.
async fn garden(stage: &Stage) -> (Client, Client) {
    let mut romeo = stage.client("romeo").await;
    romeo.enters("Romeo").await;
    romeo.sets_up(&[]).await;
    let mut juliet = stage.client("juliet").await;
    juliet.enters("Juliet").await;
    juliet.sees(&["<subject"]).await;
    romeo.sees(&["<presence", "/Juliet'"]).await;
    (romeo, juliet)
}
