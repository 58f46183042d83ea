use super::{core::Core, effect::Effect};
use crate::{error::StoreError, store::Unsaid};
use parlance_api::{model::Conversation, model::ConversationKind, ops};
use std::collections::{BTreeMap, HashMap};

/// How long receipts are gathered before they are said, in milliseconds.
const RECEIPT_PAUSE_MS: u64 = 150;
/// How long a draft rests before it is said, in milliseconds.
const DRAFT_PAUSE_MS: u64 = 1_000;
/// How often typing is repeated while it goes on, in milliseconds.
const TYPING_REPEAT_MS: u64 = 3_000;
/// Receipts on their way at once.
const RECEIPTS_AT_ONCE: usize = 8;

/// What the server is told of the reader: gathered, and repeated until it has arrived.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Said before a mark as unread of the same conversation, when there is one.
    pub(super) reads: HashMap<String, u64>,
    pub(super) unreads: HashMap<String, u64>,
    drafts: HashMap<String, String>,
    draft_due_ms: BTreeMap<String, u64>,
    deliveries: BTreeMap<String, u64>,
    delivered: HashMap<String, u64>,
    deliveries_due_ms: Option<u64>,
    deliveries_on_the_way: usize,
    typing: HashMap<String, u64>,
}

impl Said {
    pub(super) fn new(unsaid: Vec<(String, Unsaid)>) -> Self {
        let mut said = Self::default();
        for (conversation, unsaid) in unsaid {
            match unsaid {
                Unsaid::Read(seq) => drop(said.reads.insert(conversation, seq)),
                Unsaid::Unread(from) => drop(said.unreads.insert(conversation, from)),
                Unsaid::Draft(text) => drop(said.drafts.insert(conversation, text)),
            }
        }
        said
    }

    pub(super) fn has_draft(&self, conversation: &str) -> bool {
        self.drafts.contains_key(conversation)
    }

    /// Whether the server does not know the read position yet.
    pub(super) fn has_position(&self, conversation: &str) -> bool {
        self.reads.contains_key(conversation) || self.unreads.contains_key(conversation)
    }

    /// What the server does not know yet is truer than what it says.
    pub(super) fn put_on_top(&self, conversation: &mut Conversation) {
        let membership = &mut conversation.membership;
        if let Some(draft) = self.drafts.get(&conversation.conversation) {
            membership.draft.clone_from(draft);
        }
    }

    /// A new connection: everything unsaid, to be said now.
    pub(super) fn restart(&mut self, now_ms: u64) -> Vec<(String, Unsaid)> {
        self.deliveries_on_the_way = 0;
        self.typing.clear();
        self.deliveries_due_ms = (!self.deliveries.is_empty()).then_some(now_ms);
        self.draft_due_ms.clear();
        let reads = self.reads.iter().map(|(id, seq)| (id.clone(), Unsaid::Read(*seq)));
        let unreads = self.unreads.iter().filter(|(id, _)| !self.reads.contains_key(*id));
        let unreads = unreads.map(|(id, from)| (id.clone(), Unsaid::Unread(*from)));
        let drafts = self.drafts.iter().map(|(id, text)| (id.clone(), Unsaid::Draft(text.clone())));
        reads.chain(unreads).chain(drafts).collect()
    }
}

impl Core {
    /// When [`Core::say_due`] has something to say.
    pub(super) fn next_saying_ms(&self) -> Option<u64> {
        if !self.is_connected() {
            return None;
        }
        let receipts = self.said.deliveries_due_ms.filter(|_| self.said.deliveries_on_the_way == 0);
        self.said.draft_due_ms.values().copied().chain(receipts).min()
    }

    /// Says what has rested long enough.
    pub(super) fn say_due(&mut self, now_ms: u64) {
        if !self.is_connected() {
            return;
        }
        let due: Vec<String> = self
            .said
            .draft_due_ms
            .iter()
            .filter(|(_, due_ms)| **due_ms <= now_ms)
            .map(|(id, _)| id.clone())
            .collect();
        for conversation in due {
            self.said.draft_due_ms.remove(&conversation);
            if let Some(text) = self.said.drafts.get(&conversation) {
                let unsaid = Unsaid::Draft(text.clone());
                self.ask(Effect::Say(conversation, unsaid));
            }
        }
        if self.said.deliveries_due_ms.is_some_and(|due_ms| due_ms <= now_ms) {
            self.say_deliveries();
        }
    }

    /// Everything up to `seq` is on this device: says so soon.
    ///
    /// Channels are left out: nobody sees how far their readers have received.
    pub(super) fn note_delivered(&mut self, now_ms: u64, conversation: &str, seq: u64) {
        let Some(room) = self.rooms.get(conversation) else { return };
        let is_said = self.said.delivered.get(conversation).is_some_and(|said| *said >= seq);
        let is_worth_saying = !matches!(room.info.kind, ConversationKind::Channel | ConversationKind::Notes)
            && room.info.unread > 0;
        if is_said || !is_worth_saying {
            return;
        }
        let wanted = self.said.deliveries.entry(conversation.to_owned()).or_default();
        *wanted = seq.max(*wanted);
        self.said.deliveries_due_ms.get_or_insert(now_ms + RECEIPT_PAUSE_MS);
    }

    fn say_deliveries(&mut self) {
        self.said.deliveries_due_ms = None;
        while self.said.deliveries_on_the_way < RECEIPTS_AT_ONCE {
            let Some((conversation, seq)) = self.said.deliveries.pop_first() else { return };
            self.said.deliveries_on_the_way += 1;
            self.said.delivered.insert(conversation.clone(), seq);
            self.ask(Effect::Delivered { conversation, seq });
        }
    }

    /// A receipt has arrived, or not: then it is said again on the next connection.
    pub(super) fn handle_delivered(&mut self, conversation: &str, has_arrived: bool) {
        self.said.deliveries_on_the_way = self.said.deliveries_on_the_way.saturating_sub(1);
        if has_arrived {
            self.say_deliveries();
        } else if let Some(seq) = self.said.delivered.remove(conversation) {
            self.said.deliveries.entry(conversation.to_owned()).or_insert(seq);
        }
    }

    /// The person has written this much and not sent it.
    pub(crate) fn set_draft(
        &mut self,
        now_ms: u64,
        conversation: &str,
        text: &str,
    ) -> Result<(), StoreError> {
        let is_same = self.rooms.get(conversation).is_none_or(|room| room.info.membership.draft == text);
        if is_same {
            return Ok(());
        }
        self.put_draft(conversation, text.to_owned())?;
        self.said.drafts.insert(conversation.to_owned(), text.to_owned());
        self.said.draft_due_ms.insert(conversation.to_owned(), now_ms + DRAFT_PAUSE_MS);
        self.store.save_unsaid(conversation, &Unsaid::Draft(text.to_owned()))
    }

    /// Something was told to the server; a refusal means that it does not want to know.
    pub(super) fn handle_said(
        &mut self,
        conversation: &str,
        said: &Unsaid,
        is_settled: bool,
    ) -> Result<(), StoreError> {
        if !is_settled {
            return Ok(());
        }
        match said {
            Unsaid::Read(seq) if self.said.reads.get(conversation) == Some(seq) => {
                self.said.reads.remove(conversation);
                self.handle_position_said(conversation);
            }
            Unsaid::Unread(from) if self.said.unreads.get(conversation) == Some(from) => {
                self.said.unreads.remove(conversation);
                self.say_read_since(conversation, *from)?;
                self.handle_position_said(conversation);
            }
            Unsaid::Draft(text) if self.said.drafts.get(conversation) == Some(text) => {
                self.said.drafts.remove(conversation);
            }
            _ => {}
        }
        self.store.remove_unsaid(conversation, said)
    }

    /// The person is typing, or no longer; said at most every few seconds.
    pub(crate) fn set_typing(&mut self, now_ms: u64, conversation: &str, active: bool) {
        if !self.is_connected() {
            return;
        }
        let last_ms = self.said.typing.get(conversation).copied();
        let is_news = match (active, last_ms) {
            (true, Some(last_ms)) => now_ms >= last_ms + TYPING_REPEAT_MS,
            (true, None) => true,
            (false, last_ms) => last_ms.is_some(),
        };
        if is_news {
            if active {
                self.said.typing.insert(conversation.to_owned(), now_ms);
            } else {
                self.said.typing.remove(conversation);
            }
            self.ask(Effect::Typing(ops::SetTyping { conversation: conversation.to_owned(), active }));
        }
    }
}
