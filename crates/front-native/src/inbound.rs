//! From the wire's words to the core's.

use crate::{
    context::Context,
    errors::{invalid, problem},
    time,
};
use parlance_api::{
    error::{ErrorCode, Problem},
    event as wire, model,
};
use parlance_core::{
    body::{Body, Mention, Mentioned},
    conversation::{HistoryVisibility, Kind, Permission, Role, SettingsChange, ThreadDisplay},
    event::Offset,
    id::{ClientRef, ConversationId, DeviceId, EventId, FolderId, PrincipalId, UnixMillis},
    poll::{OptionNumber, Poll},
    presence::Availability,
};
use parlance_hub::{
    HubError,
    ports::{Mark, ReportId, ScheduledId},
    usecase::SyncCursor,
};

/// What is not even an id is not found either.
pub(crate) fn conversation(id: &str) -> Result<ConversationId, Problem> {
    id.parse().map_err(|_| ErrorCode::ConversationNotFound.into())
}

pub(crate) fn event(id: &str) -> Result<EventId, Problem> {
    id.parse().map_err(|_| ErrorCode::EventNotFound.into())
}

pub(crate) fn device(id: &str) -> Result<DeviceId, Problem> {
    id.parse().map_err(|_| ErrorCode::DeviceNotFound.into())
}

pub(crate) fn scheduled(id: &str) -> Result<ScheduledId, Problem> {
    id.parse().map_err(|_| ErrorCode::ScheduledNotFound.into())
}

pub(crate) fn report(id: &str) -> Result<ReportId, Problem> {
    id.parse().map_err(|_| ErrorCode::ReportNotFound.into())
}

pub(crate) fn folder(id: &str) -> Result<FolderId, Problem> {
    id.parse().map_err(|_| ErrorCode::FolderNotFound.into())
}

pub(crate) fn client_ref(text: &str) -> Result<ClientRef, Problem> {
    ClientRef::new(text).ok_or_else(|| invalid("client_ref: 1 to 64 printable ASCII characters"))
}

pub(crate) fn maybe_client_ref(text: Option<&str>) -> Result<Option<ClientRef>, Problem> {
    text.map(client_ref).transpose()
}

pub(crate) fn moment(field: &str, text: &str) -> Result<UnixMillis, Problem> {
    time::parse(text).ok_or_else(|| invalid(format!("{field}: a moment like 2026-01-31T12:00:00Z")))
}

/// A number of entries that a page may have.
pub(crate) fn limit(limit: u32, max: u64) -> Result<usize, Problem> {
    match u64::from(limit) {
        n if (1..=max).contains(&n) => Ok(n as usize),
        _ => Err(invalid(format!("limit: 1 to {max}"))),
    }
}

/// A mark as it was handed out; one that never was is like one of another life.
pub(crate) fn mark(text: &str) -> Mark {
    let parsed =
        text.split_once('-').and_then(|(life, offset)| Some((life.parse().ok()?, offset.parse().ok()?)));
    let (life, offset) = parsed.unwrap_or((u32::MAX, u64::MAX));
    Mark { life, offset: Offset(offset) }
}

pub(crate) fn offset_cursor(text: Option<&str>) -> Result<Option<Offset>, Problem> {
    let parse =
        |text: &str| text.parse().map(Offset).map_err(|_| invalid("cursor: take it from an earlier answer"));
    text.map(parse).transpose()
}

/// `life-mark-since-before`; the last two may be empty.
pub(crate) fn sync_cursor(text: Option<&str>) -> Result<Option<SyncCursor>, Problem> {
    let offset = |text: &str| text.parse().map(Offset).ok();
    let parse = |text: &str| {
        let mut parts = text.splitn(4, '-');
        let mark = Mark { life: parts.next()?.parse().ok()?, offset: offset(parts.next()?)? };
        Some(SyncCursor { mark, since: offset(parts.next()?), before: offset(parts.next()?) })
    };
    let unknown = || invalid("cursor: take it from an earlier answer");
    text.map(|text| parse(text).ok_or_else(unknown)).transpose()
}

impl Context {
    /// Somebody by address.
    pub(crate) async fn user(&self, address: &str) -> Result<PrincipalId, Problem> {
        Ok(self.hub().person_at(address).await.map_err(problem)?.id)
    }

    pub(crate) async fn body(&self, body: wire::Body) -> Result<Body, Problem> {
        match body {
            wire::Body::Text { text, mentions } => {
                let mut converted = Vec::with_capacity(mentions.len().min(parlance_core::body::MENTIONS_MAX));
                for mention in mentions.into_iter().take(parlance_core::body::MENTIONS_MAX + 1) {
                    converted.push(self.mention(mention).await?);
                }
                Ok(Body::Text { text, mentions: converted })
            }
            wire::Body::Opaque { scheme, payload } => Ok(Body::Opaque { scheme: scheme.into(), payload }),
        }
    }

    async fn mention(&self, mention: wire::Mention) -> Result<Mention, Problem> {
        let who = match mention.who.as_str() {
            "everyone" => Mentioned::Everyone,
            "here" => Mentioned::Here,
            address => match self.hub().person_at(address).await {
                Ok(person) => Mentioned::Principal(person.id),
                Err(HubError::Identity(_)) => return Err(invalid("body.mentions: nobody has this address")),
                Err(error) => return Err(problem(error)),
            },
        };
        Ok(Mention { start: mention.start, end: mention.end, who })
    }
}

/// The options of a question; the question itself is the body of the message.
pub(crate) fn poll(poll: parlance_api::ops::NewPoll) -> Result<Poll, Problem> {
    Ok(Poll {
        question: String::new(),
        options: poll.options.iter().map(|option| option.trim().to_owned()).collect(),
        multiple: poll.multiple,
        anonymous: poll.anonymous,
        closes_at: poll.closes_at.as_deref().map(|text| moment("poll.closes_at", text)).transpose()?,
    })
}

/// Numbers of options; those that are out of every bound are those of no poll.
pub(crate) fn options(numbers: &[u32]) -> Vec<OptionNumber> {
    numbers.iter().map(|number| OptionNumber::try_from(*number).unwrap_or(OptionNumber::MAX)).collect()
}

pub(crate) fn role(role: wire::Role) -> Role {
    match role {
        wire::Role::Owner => Role::Owner,
        wire::Role::Moderator => Role::Moderator,
        wire::Role::Member => Role::Member,
        wire::Role::Reader => Role::Reader,
    }
}

pub(crate) fn permission(permission: wire::Permission) -> Permission {
    match permission {
        wire::Permission::Post => Permission::Post,
        wire::Permission::Comment => Permission::Comment,
        wire::Permission::React => Permission::React,
        wire::Permission::MentionAll => Permission::MentionAll,
        wire::Permission::Pin => Permission::Pin,
        wire::Permission::Invite => Permission::Invite,
        wire::Permission::Settings => Permission::Settings,
        wire::Permission::Moderate => Permission::Moderate,
    }
}

pub(crate) fn history(history: wire::HistoryVisibility) -> HistoryVisibility {
    match history {
        wire::HistoryVisibility::All => HistoryVisibility::All,
        wire::HistoryVisibility::SinceJoined => HistoryVisibility::SinceJoined,
    }
}

pub(crate) fn kind(kind: model::ConversationKind) -> Kind {
    match kind {
        model::ConversationKind::Direct => Kind::Direct,
        model::ConversationKind::Group => Kind::Group,
        model::ConversationKind::Channel => Kind::Channel,
        model::ConversationKind::Notes => Kind::Notes,
    }
}

pub(crate) fn availability(availability: model::Availability) -> Result<Availability, Problem> {
    match availability {
        model::Availability::Online => Ok(Availability::Online),
        model::Availability::Away => Ok(Availability::Away),
        model::Availability::DoNotDisturb => Ok(Availability::DoNotDisturb),
        model::Availability::Invisible => Ok(Availability::Invisible),
        model::Availability::Offline => {
            Err(invalid("availability: offline is what others see, not what one says"))
        }
    }
}

fn thread_display(display: wire::ThreadDisplay) -> ThreadDisplay {
    match display {
        wire::ThreadDisplay::Threads => ThreadDisplay::Threads,
        wire::ThreadDisplay::Inline => ThreadDisplay::Inline,
        wire::ThreadDisplay::Topics => ThreadDisplay::Topics,
    }
}

pub(crate) fn settings(change: parlance_api::ops::ChangeSettings) -> SettingsChange {
    SettingsChange {
        name: change.name,
        topic: change.topic,
        history: change.history.map(history),
        slow_mode_s: change.slow_mode_s,
        archived: change.archived,
        open: change.open,
        listed: change.listed,
        permissions: change
            .permissions
            .map(|table| table.into_iter().map(|(key, least)| (permission(key), role(least))).collect()),
        expire_after_s: change.expire_after_s,
        thread_display: change.thread_display.map(thread_display),
        ..SettingsChange::default()
    }
}
