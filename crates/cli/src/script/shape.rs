use parlance_client::{
    ConnectionState, ConversationView, TimelineView,
    api::event::Body,
    error::ClientError,
    model::{Entry, Line, OutboxEntry, OutboxState, Progress, What},
};
use serde_json::{Value, json};

/// How the connection stands.
pub(super) fn connection(state: &ConnectionState) -> Value {
    match state {
        ConnectionState::Connecting => json!({"state": "connecting"}),
        ConnectionState::Syncing => json!({"state": "syncing"}),
        ConnectionState::Online => json!({"state": "online"}),
        ConnectionState::Offline { reason, .. } => json!({"state": "offline", "reason": reason}),
        ConnectionState::SignedOut { problem } => json!({"state": "signed_out", "problem": problem}),
    }
}

/// A conversation of the list.
pub(super) fn conversation(view: &ConversationView) -> Value {
    json!({
        "conversation": view.info.conversation,
        "kind": view.info.kind,
        "title": view.title,
        "head": view.info.head,
        "epoch": view.info.epoch,
        "read_seq": view.info.membership.read_seq,
        "unread": view.info.unread,
        "mentions": view.info.mentions,
        "draft": view.info.membership.draft,
        "presence": view.presence,
        "typing": view.typing,
        "unsent": view.unsent,
        "last": view.last.as_ref().map(entry),
    })
}

/// A timeline with everything in memory.
pub(super) fn timeline(view: &TimelineView) -> Value {
    let lines: Vec<Value> = view
        .lines
        .iter()
        .map(|line| match line {
            Line::Entry(told) => {
                let mut shown = entry(told);
                if told.sender == view.me {
                    shown["progress"] = json!(progress(view.receipts.progress(told.seq, &view.me)));
                }
                shown
            }
            Line::Hole(hole) => json!({"hole": hole}),
        })
        .collect();
    json!({
        "conversation": conversation(&view.conversation),
        "lines": lines,
        "unsent": view.unsent.iter().map(unsent).collect::<Vec<_>>(),
        "has_older": view.has_older,
    })
}

/// A line of a timeline.
pub(super) fn entry(entry: &Entry) -> Value {
    let mut shown = json!({
        "seq": entry.seq,
        "event_id": entry.event_id,
        "at": entry.at,
        "sender": entry.sender,
    });
    match &entry.what {
        What::Message(message) => {
            shown["kind"] = json!("message");
            shown["text"] = json!(match &message.body {
                Body::Text { text, .. } => Some(text),
                Body::Opaque { .. } => None,
            });
            shown["edited"] = json!(message.edited_at.is_some());
            shown["pinned"] = json!(message.pinned);
            shown["mentions_me"] = json!(message.mentions_me);
            shown["reply_to"] = json!(message.reply_to);
            shown["reactions"] = json!(message.reactions);
            if let Some(poll) = &message.poll {
                shown["poll"] = json!(poll);
                shown["tally"] = json!(message.tally);
            }
            if message.needs_acknowledgement {
                shown["acknowledged"] = json!(message.acknowledged);
            }
        }
        What::Deleted => shown["kind"] = json!("deleted"),
        What::Membership { user, change, role } => {
            shown["kind"] = json!("membership");
            shown["user"] = json!(user);
            shown["change"] = json!(change);
            shown["role"] = json!(role);
        }
        What::Settings(change) => {
            shown["kind"] = json!("settings");
            shown["settings"] = json!(change);
        }
        What::Pin { target, pinned } => {
            shown["kind"] = json!("pin");
            shown["target"] = json!(target);
            shown["pinned"] = json!(pinned);
        }
    }
    shown
}

/// Something not sent yet.
pub(super) fn unsent(entry: &OutboxEntry) -> Value {
    let (state, problem) = match &entry.state {
        OutboxState::Queued => ("queued", None),
        OutboxState::Sending => ("sending", None),
        OutboxState::Waiting { problem, .. } => ("waiting", Some(problem)),
        OutboxState::Failed { problem } => ("failed", Some(problem)),
    };
    json!({
        "client_ref": entry.client_ref,
        "conversation": entry.action.conversation(),
        "action": entry.action,
        "state": state,
        "problem": problem,
    })
}

/// How far a message of one's own has come.
pub(super) fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Stored => "stored",
        Progress::Delivered => "delivered",
        Progress::Read => "read",
    }
}

/// Why a command failed.
pub(super) fn error(error: &anyhow::Error) -> Value {
    let code = match error.downcast_ref::<ClientError>() {
        Some(ClientError::Call(error)) => error.code().unwrap_or("client.unreachable"),
        Some(ClientError::UnknownConversation) => "client.unknown_conversation",
        Some(_) => "client.failed",
        None => "script.failed",
    };
    json!({"code": code, "message": error.to_string()})
}
