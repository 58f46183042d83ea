//! A small world to draw and to press keys in.

use crate::{app::App, times::Times};
use jiff::civil::date;
use parlance_client::{
    ConnectionState, ConversationView, TimelineView,
    api::event::{Content, Event, Fold},
    api::{
        event::{Body, Choice, HistoryVisibility, MembershipChange, Message, Poll, Reaction, Role, Tally},
        model::*,
        ops,
    },
    model::{Action, OutboxEntry, OutboxState, Receipts, Timeline},
};
use std::collections::BTreeMap;

pub(crate) const ROMEO: &str = "romeo@localhost";
pub(crate) const JULIET: &str = "juliet@localhost";
pub(crate) const NURSE: &str = "nurse@localhost";

pub(crate) fn said(seq: u64, sender: &str, at: &str, words: &str) -> Event {
    let body = Body::Text { text: words.into(), mentions: Vec::new() };
    let message = Message {
        body,
        reply_to: None,
        thread: None,
        forwarded: None,
        sent_at: None,
        expires_at: None,
        poll: None,
        needs_acknowledgement: false,
    };
    event(seq, sender, at, Content::Message(message))
}

pub(crate) fn event(seq: u64, sender: &str, at: &str, content: Content) -> Event {
    Event {
        conversation: "c1".into(),
        epoch: 1,
        seq,
        event_id: format!("e{seq}"),
        at: format!("2024-06-{at}:00.000Z"),
        sender: sender.into(),
        client_ref: None,
        content,
        fold: None,
    }
}

pub(crate) fn conversation(id: &str, kind: ConversationKind, title: &str) -> ConversationView {
    let peer = (kind == ConversationKind::Direct).then(|| User {
        address: format!("{}@localhost", title.to_lowercase()),
        display_name: title.into(),
        kind: UserKind::Person,
    });
    let info = Conversation {
        conversation: id.into(),
        kind,
        address: None,
        peer,
        is_request: false,
        settings: Settings {
            name: title.into(),
            topic: String::new(),
            history: HistoryVisibility::All,
            slow_mode_s: 0,
            archived: false,
            permissions: BTreeMap::new(),
            open: false,
            listed: false,
            expire_after_s: None,
            thread_display: None,
        },
        epoch: 1,
        head: 0,
        members_count: 3,
        membership: Membership {
            role: Role::Member,
            visible_from: 1,
            read_seq: 0,
            preferences: Preferences::default(),
            draft: String::new(),
        },
        unread: 0,
        mentions: 0,
        changed_at: String::new(),
        receipts: Vec::new(),
        events: Vec::new(),
        hole: None,
    };
    ConversationView { info, title: title.into(), last: None, presence: None, typing: Vec::new(), unsent: 0 }
}

/// An evening in Verona.
pub(crate) fn evening() -> Vec<Event> {
    let joined = Content::Membership { user: NURSE.into(), change: MembershipChange::Joined, role: None };
    let mut window = said(
        2,
        JULIET,
        "20T21:04",
        "What man art thou that, thus bescreened in night, so stumblest on my counsel?",
    );
    window.fold = Some(Fold {
        reactions: vec![Reaction {
            emoji: "❤️".into(),
            count: 2,
            users: vec![ROMEO.into(), NURSE.into()],
            mine: true,
        }],
        changed_seq: 9,
        ..Fold::default()
    });
    let mut answer = said(3, ROMEO, "20T21:05", "By a name\nI know not how to tell thee who I am.");
    if let Content::Message(message) = &mut answer.content {
        message.reply_to = Some("e2".into());
    }
    let mut edited = said(5, ROMEO, "21T08:31", "Good morrow.");
    edited.fold =
        Some(Fold { edited_at: Some("2024-06-21T08:32:00.000Z".into()), changed_seq: 9, ..Fold::default() });
    vec![
        event(1, JULIET, "20T21:00", joined),
        window,
        answer,
        said(4, JULIET, "21T08:30", "Good morning!"),
        edited,
        said(6, ROMEO, "21T08:32", "Art thou there?"),
        event(7, NURSE, "21T08:33", Content::Deleted {}),
        said(8, JULIET, "21T08:40", "Anon, good nurse! \u{1b}[31mSweet Montague, be true."),
    ]
}

/// A poll in which some have voted, and a message that waits to be acknowledged.
pub(crate) fn questions() -> Vec<Event> {
    let mut poll = said(9, JULIET, "21T08:41", "Where?\n\n1. here\n2. there");
    let mut order = said(10, JULIET, "21T08:42", "Hist!");
    if let (Content::Message(poll), Content::Message(order)) = (&mut poll.content, &mut order.content) {
        poll.poll = Some(Poll {
            question: "Where?".into(),
            options: vec!["under the balcony".into(), "at Friar Laurence' cell".into()],
            multiple: false,
            anonymous: true,
            closes_at: None,
        });
        order.needs_acknowledgement = true;
    }
    let choice = |count, mine| Choice { count, users: Vec::new(), mine };
    let tally = Tally { options: vec![choice(1, true), choice(2, false)], voters: 3, closed: false };
    poll.fold = Some(Fold { poll: Some(tally), changed_seq: 9, ..Fold::default() });
    vec![poll, order]
}

/// The same evening, with a thread below Juliet's question.
pub(crate) fn evening_with_thread() -> Vec<Event> {
    let mut events = evening();
    if let Some(fold) = &mut events[1].fold {
        fold.changed_seq = 8;
    }
    for (seq, sender, words) in [(9, NURSE, "Who is there?"), (10, JULIET, "Nobody, good nurse.")] {
        let mut answer = said(seq, sender, "21T08:50", words);
        if let Content::Message(message) = &mut answer.content {
            message.thread = Some("e2".into());
        }
        events.push(answer);
    }
    events
}

pub(crate) fn timeline(events: Vec<Event>) -> TimelineView {
    let mut log = Timeline::new(ROMEO, 1);
    let head = events.iter().map(|event| event.seq).max().unwrap_or(0);
    for event in events {
        log.apply(event);
    }
    let mut receipts = Receipts::default();
    receipts.apply(&Receipt {
        conversation: "c1".into(),
        user: JULIET.into(),
        delivered_seq: 6,
        read_seq: 5,
    });
    let mut view = conversation("c1", ConversationKind::Direct, "Juliet");
    view.info.head = head;
    view.info.membership.read_seq = head;
    view.presence = Some(Presence {
        user: JULIET.into(),
        availability: Availability::Online,
        status: "on the balcony".into(),
        last_seen_at: None,
    });
    let names = [(ROMEO, "Romeo"), (JULIET, "Juliet"), (NURSE, "Nurse")];
    TimelineView {
        conversation: view,
        lines: log.lines(0, head),
        unsent: Vec::new(),
        has_older: false,
        receipts,
        names: names.map(|(address, name)| (address.to_owned(), name.to_owned())).into(),
        me: ROMEO.into(),
    }
}

pub(crate) fn unsent(client_ref: &str, words: &str, state: OutboxState) -> OutboxEntry {
    let action = Action::Send(ops::Send {
        conversation: "c1".into(),
        client_ref: client_ref.into(),
        body: Body::Text { text: words.into(), mentions: Vec::new() },
        reply_to: None,
        thread: None,
        poll: None,
        needs_acknowledgement: false,
        forward: None,
    });
    OutboxEntry { client_ref: client_ref.into(), action, state, delays: 0 }
}

/// Romeo, online, looking at what Juliet wrote.
pub(crate) fn app() -> App {
    let mut app = App::new(ROMEO.into(), Times::utc(date(2024, 6, 21)));
    app.set_connection(ConnectionState::Online);
    let view = timeline(evening());
    let mut house = conversation("c2", ConversationKind::Group, "House of Montague");
    house.info.unread = 12;
    house.info.mentions = 1;
    let mut nurse = conversation("c3", ConversationKind::Direct, "Nurse");
    nurse.info.unread = 3;
    nurse.typing = vec![NURSE.into()];
    let notes = conversation("c4", ConversationKind::Notes, "Notes");
    app.set_conversations(vec![view.conversation.clone(), house, nurse, notes]);
    app.set_timeline(view);
    app.take_intents();
    app
}
