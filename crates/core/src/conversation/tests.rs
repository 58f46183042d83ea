//! Given events, when somebody asks, then a content or a refusal.

mod answering;
mod membership;
mod posting;
mod random;
mod settings;

use super::*;
use crate::{
    Rejection,
    body::{Body, Mention, Mentioned},
    event::{Content, Event, MembershipChange, Message, Offset, Target},
    id::{ConversationId, DomainId, Epoch, EventId, PrincipalId, Seq, UnixMillis},
};
use uuid::Uuid;

const BOUNDS: Bounds = Bounds {
    body_bytes_max: 100,
    members_max: 6,
    conversations_max: 100,
    reactions_max: 2,
    nodes_bytes_max: 0,
    remotes_max: 0,
    outward_max: 0,
    pushes_max: 0,
    reports_max: 0,
    scheduled_max: 0,
    folders_max: 0,
    poll_options_max: 3,
    expire_after_s_min: 60,
    expire_after_s_max: 86_400,
};
const NOON: UnixMillis = UnixMillis(1_800_000_000_000);

const fn person(number: u128) -> PrincipalId {
    PrincipalId(Uuid::from_u128(number))
}

const OWNER: PrincipalId = person(1);
const MODERATOR: PrincipalId = person(2);
const MEMBER: PrincipalId = person(3);
const READER: PrincipalId = person(4);
const STRANGER: PrincipalId = person(9);

/// Members by role, least first.
const BY_ROLE: [(PrincipalId, Role); 4] =
    [(READER, Role::Reader), (MEMBER, Role::Member), (MODERATOR, Role::Moderator), (OWNER, Role::Owner)];

fn asking(who: PrincipalId) -> Asking {
    Asking { who, now: NOON }
}

/// Lets something happen at the next place.
fn happen(state: &mut State, by: PrincipalId, content: Content) {
    let seq = state.head.next();
    state.apply(&Event {
        conversation: state.id,
        epoch: state.epoch,
        seq,
        id: EventId(Uuid::from_u128(u128::from(seq.0))),
        sender: by,
        device: None,
        client_ref: None,
        at: NOON,
        content,
        extras: None,
        offset: Offset(seq.0),
    });
}

fn member(state: &mut State, who: PrincipalId, change: MembershipChange) {
    happen(state, OWNER, Content::Membership { who, change });
}

fn change(state: &mut State, change: SettingsChange) {
    happen(state, OWNER, Content::Settings(change));
}

fn archive(state: &mut State) {
    change(state, SettingsChange { archived: Some(true), ..SettingsChange::default() });
}

/// Gives a permission to a role and everybody above it.
fn permit(state: &mut State, permission: Permission, role: Role) {
    let permissions = Some([(permission, role)].into_iter().collect());
    change(state, SettingsChange { permissions, ..SettingsChange::default() });
}

fn conversation(kind: Kind, members: &[(PrincipalId, Role)]) -> State {
    let mut state = State::new(ConversationId(Uuid::nil()), DomainId(1), kind, Epoch(1));
    for content in kind.founding(SettingsChange::default(), members) {
        happen(&mut state, OWNER, content);
    }
    state
}

/// A group with somebody of each role.
fn group() -> State {
    conversation(Kind::Group, &BY_ROLE)
}

/// A channel with somebody of each role.
fn channel() -> State {
    conversation(Kind::Channel, &BY_ROLE)
}

/// The kinds whose members nobody manages.
fn unmanaged() -> [State; 2] {
    let both = [(OWNER, Role::Member), (MEMBER, Role::Member)];
    [conversation(Kind::Direct, &both), conversation(Kind::Notes, &both[..1])]
}

fn text(text: &str) -> Message {
    Message::plain(Body::text(text))
}

fn to_everyone() -> Body {
    Body::Text {
        text: "@all".to_owned(),
        mentions: vec![Mention { start: 0, end: 4, who: Mentioned::Everyone }],
    }
}

/// A message of somebody's at the newest place.
fn message_of(state: &State, sender: PrincipalId) -> TargetFacts {
    let id = EventId(Uuid::from_u128(u128::from(state.head.0)));
    TargetFacts {
        seq: state.head,
        id,
        sender,
        is_live_message: true,
        is_poll: false,
        is_in_thread: false,
        emoji_count: 0,
        has_emoji: false,
    }
}

/// Everything somebody can ask of a conversation, with ordinary arguments; `about` is who it is
/// about where it is about somebody.
fn everything(state: &State, who: PrincipalId, about: PrincipalId) -> Vec<Result<Content, Rejection>> {
    let asking = asking(who);
    let target = message_of(state, about);
    vec![
        state.decide_post(asking, &BOUNDS, PostFacts::default(), text("hello")),
        state.decide_edit(asking, &BOUNDS, &target, Body::text("hello")),
        state.decide_delete(asking, &target),
        state.decide_react(asking, &BOUNDS, &target, "👍", true),
        state.decide_pin(asking, &target, true),
        state.decide_settings(asking, SettingsChange::default()),
        state.decide_add(asking, &BOUNDS, about, None),
        state.decide_role(asking, about, Role::Member),
        state.decide_remove(asking, about),
        state.decide_ban(asking, about),
        state.decide_unban(asking, about),
    ]
}

#[test]
fn a_stranger_learns_of_nothing() {
    let [direct, notes] = unmanaged();
    for mut state in [group(), channel(), direct, notes] {
        for is_archived in [false, true] {
            for about in [OWNER, MEMBER, STRANGER, person(10)] {
                for answer in everything(&state, STRANGER, about) {
                    assert_eq!(answer, Err(Rejection::ConversationNotFound), "{:?}", state.kind);
                }
            }
            assert_eq!(state.check_may_invite(STRANGER), Err(Rejection::ConversationNotFound));
            assert_eq!(state.check_may_moderate(STRANGER), Err(Rejection::ConversationNotFound));
            if !is_archived && state.kind.has_members_to_manage() {
                archive(&mut state);
            }
        }
    }
}

#[test]
fn who_left_was_removed_or_banned_is_a_stranger() {
    for departure in [MembershipChange::Left, MembershipChange::Removed, MembershipChange::Banned] {
        let mut state = group();
        member(&mut state, MEMBER, departure);
        for answer in everything(&state, MEMBER, OWNER) {
            assert_eq!(answer, Err(Rejection::ConversationNotFound), "{departure:?}");
        }
    }
}

#[test]
fn who_only_asked_to_join_is_a_stranger() {
    let mut state = group();
    member(&mut state, STRANGER, MembershipChange::Requested);
    for answer in everything(&state, STRANGER, OWNER) {
        assert_eq!(answer, Err(Rejection::ConversationNotFound));
    }
}

#[test]
fn direct_conversations_and_notes_have_nothing_to_manage() {
    for state in unmanaged() {
        let asking = asking(OWNER);
        for answer in [
            state.decide_settings(asking, SettingsChange::default()),
            state.decide_add(asking, &BOUNDS, STRANGER, None),
            state.decide_role(asking, MEMBER, Role::Owner),
            state.decide_remove(asking, OWNER),
            state.decide_remove(asking, MEMBER),
            state.decide_ban(asking, MEMBER),
            state.decide_unban(asking, MEMBER),
            state.decide_join(&BOUNDS, STRANGER, false),
            state.decide_join(&BOUNDS, STRANGER, true),
        ] {
            assert_eq!(answer, Err(Rejection::WrongConversationKind), "{:?}", state.kind);
        }
        assert_eq!(state.check_may_invite(OWNER), Err(Rejection::WrongConversationKind));
        assert_eq!(state.check_may_moderate(OWNER), Err(Rejection::WrongConversationKind));
    }
}

#[test]
fn an_account_log_is_nobodys_conversation() {
    let state = conversation(Kind::Account, &[]);
    for answer in everything(&state, OWNER, OWNER) {
        assert_eq!(answer, Err(Rejection::ConversationNotFound));
    }
}

#[test]
fn only_membership_and_settings_move_the_rules_version() {
    let mut state = group();
    let before = state.rules_version;
    happen(&mut state, MEMBER, Content::Message(text("hello")));
    let target = message_of(&state, MEMBER).as_target();
    happen(&mut state, MEMBER, Content::Edit { target, body: Body::text("hello!"), expires_at: None });
    happen(&mut state, MEMBER, Content::Reaction { target, emoji: "👍".into(), added: true });
    happen(&mut state, MEMBER, Content::Pin { target, pinned: true });
    happen(&mut state, MEMBER, Content::Delete { target });
    assert_eq!(state.rules_version, before);
    archive(&mut state);
    assert!(state.rules_version > before);
    let before = state.rules_version;
    member(&mut state, READER, MembershipChange::Left);
    assert!(state.rules_version > before);
}
