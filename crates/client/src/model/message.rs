use super::tally::{self, Voter};
use parlance_api::event::{
    Acknowledged, Body, Content, Event, Fold, Forwarded, MembershipChange, Message, Poll, Reaction, Role,
    SettingsChange, Tally,
};

/// Most people a reaction names, and an option of a poll.
pub(super) const NAMED_MAX: usize = 20;

/// One thing to show in a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The place.
    pub seq: u64,
    /// The event's id.
    pub event_id: String,
    /// When, by the server's clock (RFC 3339).
    pub at: String,
    /// Who, as `name@domain`.
    pub sender: String,
    /// The sender's own reference.
    pub client_ref: Option<String>,
    /// What it is.
    pub what: What,
}

/// What a line of a timeline is.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A message as it stands now.
    Message(Box<MessageView>),
    /// What is left of a deleted message.
    Deleted,
    /// Somebody came, went, or got another role.
    Membership {
        /// Whose membership changed.
        user: String,
        /// What changed.
        change: MembershipChange,
        /// The role after the change.
        role: Option<Role>,
    },
    /// The settings changed.
    Settings(SettingsChange),
    /// A message was pinned or unpinned.
    Pin {
        /// The message's id.
        target: String,
        /// Pinned or unpinned.
        pinned: bool,
    },
}

/// A message with everything that has become of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageView {
    /// The newest body.
    pub body: Body,
    /// The message this one answers.
    pub reply_to: Option<String>,
    /// The first message of its thread.
    pub thread: Option<String>,
    /// Where it was forwarded from.
    pub forwarded: Option<Forwarded>,
    /// When it was last edited.
    pub edited_at: Option<String>,
    /// The reactions, in the order in which they first appeared.
    pub reactions: Vec<Reaction>,
    /// How many messages the thread below it has. A deletion inside the thread is counted once the
    /// server's own copy arrives.
    pub replies: u64,
    /// Whether it is pinned.
    pub pinned: bool,
    /// What it asks, when it is a poll.
    pub poll: Option<Poll>,
    /// How the poll stands; its options have the places of those of the poll.
    pub tally: Tally,
    /// Whether each other member is asked to confirm it.
    pub needs_acknowledgement: bool,
    /// Who confirmed it.
    pub acknowledged: Acknowledged,
    /// Whether its newest body mentions the reader.
    pub mentions_me: bool,
}

/// Whether a body mentions somebody by address, or everyone, or everyone who is here.
///
/// `here` counts for every member, because who was online is not in the log. What only the
/// receivers can open mentions nobody.
pub fn mentions(body: &Body, user: &str) -> bool {
    match body {
        Body::Text { mentions, .. } => {
            mentions.iter().any(|mention| mention.who == user || matches!(&*mention.who, "everyone" | "here"))
        }
        Body::Opaque { .. } => false,
    }
}

/// Folds `effects` (oldest first) into an event; `None` when the event only changes another one.
pub(super) fn fold(event: &Event, effects: &[&Event], answers: u64, me: &str) -> Option<Entry> {
    let what = match &event.content {
        Content::Message(message) => {
            What::Message(Box::new(fold_message(message, event.fold.as_ref(), effects, answers, me)))
        }
        Content::Deleted {} => What::Deleted,
        Content::Membership { user, change, role } => {
            What::Membership { user: user.clone(), change: *change, role: *role }
        }
        Content::Settings(change) => What::Settings(change.clone()),
        Content::Pin { target, pinned } => What::Pin { target: target.clone(), pinned: *pinned },
        Content::Edit { .. }
        | Content::Delete { .. }
        | Content::Reaction { .. }
        | Content::Vote { .. }
        | Content::PollClosed { .. }
        | Content::Acknowledgement { .. }
        | Content::Other {} => return None,
    };
    Some(Entry {
        seq: event.seq,
        event_id: event.event_id.clone(),
        at: event.at.clone(),
        sender: event.sender.clone(),
        client_ref: event.client_ref.clone(),
        what,
    })
}

fn fold_message(
    message: &Message,
    base: Option<&Fold>,
    effects: &[&Event],
    answers: u64,
    me: &str,
) -> MessageView {
    let base = base.cloned().unwrap_or_default();
    let mut view = MessageView {
        body: message.body.clone(),
        reply_to: message.reply_to.clone(),
        thread: message.thread.clone(),
        forwarded: message.forwarded.clone(),
        edited_at: base.edited_at,
        reactions: base.reactions,
        replies: base.replies + answers,
        pinned: base.pinned,
        poll: message.poll.clone(),
        tally: base.poll.unwrap_or_default(),
        needs_acknowledgement: message.needs_acknowledgement,
        acknowledged: base.acknowledged.unwrap_or_default(),
        mentions_me: false,
    };
    tally::fit(&mut view.tally, view.poll.as_ref().map_or(0, |poll| poll.options.len()));
    for effect in effects.iter().filter(|effect| effect.seq > base.changed_seq) {
        apply_effect(&mut view, effect, me);
    }
    view.mentions_me = mentions(&view.body, me);
    view
}

fn apply_effect(view: &mut MessageView, effect: &Event, me: &str) {
    match &effect.content {
        Content::Edit { body, .. } => {
            view.body = body.clone();
            view.edited_at = Some(effect.at.clone());
        }
        Content::Pin { pinned, .. } => view.pinned = *pinned,
        Content::Reaction { emoji, added: true, .. } => add_reaction(view, emoji, &effect.sender, me),
        Content::Reaction { emoji, added: false, .. } => remove_reaction(view, emoji, &effect.sender, me),
        Content::Vote { options, was, .. } if !view.tally.closed => {
            let is_named = view.poll.as_ref().is_some_and(|poll| !poll.anonymous);
            let voter = Voter { name: &effect.sender, is_me: effect.sender == me, is_named };
            tally::count(&mut view.tally, voter, was, options);
        }
        Content::PollClosed { .. } => view.tally.closed = true,
        Content::Acknowledgement { again: false, .. } => {
            view.acknowledged.count += 1;
            view.acknowledged.mine |= effect.sender == me;
        }
        _ => {}
    }
}

fn add_reaction(view: &mut MessageView, emoji: &str, user: &str, me: &str) {
    if !view.reactions.iter().any(|reaction| reaction.emoji == emoji) {
        view.reactions.push(Reaction { emoji: emoji.to_owned(), count: 0, users: Vec::new(), mine: false });
    }
    let reaction = view.reactions.iter_mut().find(|reaction| reaction.emoji == emoji);
    let reaction = reaction.expect("invariant: it was added above");
    let is_mine = user == me;
    if reaction.users.iter().any(|known| known == user) || (is_mine && reaction.mine) {
        return;
    }
    reaction.count += 1;
    reaction.mine |= is_mine;
    if reaction.users.len() < NAMED_MAX {
        reaction.users.push(user.to_owned());
    }
}

fn remove_reaction(view: &mut MessageView, emoji: &str, user: &str, me: &str) {
    let Some(reaction) = view.reactions.iter_mut().find(|reaction| reaction.emoji == emoji) else { return };
    let is_named = reaction.users.iter().any(|known| known == user);
    if is_named || reaction.count > reaction.users.len() as u64 {
        reaction.count -= 1;
        reaction.users.retain(|known| known != user);
        reaction.mine &= user != me;
    }
    view.reactions.retain(|reaction| reaction.count > 0);
}
