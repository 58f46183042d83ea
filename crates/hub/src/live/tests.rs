mod following;
mod mailbox;
mod presence;
mod pushing;
mod relaying;
mod room;
mod routes;

use parlance_core::id::ConversationId;
use uuid::Uuid;

fn conversation(number: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(number))
}
