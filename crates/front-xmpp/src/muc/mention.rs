//! Whom messages in rooms mean by their nicknames.

use crate::{context::Xmpp, said::Spoken};
use parlance_core::{
    body::{Body, Mention, Mentioned},
    id::PrincipalId,
};
use parlance_xmpp::nickname_key;

/// Characters in which a nickname is looked for at the beginning of a message.
const NICK_CHARS_MAX: usize = 128;

/// Who has a nickname in a room.
pub(crate) async fn who_is(xmpp: &Xmpp, room: &str, nick: &str) -> Option<PrincipalId> {
    let id = xmpp.hub.conversation_named(room).await.ok()??;
    let key = nickname_key(nick)?;
    xmpp.in_room(id, |room| room.with_nick(&key)).flatten()
}

/// A message that begins with somebody's nickname and a colon or comma mentions them: that is how people
/// address each other in rooms, and clients write it for them.
pub(super) fn add_addressed(xmpp: &Xmpp, spoken: &mut Spoken) {
    let Body::Text { text, mentions } = &mut spoken.body else { return };
    let Some(at) = text.chars().take(NICK_CHARS_MAX).position(|char| char == ':' || char == ',') else {
        return;
    };
    let nick: String = text.chars().take(at).collect();
    let Some(key) = nickname_key(&nick) else { return };
    let Some(who) = xmpp.in_room(spoken.conversation, |room| room.with_nick(&key)).flatten() else { return };
    let who = Mentioned::Principal(who);
    if mentions.iter().all(|mention| mention.who != who) {
        mentions.push(Mention { start: 0, end: u32::try_from(at).unwrap_or(u32::MAX), who });
    }
}
