//! From the core's words to the wire's.

use crate::{context::Api, errors::problem, time};
use parlance_api::{error::Problem, event as wire, model};
use parlance_core::{
    account::Contact,
    body::{Body, Mentioned},
    conversation::{HistoryVisibility, Kind, Permission, Role, Settings, SettingsChange, ThreadDisplay},
    event::{Content, Event, MembershipChange, Message, Offset},
    fold::Fold,
    id::PrincipalId,
    poll::{Ballot, Poll},
    presence::{Availability, Shown},
    principal::{Device, Principal, PrincipalKind, Privacy},
};
use parlance_hub::{
    Caller, Hub,
    ports::{FoldedEvent, Mark, MembershipRow, ReceiptRow},
    usecase::{SyncCursor, SyncedConversation},
};

/// Most people named under one emoji, or one option of a poll.
const NAMED_MAX: usize = 20;

pub(crate) fn mark(mark: Mark) -> String {
    format!("{}-{}", mark.life, mark.offset.0)
}

pub(crate) fn sync_cursor(cursor: SyncCursor) -> String {
    let text = |offset: Option<Offset>| offset.map_or_else(String::new, |offset| offset.0.to_string());
    format!("{}-{}-{}", mark(cursor.mark), text(cursor.since), text(cursor.before))
}

pub(crate) fn user(principal: &Principal) -> model::User {
    model::User {
        address: principal.address.to_string(),
        display_name: principal.display_name.clone(),
        kind: match principal.kind {
            PrincipalKind::Person => model::UserKind::Person,
            PrincipalKind::Bot => model::UserKind::Bot,
            PrincipalKind::Remote => model::UserKind::Remote,
        },
    }
}

pub(crate) fn contact(person: &Principal, contact: &Contact) -> model::Contact {
    model::Contact {
        user: user(person),
        alias: contact.alias.clone(),
        blocked: contact.blocked,
        listed: contact.is_listed,
    }
}

/// Whether somebody stands in the list of contacts: not for a request that waits.
pub(crate) fn is_shown(contact: &Contact) -> bool {
    contact.is_listed || contact.blocked
}

pub(crate) fn privacy(privacy: Privacy) -> model::Privacy {
    model::Privacy { show_last_seen: privacy.show_last_seen, show_read: privacy.show_read }
}

pub(crate) fn me(principal: &Principal, caller: Caller) -> model::Me {
    model::Me {
        user: user(principal),
        device: caller.device.to_string(),
        admin: principal.is_admin,
        privacy: privacy(principal.privacy),
    }
}

pub(crate) fn device(device: &Device, caller: Caller) -> model::Device {
    model::Device {
        device: device.id.to_string(),
        name: device.name.clone(),
        created_at: time::format(device.created_at),
        last_seen_at: time::format(device.last_seen_at),
        current: device.id == caller.device,
    }
}

/// Somebody's address. People are met before anything about them is encoded; one whose row is
/// gone for good has only their number.
pub(crate) fn address(hub: &Hub, who: PrincipalId) -> String {
    hub.known_person(who)
        .map_or_else(|| format!("{who}@{}", hub.settings().domain), |person| person.address.to_string())
}

/// Everybody an event names.
pub(crate) fn people_in(event: &Event) -> Vec<PrincipalId> {
    let mut people = vec![event.sender];
    match &event.content {
        Content::Message(message) => {
            people.extend(message.forwarded.map(|from| from.sender));
            people.extend(message.body.mentioned_principals());
        }
        Content::Edit { body, .. } => people.extend(body.mentioned_principals()),
        Content::Membership { who, .. } => people.push(*who),
        _ => {}
    }
    people
}

fn people_in_fold(item: &FoldedEvent) -> Vec<PrincipalId> {
    let Some(fold) = &item.fold else { return Vec::new() };
    let edited = fold.edited.iter().flat_map(|(body, _)| body.mentioned_principals());
    let poll = item.event.poll().filter(|poll| !poll.anonymous);
    let options = 0..poll.map_or(0, |poll| poll.options.len());
    let voted = options.flat_map(|place| voters_of(fold, place).take(NAMED_MAX));
    let reacted = fold.reactions.iter().flat_map(|(_, who)| who.iter().copied().take(NAMED_MAX));
    reacted.chain(voted).chain(edited).collect()
}

/// Who chose an option of a poll, in the order in which they did.
fn voters_of(fold: &Fold, place: usize) -> impl Iterator<Item = PrincipalId> {
    let is_chosen = move |ballot: &&Ballot| ballot.options.iter().any(|number| usize::from(*number) == place);
    fold.votes.iter().filter(is_chosen).map(|ballot| ballot.who)
}

/// An event as it was written, for everybody alike but who votes in an anonymous poll: nobody else learns from it
/// who that was.
pub(crate) fn event_for(hub: &Hub, reader: PrincipalId, event: &Event) -> wire::Event {
    if event.sender == reader { own_event(hub, event) } else { self::event(hub, event) }
}

/// An event as it was written, for everybody but its sender.
pub(crate) fn event(hub: &Hub, event: &Event) -> wire::Event {
    let own = own_event(hub, event);
    if event.content.is_secret_vote() { anonymous(own) } else { own }
}

fn anonymous(event: wire::Event) -> wire::Event {
    wire::Event { sender: String::new(), client_ref: None, ..event }
}

fn own_event(hub: &Hub, event: &Event) -> wire::Event {
    wire::Event {
        conversation: event.conversation.to_string(),
        epoch: u64::from(event.epoch.0),
        seq: event.seq.0,
        event_id: event.id.to_string(),
        at: time::format(event.at),
        sender: address(hub, event.sender),
        client_ref: event.client_ref.as_ref().map(|text| text.as_str().to_owned()),
        content: content(hub, &event.content),
        fold: None,
    }
}

fn content(hub: &Hub, content: &Content) -> wire::Content {
    match content {
        Content::Message(message) => wire::Content::Message(self::message(hub, message)),
        Content::Edit { target, body, .. } => {
            wire::Content::Edit { target: target.id.to_string(), body: self::body(hub, body) }
        }
        Content::Delete { target } => wire::Content::Delete { target: target.id.to_string() },
        Content::Deleted => wire::Content::Deleted {},
        // Account logs are pushed as account changes, never as events.
        Content::Account(_) | Content::Foreign | Content::Unknown => wire::Content::Other {},
        Content::Reaction { target, emoji, added } => {
            wire::Content::Reaction { target: target.id.to_string(), emoji: emoji.to_string(), added: *added }
        }
        Content::Pin { target, pinned } => {
            wire::Content::Pin { target: target.id.to_string(), pinned: *pinned }
        }
        Content::Vote { target, vote } => wire::Content::Vote {
            target: target.id.to_string(),
            options: vote.options.iter().copied().map(u32::from).collect(),
            was: vote.was.iter().copied().map(u32::from).collect(),
        },
        Content::PollClosed { target } => wire::Content::PollClosed { target: target.id.to_string() },
        Content::Acknowledgement { target, again } => {
            wire::Content::Acknowledgement { target: target.id.to_string(), again: *again }
        }
        Content::Membership { who, change } => membership_event(hub, *who, *change),
        Content::Settings(change) => wire::Content::Settings(settings_change(change)),
    }
}

fn message(hub: &Hub, message: &Message) -> wire::Message {
    wire::Message {
        body: body(hub, &message.body),
        reply_to: message.reply_to.map(|target| target.id.to_string()),
        thread: message.thread.map(|target| target.id.to_string()),
        forwarded: message
            .forwarded
            .map(|from| wire::Forwarded { sender: address(hub, from.sender), at: time::format(from.at) }),
        sent_at: message.imported.as_ref().map(|imported| time::format(imported.at)),
        expires_at: message.expires_at.map(time::format),
        poll: message.poll.as_deref().map(poll),
        needs_acknowledgement: message.needs_acknowledgement,
    }
}

fn poll(poll: &Poll) -> wire::Poll {
    wire::Poll {
        question: poll.question.clone(),
        options: poll.options.clone(),
        multiple: poll.multiple,
        anonymous: poll.anonymous,
        closes_at: poll.closes_at.map(time::format),
    }
}

pub(crate) fn body(hub: &Hub, body: &Body) -> wire::Body {
    match body {
        Body::Text { text, mentions } => wire::Body::Text {
            text: text.clone(),
            mentions: mentions
                .iter()
                .map(|mention| wire::Mention {
                    start: mention.start,
                    end: mention.end,
                    who: match mention.who {
                        Mentioned::Principal(who) => address(hub, who),
                        Mentioned::Everyone => "everyone".to_owned(),
                        Mentioned::Here => "here".to_owned(),
                    },
                })
                .collect(),
        },
        Body::Opaque { scheme, payload } => {
            wire::Body::Opaque { scheme: scheme.to_string(), payload: payload.clone() }
        }
    }
}

fn membership_event(hub: &Hub, who: PrincipalId, change: MembershipChange) -> wire::Content {
    let (change, role) = match change {
        MembershipChange::Joined(given) => (wire::MembershipChange::Joined, Some(role(given))),
        MembershipChange::Role(given) => (wire::MembershipChange::Role, Some(role(given))),
        MembershipChange::Left => (wire::MembershipChange::Left, None),
        MembershipChange::Removed => (wire::MembershipChange::Removed, None),
        MembershipChange::Banned => (wire::MembershipChange::Banned, None),
        MembershipChange::Unbanned => (wire::MembershipChange::Unbanned, None),
        MembershipChange::Requested => (wire::MembershipChange::Requested, None),
        MembershipChange::RequestClosed => (wire::MembershipChange::RequestClosed, None),
    };
    wire::Content::Membership { user: address(hub, who), change, role }
}

pub(crate) fn role(role: Role) -> wire::Role {
    match role {
        Role::Owner => wire::Role::Owner,
        Role::Moderator => wire::Role::Moderator,
        Role::Member => wire::Role::Member,
        Role::Reader => wire::Role::Reader,
    }
}

fn permission(permission: Permission) -> wire::Permission {
    match permission {
        Permission::Post => wire::Permission::Post,
        Permission::Comment => wire::Permission::Comment,
        Permission::React => wire::Permission::React,
        Permission::MentionAll => wire::Permission::MentionAll,
        Permission::Pin => wire::Permission::Pin,
        Permission::Invite => wire::Permission::Invite,
        Permission::Settings => wire::Permission::Settings,
        Permission::Moderate => wire::Permission::Moderate,
    }
}

fn history(history: HistoryVisibility) -> wire::HistoryVisibility {
    match history {
        HistoryVisibility::All => wire::HistoryVisibility::All,
        HistoryVisibility::SinceJoined => wire::HistoryVisibility::SinceJoined,
    }
}

fn thread_display(display: ThreadDisplay) -> wire::ThreadDisplay {
    match display {
        ThreadDisplay::Threads => wire::ThreadDisplay::Threads,
        ThreadDisplay::Inline => wire::ThreadDisplay::Inline,
        ThreadDisplay::Topics => wire::ThreadDisplay::Topics,
    }
}

fn settings_change(change: &SettingsChange) -> wire::SettingsChange {
    wire::SettingsChange {
        name: change.name.clone(),
        topic: change.topic.clone(),
        history: change.history.map(history),
        slow_mode_s: change.slow_mode_s,
        archived: change.archived,
        open: change.open,
        listed: change.listed,
        permissions: change
            .permissions
            .as_ref()
            .map(|table| table.iter().map(|(key, least)| (permission(*key), role(*least))).collect()),
        expire_after_s: change.expire_after_s,
        thread_display: change.thread_display.map(thread_display),
    }
}

fn settings(kind: Kind, settings: &Settings) -> model::Settings {
    let least = |key: Permission| key.least_role(kind, &settings.permissions);
    model::Settings {
        name: settings.name.clone(),
        topic: settings.topic.clone(),
        history: history(settings.history),
        slow_mode_s: settings.slow_mode_s,
        archived: settings.archived,
        open: settings.open,
        listed: settings.listed,
        permissions: Permission::ALL.into_iter().map(|key| (permission(key), role(least(key)))).collect(),
        expire_after_s: Some(settings.expire_after_s).filter(|seconds| *seconds > 0),
        thread_display: Some(thread_display(settings.thread_display))
            .filter(|display| *display != wire::ThreadDisplay::default()),
    }
}

pub(crate) fn kind(kind: Kind) -> model::ConversationKind {
    match kind {
        Kind::Direct => model::ConversationKind::Direct,
        Kind::Group => model::ConversationKind::Group,
        Kind::Channel => model::ConversationKind::Channel,
        Kind::Notes | Kind::Account => model::ConversationKind::Notes,
    }
}

pub(crate) fn availability(availability: Availability) -> model::Availability {
    match availability {
        Availability::Online => model::Availability::Online,
        Availability::Away => model::Availability::Away,
        Availability::DoNotDisturb => model::Availability::DoNotDisturb,
        Availability::Invisible | Availability::Offline => model::Availability::Offline,
    }
}

pub(crate) fn presence(hub: &Hub, who: PrincipalId, shown: Shown) -> model::Presence {
    model::Presence {
        user: address(hub, who),
        availability: availability(shown.availability),
        status: shown.status,
        last_seen_at: shown.last_seen_at.map(time::format),
    }
}

pub(crate) fn preferences(preferences: parlance_core::account::Preferences) -> model::Preferences {
    model::Preferences {
        muted: preferences.muted,
        favourite: preferences.favourite,
        hidden: preferences.hidden,
        hidden_seq: preferences.hidden.then_some(preferences.hidden_at.0),
    }
}

pub(crate) fn sent(event: &Event) -> parlance_api::ops::Sent {
    parlance_api::ops::Sent {
        event_id: event.id.to_string(),
        epoch: u64::from(event.epoch.0),
        seq: event.seq.0,
        at: time::format(event.at),
    }
}

impl Api {
    /// Events with what has become of them, as one reader sees them.
    pub(crate) async fn folded_events(
        &self,
        reader: Caller,
        items: &[FoldedEvent],
    ) -> Result<Vec<wire::Event>, Problem> {
        let folds = items.iter().flat_map(people_in_fold);
        let people = items.iter().flat_map(|item| people_in(&item.event)).chain(folds);
        self.hub.meet(people).await.map_err(problem)?;
        Ok(items.iter().map(|item| self.folded_event(reader, item)).collect())
    }

    fn folded_event(&self, reader: Caller, item: &FoldedEvent) -> wire::Event {
        let mut event = event_for(&self.hub, reader.who, &item.event);
        let Some(fold) = &item.fold else { return event };
        if let (wire::Content::Message(message), Some((newest, _))) = (&mut event.content, &fold.edited) {
            message.body = body(&self.hub, newest);
        }
        event.fold = Some(wire::Fold {
            edited_at: fold.edited.as_ref().map(|(_, at)| time::format(*at)),
            reactions: fold.reactions.iter().map(|(emoji, who)| self.reaction(reader, emoji, who)).collect(),
            replies: fold.replies,
            pinned: fold.is_pinned,
            poll: item.event.poll().and_then(|poll| self.tally(reader, poll, fold)),
            acknowledged: acknowledged(reader, &fold.acknowledged),
            changed_seq: fold.changed.0,
        });
        event
    }

    fn reaction(&self, reader: Caller, emoji: &str, who: &[PrincipalId]) -> wire::Reaction {
        wire::Reaction {
            emoji: emoji.to_owned(),
            count: who.len() as u64,
            users: who.iter().take(NAMED_MAX).map(|who| address(&self.hub, *who)).collect(),
            mine: who.contains(&reader.who),
        }
    }

    fn tally(&self, reader: Caller, poll: &Poll, fold: &Fold) -> Option<wire::Tally> {
        let options = (0..poll.options.len()).map(|place| {
            let who: Vec<_> = voters_of(fold, place).collect();
            let named = if poll.anonymous { 0 } else { NAMED_MAX };
            wire::Choice {
                count: who.len() as u64,
                users: who.iter().take(named).map(|who| address(&self.hub, *who)).collect(),
                mine: who.contains(&reader.who),
            }
        });
        (fold.is_closed || !fold.votes.is_empty()).then(|| wire::Tally {
            options: options.collect(),
            voters: fold.votes.len() as u64,
            closed: fold.is_closed,
        })
    }

    pub(crate) async fn conversation(
        &self,
        reader: Caller,
        synced: SyncedConversation,
    ) -> Result<model::Conversation, Problem> {
        let events = self.folded_events(reader, &synced.events).await?;
        self.hub
            .meet(synced.row.peer.into_iter().chain(synced.receipts.iter().map(|row| row.who)))
            .await
            .map_err(problem)?;
        let address = match synced.row.kind.has_members_to_manage() {
            true => Some(self.hub.address_of(synced.row.conversation).await.map_err(problem)?),
            false => None,
        };
        let id = synced.row.conversation.to_string();
        let receipts = synced.receipts.iter().map(|row| receipt(&self.hub, &id, row)).collect();
        let hole = synced.hole.map(|(from, to)| model::Hole { from: from.0, to: to.0 });
        let row = self.conversation_row(id, &synced.row);
        Ok(model::Conversation { address, receipts, events, hole, is_request: synced.is_request, ..row })
    }

    fn conversation_row(&self, id: String, row: &MembershipRow) -> model::Conversation {
        let peer = row.peer.and_then(|peer| self.hub.known_person(peer));
        model::Conversation {
            conversation: id,
            kind: kind(row.kind),
            address: None,
            peer: peer.map(|peer| user(&peer)),
            is_request: false,
            settings: settings(row.kind, &row.settings),
            epoch: u64::from(row.epoch.0),
            head: row.head.0,
            members_count: row.members_count,
            membership: model::Membership {
                role: role(row.role),
                visible_from: row.visible_from.0,
                read_seq: row.read.0,
                preferences: preferences(row.preferences),
                draft: row.draft.clone(),
            },
            unread: row.counts.unread,
            mentions: row.counts.mentions,
            changed_at: time::format(row.changed_at),
            receipts: Vec::new(),
            events: Vec::new(),
            hole: None,
        }
    }
}

fn acknowledged(reader: Caller, who: &[PrincipalId]) -> Option<wire::Acknowledged> {
    let acknowledged = wire::Acknowledged { count: who.len() as u64, mine: who.contains(&reader.who) };
    (!who.is_empty()).then_some(acknowledged)
}

pub(crate) fn receipt(hub: &Hub, conversation: &str, row: &ReceiptRow) -> model::Receipt {
    model::Receipt {
        conversation: conversation.to_owned(),
        user: address(hub, row.who),
        delivered_seq: row.delivered.0,
        read_seq: row.read.0,
    }
}
