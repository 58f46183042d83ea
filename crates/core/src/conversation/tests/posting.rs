use super::*;

fn post(state: &State, who: PrincipalId, message: Message) -> Result<Content, Rejection> {
    state.decide_post(asking(who), &BOUNDS, PostFacts::default(), message)
}

/// Who of the four roles may, least first.
fn who_may(decide: impl Fn(PrincipalId) -> Result<Content, Rejection>) -> Vec<Role> {
    BY_ROLE.iter().filter(|(who, _)| decide(*who).is_ok()).map(|(_, role)| *role).collect()
}

const ALL: [Role; 4] = [Role::Reader, Role::Member, Role::Moderator, Role::Owner];

#[test]
fn members_post_in_groups_and_moderators_in_channels() {
    let (group, channel) = (group(), channel());
    assert_eq!(who_may(|who| post(&group, who, text("hello"))), ALL[1..]);
    assert_eq!(who_may(|who| post(&channel, who, text("hello"))), ALL[2..]);
    assert_eq!(post(&channel, READER, text("hello")), Err(Rejection::Forbidden));
}

fn comment() -> Message {
    let root = Target { seq: Seq(1), id: EventId(Uuid::nil()) };
    Message { thread: Some(root), ..text("I think so too") }
}

#[test]
fn whoever_may_post_may_comment_where_nothing_else_is_said() {
    for (least, role) in ALL.into_iter().enumerate() {
        let mut state = group();
        permit(&mut state, Permission::Post, role);
        assert_eq!(who_may(|who| post(&state, who, comment())), ALL[least..], "from {role:?}");
    }
    assert_eq!(who_may(|who| post(&channel(), who, comment())), ALL[2..]);
}

#[test]
fn readers_of_a_channel_may_be_let_comment_and_still_do_not_post() {
    let mut state = channel();
    permit(&mut state, Permission::Comment, Role::Reader);
    assert_eq!(who_may(|who| post(&state, who, comment())), ALL);
    assert_eq!(post(&state, READER, text("hello")), Err(Rejection::Forbidden));
    let own = message_of(&state, READER);
    let edit = |target: &TargetFacts| state.decide_edit(asking(READER), &BOUNDS, target, Body::text("no"));
    assert!(edit(&TargetFacts { is_in_thread: true, ..own }).is_ok());
    assert_eq!(edit(&own), Err(Rejection::Forbidden));
}

#[test]
fn comments_can_be_turned_off_where_people_post() {
    let mut state = group();
    permit(&mut state, Permission::Comment, Role::Owner);
    assert_eq!(who_may(|who| post(&state, who, comment())), ALL[3..]);
    assert_eq!(who_may(|who| post(&state, who, text("hello"))), ALL[1..]);
}

#[test]
fn readers_of_channels_react_and_readers_of_groups_do_not() {
    for (state, may) in [(group(), &ALL[1..]), (channel(), &ALL[..])] {
        let target = message_of(&state, OWNER);
        let react = |who| state.decide_react(asking(who), &BOUNDS, &target, "👍", true);
        assert_eq!(who_may(react), may, "{:?}", state.kind);
    }
}

#[test]
fn the_settings_of_a_conversation_decide_who_posts_reacts_and_pins() {
    for (least, role) in ALL.into_iter().enumerate() {
        for permission in [Permission::Post, Permission::React, Permission::Pin] {
            let mut state = group();
            permit(&mut state, permission, role);
            let target = message_of(&state, OWNER);
            let decided = who_may(|who| match permission {
                Permission::React => state.decide_react(asking(who), &BOUNDS, &target, "👍", true),
                Permission::Pin => state.decide_pin(asking(who), &target, true),
                _ => post(&state, who, text("hello")),
            });
            assert_eq!(decided, ALL[least..], "{permission:?} from {role:?}");
        }
    }
}

#[test]
fn mentioning_all_takes_its_own_permission_besides_that_to_post() {
    for (role, may) in [(Role::Reader, &ALL[1..]), (Role::Member, &ALL[1..]), (Role::Moderator, &ALL[2..])] {
        let mut state = group();
        permit(&mut state, Permission::MentionAll, role);
        assert_eq!(who_may(|who| post(&state, who, Message::plain(to_everyone()))), may, "from {role:?}");
        assert_eq!(who_may(|who| post(&state, who, text("hello"))), ALL[1..]);
    }
}

#[test]
fn an_edit_may_not_mention_all_where_a_message_may_not() {
    let mut state = group();
    permit(&mut state, Permission::MentionAll, Role::Moderator);
    let target = message_of(&state, MEMBER);
    let edit = |body| state.decide_edit(asking(MEMBER), &BOUNDS, &target, body);
    assert_eq!(edit(to_everyone()), Err(Rejection::Forbidden));
    assert!(edit(Body::text("hello")).is_ok());
}

#[test]
fn both_post_and_pin_in_a_direct_conversation() {
    let [direct, notes] = unmanaged();
    for who in [OWNER, MEMBER] {
        assert!(post(&direct, who, Message::plain(to_everyone())).is_ok());
        assert!(direct.decide_pin(asking(who), &message_of(&direct, OWNER), true).is_ok());
    }
    assert!(post(&notes, OWNER, text("milk")).is_ok());
}

#[test]
fn who_is_blocked_does_not_post() {
    let [direct, _] = unmanaged();
    let facts = PostFacts { is_blocked: true, ..PostFacts::default() };
    let answer = direct.decide_post(asking(OWNER), &BOUNDS, facts, text("hello"));
    assert_eq!(answer, Err(Rejection::Blocked));
}

#[test]
fn a_body_has_to_fit() {
    let state = group();
    let ranges = |start, end, count| Body::Text {
        text: "four".to_owned(),
        mentions: vec![Mention { start, end, who: Mentioned::Principal(OWNER) }; count],
    };
    let opaque =
        |scheme: &str, payload: &str| Body::Opaque { scheme: scheme.into(), payload: payload.to_owned() };
    for (body, expected) in [
        (Body::text("x".repeat(100)), None),
        (Body::text("x".repeat(101)), Some(Rejection::BodyTooLong)),
        (Body::text(" \n\t"), Some(Rejection::BodyEmpty)),
        (ranges(0, 4, 50), None),
        (opaque("mls.1:0", "AAAA"), None),
        (opaque("mls", ""), Some(Rejection::BodyEmpty)),
    ] {
        assert_eq!(post(&state, MEMBER, Message::plain(body.clone())).err(), expected, "{body:?}");
    }
    for body in [
        Body::text("a\0b"),
        ranges(0, 5, 1),
        ranges(2, 2, 1),
        ranges(3, 2, 1),
        ranges(0, 4, 51),
        opaque("", "AAAA"),
        opaque("Not a scheme", "AAAA"),
    ] {
        let answer = post(&state, MEMBER, Message::plain(body.clone()));
        assert!(matches!(answer, Err(Rejection::InvalidValue(_))), "{body:?}");
    }
}

#[test]
fn nothing_is_added_to_an_archived_conversation_but_it_can_be_cleaned() {
    let mut state = group();
    archive(&mut state);
    let target = message_of(&state, OWNER);
    let asking = asking(OWNER);
    for answer in [
        post(&state, OWNER, text("hello")),
        state.decide_edit(asking, &BOUNDS, &target, Body::text("hello")),
        state.decide_react(asking, &BOUNDS, &target, "👍", true),
        state.decide_pin(asking, &target, true),
        state.decide_add(asking, &BOUNDS, STRANGER, None),
        state.decide_join(&BOUNDS, STRANGER, false),
        state.decide_join(&BOUNDS, STRANGER, true),
    ] {
        assert_eq!(answer, Err(Rejection::Archived));
    }
    assert!(state.decide_delete(asking, &target).is_ok());
    assert!(state.decide_remove(asking, MEMBER).is_ok());
    assert!(state.decide_ban(asking, STRANGER).is_ok());
}

#[test]
fn slow_mode_makes_members_wait_and_moderators_not() {
    let mut state = group();
    change(&mut state, SettingsChange { slow_mode_s: Some(10), ..SettingsChange::default() });
    let after = |who, ms| {
        let facts = PostFacts { last_post_at: Some(NOON), ..PostFacts::default() };
        state.decide_post(Asking { who, now: NOON.plus_ms(ms) }, &BOUNDS, facts, text("hello")).err()
    };
    assert_eq!(after(MEMBER, 0), Some(Rejection::SlowMode { wait_ms: 10_000 }));
    assert_eq!(after(MEMBER, 9_999), Some(Rejection::SlowMode { wait_ms: 1 }));
    assert_eq!(after(MEMBER, 10_000), None);
    assert_eq!(after(MODERATOR, 0), None);
    assert!(post(&state, MEMBER, text("the first")).is_ok());
}

#[test]
fn a_clock_that_jumped_back_does_not_shorten_slow_mode() {
    let mut state = group();
    change(&mut state, SettingsChange { slow_mode_s: Some(10), ..SettingsChange::default() });
    let facts = PostFacts { last_post_at: Some(NOON.plus_ms(60_000)), ..PostFacts::default() };
    let answer = state.decide_post(asking(MEMBER), &BOUNDS, facts, text("hello"));
    assert_eq!(answer, Err(Rejection::SlowMode { wait_ms: 10_000 }));
}

#[test]
fn only_the_author_edits() {
    let state = group();
    let target = message_of(&state, MEMBER);
    let edit = |who| state.decide_edit(asking(who), &BOUNDS, &target, Body::text("hello"));
    assert!(edit(MEMBER).is_ok());
    assert_eq!(edit(OWNER), Err(Rejection::NotYours));
    let empty = state.decide_edit(asking(MEMBER), &BOUNDS, &target, Body::text(" "));
    assert_eq!(empty, Err(Rejection::BodyEmpty));
}

#[test]
fn authors_and_who_moderates_delete() {
    let state = group();
    let target = message_of(&state, MEMBER);
    assert_eq!(who_may(|who| state.decide_delete(asking(who), &target)), ALL[1..]);
    assert_eq!(state.decide_delete(asking(READER), &target), Err(Rejection::NotYours));
    let own = message_of(&state, READER);
    assert!(state.decide_delete(asking(READER), &own).is_ok(), "who may not post any more still deletes");
}

#[test]
fn nobody_deletes_the_other_ones_messages_in_a_direct_conversation() {
    let both = [(OWNER, Role::Owner), (MEMBER, Role::Owner)];
    let direct = conversation(Kind::Direct, &both);
    let answer = direct.decide_delete(asking(OWNER), &message_of(&direct, MEMBER));
    assert_eq!(answer, Err(Rejection::NotYours));
}

#[test]
fn what_is_no_live_message_is_no_target() {
    let state = group();
    let target = TargetFacts { is_live_message: false, ..message_of(&state, OWNER) };
    let asking = asking(OWNER);
    for answer in [
        state.decide_edit(asking, &BOUNDS, &target, Body::text("hello")),
        state.decide_delete(asking, &target),
        state.decide_react(asking, &BOUNDS, &target, "👍", true),
        state.decide_pin(asking, &target, true),
    ] {
        assert_eq!(answer, Err(Rejection::WrongEventKind));
    }
}

#[test]
fn what_one_may_not_see_is_no_target() {
    let mut state = group();
    let target = message_of(&state, STRANGER);
    let history = Some(HistoryVisibility::SinceJoined);
    change(&mut state, SettingsChange { history, ..SettingsChange::default() });
    member(&mut state, STRANGER, MembershipChange::Joined(Role::Owner));
    let asking = asking(STRANGER);
    for answer in [
        state.decide_edit(asking, &BOUNDS, &target, Body::text("hello")),
        state.decide_delete(asking, &target),
        state.decide_react(asking, &BOUNDS, &target, "👍", true),
        state.decide_pin(asking, &target, true),
    ] {
        assert_eq!(answer, Err(Rejection::EventNotFound));
    }
}

#[test]
fn a_message_carries_only_so_many_different_emoji() {
    let state = group();
    let full = TargetFacts { emoji_count: 2, ..message_of(&state, OWNER) };
    let react =
        |target: &TargetFacts, added| state.decide_react(asking(MEMBER), &BOUNDS, target, "👍", added);
    assert_eq!(react(&full, true), Err(Rejection::TooManyReactions));
    assert!(react(&TargetFacts { has_emoji: true, ..full }, true).is_ok());
    assert!(react(&full, false).is_ok());
}

#[test]
fn an_emoji_is_short_and_without_white_space() {
    let state = group();
    let target = message_of(&state, OWNER);
    let react = |emoji: &str| state.decide_react(asking(MEMBER), &BOUNDS, &target, emoji, true);
    for emoji in ["👍", "👩‍👩‍👧‍👦", ":party:"] {
        assert!(react(emoji).is_ok(), "{emoji:?}");
    }
    for emoji in ["", "a b", "\n", "\0", &"x".repeat(65)] {
        assert!(matches!(react(emoji), Err(Rejection::InvalidValue(_))), "{emoji:?}");
    }
}
