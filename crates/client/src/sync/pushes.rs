use super::{
    core::Core,
    effect::Effect,
    notice::{ConnectionState, Notice},
};
use crate::{connection::Incoming, error::StoreError, store::Unsaid};
use parlance_api::{
    event::{Content, Event, MembershipChange},
    frame::{Push, Welcome},
    model::{AccountChange, Hole, Receipt},
};

impl Core {
    /// Takes in what the connection tells.
    pub(crate) fn handle_incoming(&mut self, now_ms: u64, incoming: Incoming) -> Result<(), StoreError> {
        match incoming {
            Incoming::Connecting => self.set_link(ConnectionState::Connecting),
            Incoming::Welcome(welcome) => self.handle_welcome(now_ms, *welcome)?,
            Incoming::Push(push) => self.handle_push(now_ms, *push)?,
            Incoming::Offline { reason, retry_in } => {
                let retry_in_ms = u64::try_from(retry_in.as_millis()).unwrap_or(u64::MAX);
                self.go_offline(ConnectionState::Offline { reason, retry_in_ms });
            }
            Incoming::Refused(problem) => {
                self.store.forget_sign_in()?;
                self.go_offline(ConnectionState::SignedOut { problem });
            }
        }
        self.send_due(now_ms)
    }

    fn handle_welcome(&mut self, now_ms: u64, welcome: Welcome) -> Result<(), StoreError> {
        self.me = welcome.me;
        let (address, name) = (self.me.user.address.clone(), self.me.user.display_name.clone());
        self.remember_name(&address, &name)?;
        self.set_link(ConnectionState::Syncing);
        self.forget_watched();
        self.described.clear();
        self.begin_pass()?;
        self.say_everything(now_ms);
        Ok(())
    }

    fn go_offline(&mut self, link: ConnectionState) {
        self.pass.interrupt();
        self.outbox.interrupt();
        self.set_link(link);
    }

    fn handle_push(&mut self, now_ms: u64, push: Push) -> Result<(), StoreError> {
        match push {
            Push::Event { event } => self.handle_event(now_ms, *event)?,
            Push::Account { change } => self.handle_account(change)?,
            Push::Receipt(receipt) => {
                self.take_receipts(&receipt.conversation, std::slice::from_ref(&receipt))?
            }
            Push::Typing { conversation, user, active } => {
                self.typing.apply(now_ms, &conversation, &user, active);
                self.notify(Notice::Typing { conversation });
            }
            Push::Presence(presence) => {
                self.presence.insert(presence.user.clone(), presence);
                self.notify(Notice::Presence);
            }
            Push::Mark { mark } => {
                if self.pass.is_complete() {
                    self.store.save_mark(&mark)?;
                }
            }
            Push::Closing { .. } => {}
        }
        Ok(())
    }

    /// Takes in how far others have received and read.
    pub(super) fn take_receipts(
        &mut self,
        conversation: &str,
        receipts: &[Receipt],
    ) -> Result<(), StoreError> {
        let Some(room) = self.rooms.get_mut(conversation) else { return Ok(()) };
        let grown = receipts.iter().filter(|receipt| room.apply_receipt(receipt)).count();
        if grown > 0 {
            self.store.save_conversation(&room.stored())?;
            self.notify(Notice::Timeline { conversation: conversation.to_owned() });
        }
        Ok(())
    }

    fn handle_event(&mut self, now_ms: u64, event: Event) -> Result<(), StoreError> {
        let conversation = event.conversation.clone();
        if self.ends_my_membership(&event) {
            return self.forget_room(&conversation);
        }
        let Some(room) = self.rooms.get(&conversation) else {
            self.early.entry(conversation.clone()).or_default().push(event);
            self.ask(Effect::Get(conversation));
            return Ok(());
        };
        let head = room.timeline.head();
        let is_new = self.absorb(&conversation, std::slice::from_ref(&event))?;
        if event.seq > head + 1 && self.pass.is_complete() {
            let hole = Hole { from: head + 1, to: event.seq - 1 };
            self.ask_for_page(super::pass::page_of(&conversation, hole), None);
        }
        if is_new {
            self.note_new(now_ms, &conversation, &event);
        }
        Ok(())
    }

    fn note_new(&mut self, now_ms: u64, conversation: &str, event: &Event) {
        let Content::Message(_) = &event.content else { return };
        if event.sender == self.me.user.address {
            return;
        }
        self.typing.apply(now_ms, conversation, &event.sender, false);
        self.notify(Notice::Message { conversation: conversation.to_owned(), seq: event.seq });
        self.note_delivered(now_ms, conversation, event.seq);
    }

    fn ends_my_membership(&self, event: &Event) -> bool {
        use MembershipChange::{Banned, Left, Removed};
        matches!(&event.content, Content::Membership { user, change: Left | Removed | Banned, .. }
            if *user == self.me.user.address)
    }

    fn handle_account(&mut self, change: AccountChange) -> Result<(), StoreError> {
        match change {
            AccountChange::Read { conversation, read_seq } => self.take_read(&conversation, read_seq)?,
            AccountChange::Unread { conversation, unread_from } => {
                self.take_unread(&conversation, unread_from)?;
            }
            AccountChange::Draft { conversation, text } => {
                if !self.said.has_draft(&conversation) {
                    self.put_draft(&conversation, text)?;
                }
            }
            AccountChange::Preferences { conversation, preferences } => {
                if let Some(room) = self.rooms.get_mut(&conversation) {
                    room.info.membership.preferences = preferences;
                    self.store.save_conversation(&room.stored())?;
                    self.notify(Notice::Conversations);
                }
            }
            AccountChange::Contact(contact) => {
                self.remember_name(&contact.user.address, &contact.user.display_name)?;
            }
            AccountChange::Profile { display_name, privacy } => {
                self.me.user.display_name = display_name;
                self.me.privacy = privacy;
            }
            AccountChange::ContactRemoved { .. }
            | AccountChange::Devices {}
            | AccountChange::Scheduled { .. }
            | AccountChange::Arrangement {} => {}
        }
        Ok(())
    }

    pub(super) fn put_draft(&mut self, conversation: &str, text: String) -> Result<(), StoreError> {
        if let Some(room) = self.rooms.get_mut(conversation) {
            room.info.membership.draft = text;
            self.store.save_conversation(&room.stored())?;
            self.notify(Notice::Conversations);
        }
        Ok(())
    }

    /// Says again, on a new connection, what may not have arrived.
    fn say_everything(&mut self, now_ms: u64) {
        let unsaid: Vec<(String, Unsaid)> = self.said.restart(now_ms);
        for (conversation, unsaid) in unsaid {
            self.ask(Effect::Say(conversation, unsaid));
        }
    }
}
