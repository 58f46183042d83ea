use parlance_core::{
    account::{AccountChange, Preferences},
    conversation::{Role, Settings},
    event::{Content, Event, MembershipChange, Offset},
    id::{ConversationId, PrincipalId, Seq},
};
use parlance_hub::{
    ports::{Mark, MembershipRow},
    usecase::{Position, SyncedConversation},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// What a device knows: the fold of everything it was told.
#[derive(Debug)]
pub(super) struct Model {
    owner: PrincipalId,
    /// The mark up to which it knows everything.
    pub(super) since: Option<Mark>,
    pub(super) conversations: BTreeMap<ConversationId, Known>,
    /// Changes of one's own, which may come before the conversation they are about.
    changes: Vec<(AccountChange, Offset)>,
    /// How far each conversation came on the present connection.
    live: BTreeMap<ConversationId, Seq>,
    /// Conversations that catching up said are gone; what was on its way is of no interest.
    gone: BTreeSet<ConversationId>,
    /// Places that were left out, as long as the conversation is one's own.
    left_out: BTreeMap<ConversationId, String>,
}

/// What a device knows of one conversation it is in.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// The newest known place, with everything before it that is not a hole.
    pub(super) position: Seq,
    pub(super) events: BTreeMap<Seq, Arc<Event>>,
    pub(super) holes: BTreeSet<Seq>,
    pub(super) read: Seq,
    pub(super) draft: String,
    pub(super) preferences: Preferences,
    /// Known once a row was read; what is told live changes it.
    pub(super) settings: Option<Settings>,
    pub(super) role: Option<Role>,
    /// Changes of one's own up to here are in what was told already.
    as_of: Offset,
}

/// Something a device was told that it should not have been told, or not like this.
pub(super) type Complaint = Option<String>;

impl Model {
    pub(super) fn new(owner: PrincipalId) -> Self {
        Self {
            owner,
            since: None,
            conversations: BTreeMap::new(),
            changes: Vec::new(),
            live: BTreeMap::new(),
            gone: BTreeSet::new(),
            left_out: BTreeMap::new(),
        }
    }

    /// Begins a connection.
    pub(super) fn connected(&mut self) {
        self.live.clear();
        self.gone.clear();
    }

    /// Forgets everything, as a device that never was here.
    pub(super) fn forget(&mut self) {
        *self = Self::new(self.owner);
    }

    /// Where it stands in each conversation.
    pub(super) fn positions(&self, epoch: parlance_core::id::Epoch) -> HashMap<ConversationId, Position> {
        let stands = |(id, known): (&ConversationId, &Known)| (*id, Position { epoch, seq: known.position });
        self.conversations.iter().map(stands).collect()
    }

    /// Takes the answer for one conversation.
    pub(super) fn synced(&mut self, synced: &SyncedConversation, mark: Offset) -> Complaint {
        let known = self.conversations.entry(synced.row.conversation).or_default();
        let complaint = if known.position == Seq::ZERO { None } else { known.check_missing(synced) };
        known.take_row(&synced.row);
        known.as_of = mark;
        known.take_window(synced);
        complaint
    }

    /// Is told by catching up that it is no longer in a conversation.
    pub(super) fn is_gone(&mut self, conversation: ConversationId) {
        self.left(conversation);
        self.gone.insert(conversation);
    }

    fn left(&mut self, conversation: ConversationId) {
        self.conversations.remove(&conversation);
        self.left_out.remove(&conversation);
    }

    /// What was left out of conversations it is in.
    pub(super) fn left_out(&self) -> impl Iterator<Item = (&ConversationId, &String)> {
        self.left_out.iter()
    }

    /// Takes an event that came over the connection.
    pub(super) fn told(&mut self, event: &Arc<Event>) -> Complaint {
        let is_entry = self.is_own_entry(event);
        let complaint = self.check_once(event);
        if is_entry {
            self.gone.remove(&event.conversation);
        }
        if self.gone.contains(&event.conversation) {
            return complaint;
        }
        if !is_entry && let Some(fault) = self.find_left_out(event) {
            self.left_out.insert(event.conversation, fault);
        }
        if let Content::Account(change) = &event.content {
            self.changes.push((change.clone(), event.offset));
            self.take_account(change, event.offset);
        } else if event.conversation != ConversationId::account(self.owner) {
            self.take_event(event, is_entry);
        }
        complaint
    }

    fn is_own_entry(&self, event: &Event) -> bool {
        matches!(&event.content, Content::Membership { who, change: MembershipChange::Joined(_) } if *who == self.owner)
    }

    /// Nothing comes twice over a connection, and nothing comes before what it follows.
    fn check_once(&mut self, event: &Event) -> Complaint {
        let last = self.live.insert(event.conversation, event.seq)?;
        (event.seq <= last).then(|| format!("{} came after {last} on one connection", event.seq))
    }

    /// Nothing is left out between what is known and what comes over a connection.
    fn find_left_out(&self, event: &Event) -> Complaint {
        let known = self.conversations.get(&event.conversation)?;
        let expected = known.position.next();
        (event.seq > expected)
            .then(|| format!("{} came where {expected} or an earlier one was due", event.seq))
    }

    fn take_event(&mut self, event: &Arc<Event>, is_entry: bool) {
        let is_new =
            self.conversations.get(&event.conversation).is_none_or(|known| event.seq > known.position);
        if is_new && (is_entry || self.is_own_exit(event)) {
            self.left(event.conversation);
        }
        if is_new && self.is_own_exit(event) {
            return;
        }
        let known = self.conversations.entry(event.conversation).or_default();
        known.take_event(event);
        if is_new && let Some(role) = own_role(event, self.owner) {
            known.role = Some(role);
        }
        if is_new && is_entry {
            known.read = event.seq;
            known.as_of = event.offset;
            for (change, offset) in self.changes.clone() {
                self.take_account(&change, offset);
            }
        }
    }

    fn is_own_exit(&self, event: &Event) -> bool {
        use MembershipChange::{Banned, Left, Removed};
        matches!(&event.content, Content::Membership { who, change: Left | Removed | Banned } if *who == self.owner)
    }

    fn take_account(&mut self, change: &AccountChange, offset: Offset) {
        let (AccountChange::Read { conversation, .. }
        | AccountChange::Unread { conversation, .. }
        | AccountChange::Draft { conversation, .. }
        | AccountChange::Preferences { conversation, .. }) = change
        else {
            return;
        };
        let Some(known) = self.conversations.get_mut(conversation) else { return };
        if offset <= known.as_of {
            return;
        }
        match change {
            AccountChange::Read { seq, .. } => known.read = known.read.max(*seq),
            AccountChange::Unread { from, .. } => known.read = known.read.min(from.previous()),
            AccountChange::Draft { text, .. } => known.draft.clone_from(text),
            AccountChange::Preferences { preferences, .. } => known.preferences = *preferences,
            _ => {}
        }
    }
}

/// The role that an event gives somebody.
fn own_role(event: &Event, owner: PrincipalId) -> Option<Role> {
    match event.content {
        Content::Membership {
            who,
            change: MembershipChange::Joined(role) | MembershipChange::Role(role),
        } => (who == owner).then_some(role),
        _ => None,
    }
}

impl Known {
    /// Catching up gives exactly what is missing: nothing that is known, and nothing is left out.
    fn check_missing(&self, synced: &SyncedConversation) -> Complaint {
        let wanted = self.position.next().max(synced.row.visible_from);
        let hole = synced.hole.map_or(0..=0, |(from, to)| from.0..=to.0);
        let given = synced.events.iter().map(|item| item.event.seq.0);
        let answered: Vec<u64> = hole.filter(|seq| *seq > 0).chain(given).collect();
        let expected: Vec<u64> = (wanted.0..=synced.row.head.0).collect();
        let is_exact = answered.get(..expected.len()) == Some(&expected[..])
            && answered.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        (!is_exact).then(|| format!("catching up from {wanted} to {} gave {answered:?}", synced.row.head))
    }

    fn take_row(&mut self, row: &MembershipRow) {
        self.read = row.read;
        self.draft.clone_from(&row.draft);
        self.preferences = row.preferences;
        self.settings = Some(row.settings.clone());
        self.role = Some(row.role);
    }

    fn take_window(&mut self, synced: &SyncedConversation) {
        for item in &synced.events {
            self.take_event(&item.event);
        }
        let was_skipped = |seq: &u64| !self.events.contains_key(&Seq(*seq));
        let skipped: Vec<u64> = (self.position.0 + 1..=synced.row.head.0).filter(was_skipped).collect();
        self.holes.extend(skipped.into_iter().map(Seq));
        self.position = self.position.max(synced.row.head);
    }

    /// Takes an event at its place; places that were jumped over are holes.
    fn take_event(&mut self, event: &Arc<Event>) {
        if event.seq > self.position {
            self.holes.extend((self.position.0 + 1..event.seq.0).map(Seq));
            self.position = event.seq;
            self.fold(event);
        }
        self.fill(event);
    }

    /// Puts an event at its place, without folding it in.
    pub(super) fn fill(&mut self, event: &Arc<Event>) {
        self.holes.remove(&event.seq);
        let known = self.events.get(&event.seq).map(|known| &known.content);
        // What was deleted stays deleted, also when an older copy of it arrives.
        if known != Some(&Content::Deleted) {
            self.events.insert(event.seq, Arc::clone(event));
        }
    }

    /// Folds in what came by filling holes.
    pub(super) fn settle(&mut self) {
        let deleted: Vec<Seq> = self
            .events
            .values()
            .filter_map(|event| match &event.content {
                Content::Delete { target } => Some(target.seq),
                _ => None,
            })
            .collect();
        deleted.into_iter().for_each(|seq| self.blank(seq));
    }

    fn fold(&mut self, event: &Event) {
        match &event.content {
            Content::Settings(change) => {
                if let Some(settings) = &mut self.settings {
                    settings.apply(change);
                }
            }
            Content::Delete { target } => self.blank(target.seq),
            _ => {}
        }
    }

    fn blank(&mut self, seq: Seq) {
        for known in self.events.values_mut() {
            let is_part = matches!(&known.content, Content::Edit { target, .. } | Content::Vote { target, .. } if target.seq == seq);
            if known.seq == seq || is_part {
                *known = Arc::new(Event { content: Content::Deleted, extras: None, ..(**known).clone() });
            }
        }
    }
}
