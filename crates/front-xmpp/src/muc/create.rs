use crate::{context::Xmpp, errors::Refused, seat::Seat};
use parlance_core::{
    conversation::{HistoryVisibility, Kind},
    id::ConversationId,
};
use parlance_hub::usecase::NewConversation;

/// Makes a room that does not exist. Until somebody says how it is to be, nobody else finds or enters it.
///
/// # Source
/// XEP-0045 section 10.1.1.
pub(super) async fn create(xmpp: &Xmpp, seat: &Seat, name: &str) -> Result<ConversationId, Refused> {
    let new = NewConversation {
        kind: Kind::Group,
        name: name.to_owned(),
        address_name: Some(name.to_owned()),
        topic: String::new(),
        history: HistoryVisibility::All,
        members: Vec::new(),
        client_ref: None,
    };
    Ok(xmpp.hub.create_conversation(seat.caller, new).await?)
}
