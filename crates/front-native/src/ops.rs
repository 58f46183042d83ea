//! One file per family of operations.

mod account;
mod arrangement;
mod contact;
mod conversation;
mod directory;
mod event;
mod link;
mod member;
mod presence;
mod report;
mod scheduled;
mod sign_in;
mod sync;

use crate::dispatch::Handler;
use parlance_api::ops::*;

macro_rules! handlers {
    ($($request:ident)+) => {
        /// A handler for every operation of the protocol.
        pub(crate) fn handlers() -> Vec<Handler> {
            vec![$(Handler::of::<$request>()),+]
        }
    };
}

handlers! {
    GetServer SignIn Register SignOut LookAtInvitation CreateInvitation ListInvitations RevokeInvitation
    GetMe UpdateMe ChangePassword ListDevices RevokeDevice
    SetPresence GetPresence ListContacts GetContact SetContact RemoveContact FindUsers GetUser
    SendReport ListReports DismissReport
    Sync ListConversations CreateConversation OpenDirect OpenNotes GetConversation ChangeSettings
    SetPreferences ChangePreferences SetDraft MarkRead MarkUnread MarkDelivered SetTyping
    ListMembers AddMember ChangeMember RemoveMember BanMember UnbanMember ListBans ListRequests
    CreateLink ListLinks RevokeLink LookAtLink JoinByLink ListDirectory JoinListed
    Send ListEvents GetEvent Edit ListEdits DeleteEvent React Unreact CastVote ClosePoll
    Acknowledge ListAcknowledgements Pin Unpin ListPins ListThread
    ListReceipts Schedule ListScheduled ChangeScheduled CancelScheduled SendScheduled
    GetArrangement SetFolder DeleteFolder OrderFolders AddToFolder RemoveFromFolder OrderFavourites Search
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_of_the_protocol_has_a_handler() {
        let handled: BTreeSet<_> = handlers().iter().map(|handler| handler.description.name).collect();
        let described: BTreeSet<_> = OPERATIONS.iter().map(|entry| entry.description.name).collect();
        assert_eq!(handled, described);
    }
}
