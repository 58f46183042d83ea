use super::*;
use std::collections::BTreeMap;

fn decide(state: &State, who: PrincipalId, change: SettingsChange) -> Result<Content, Rejection> {
    state.decide_settings(asking(who), change)
}

fn named(name: &str) -> SettingsChange {
    SettingsChange { name: Some(name.to_owned()), ..SettingsChange::default() }
}

fn archived(archived: bool) -> SettingsChange {
    SettingsChange { archived: Some(archived), ..SettingsChange::default() }
}

#[test]
fn moderators_change_settings_and_members_do_not() {
    let state = group();
    for who in [MODERATOR, OWNER] {
        assert_eq!(decide(&state, who, named("new")), Ok(Content::Settings(named("new"))));
    }
    for who in [READER, MEMBER] {
        assert_eq!(decide(&state, who, named("new")), Err(Rejection::Forbidden));
    }
}

#[test]
fn the_permission_to_change_settings_can_be_given_on() {
    let mut state = group();
    permit(&mut state, Permission::Settings, Role::Member);
    assert!(decide(&state, MEMBER, named("new")).is_ok());
    assert_eq!(decide(&state, READER, named("new")), Err(Rejection::Forbidden));
}

#[test]
fn permissions_and_the_archive_are_the_owners_whoever_else_changes_settings() {
    let mut state = group();
    permit(&mut state, Permission::Settings, Role::Reader);
    let permissions = SettingsChange { permissions: Some(BTreeMap::new()), ..SettingsChange::default() };
    for change in [permissions, archived(true), archived(false)] {
        assert_eq!(decide(&state, MODERATOR, change.clone()), Err(Rejection::Forbidden));
        assert!(decide(&state, OWNER, change).is_ok());
    }
}

#[test]
fn an_archived_conversation_only_reopens() {
    let mut state = group();
    archive(&mut state);
    let reopened_and_renamed = SettingsChange { archived: Some(false), ..named("new") };
    for change in [named("new"), reopened_and_renamed, archived(true)] {
        assert_eq!(decide(&state, OWNER, change), Err(Rejection::Archived));
    }
    assert!(decide(&state, OWNER, archived(false)).is_ok());
    change(&mut state, archived(false));
    assert!(decide(&state, OWNER, named("new")).is_ok());
}

#[test]
fn settings_have_bounds() {
    let state = group();
    let topic =
        |chars: usize| SettingsChange { topic: Some("ü".repeat(chars)), ..SettingsChange::default() };
    let slow = |seconds| SettingsChange { slow_mode_s: Some(seconds), ..SettingsChange::default() };
    for change in [named("ü"), named(&"ü".repeat(128)), topic(0), topic(1_024), slow(0), slow(86_400)] {
        assert!(decide(&state, OWNER, change).is_ok());
    }
    for change in [named(""), named("  "), named("a\nb"), named(&"ü".repeat(129)), topic(1_025), slow(86_401)]
    {
        let answer = decide(&state, OWNER, change.clone());
        assert!(matches!(answer, Err(Rejection::InvalidValue(_))), "{change:?}");
    }
}

#[test]
fn a_change_leaves_what_it_does_not_name() {
    let mut state = group();
    permit(&mut state, Permission::Pin, Role::Owner);
    change(&mut state, SettingsChange { slow_mode_s: Some(5), ..named("one") });
    change(&mut state, SettingsChange { topic: Some("about".to_owned()), ..SettingsChange::default() });
    let expected = Settings {
        name: "one".to_owned(),
        topic: "about".to_owned(),
        slow_mode_s: 5,
        permissions: BTreeMap::from([(Permission::Pin, Role::Owner)]),
        ..Settings::default()
    };
    assert_eq!(state.settings, expected);
    permit(&mut state, Permission::Post, Role::Owner);
    assert_eq!(state.role_for(Permission::Pin), Role::Member, "permissions are replaced as a whole");
}

#[test]
fn who_may_join_and_find_a_conversation_is_for_owners_to_say() {
    let mut state = group();
    let open = SettingsChange { open: Some(true), ..SettingsChange::default() };
    let listed = SettingsChange { listed: Some(true), ..SettingsChange::default() };
    for wanted in [open, listed] {
        assert_eq!(decide(&state, MODERATOR, wanted.clone()), Err(Rejection::Forbidden));
        assert!(decide(&state, OWNER, wanted.clone()).is_ok());
        change(&mut state, wanted);
    }
    assert!(state.settings.open && state.settings.listed);
}

#[test]
fn an_owner_destroys_a_conversation_in_steps_and_leaves_last() {
    let mut state = group();
    for who in [READER, MEMBER, MODERATOR] {
        assert_eq!(state.decide_destroy(asking(who), 2), Err(Rejection::Forbidden));
    }
    assert_eq!(state.decide_destroy(asking(STRANGER), 2), Err(Rejection::ConversationNotFound));
    let mut steps = Vec::new();
    while !state.members.is_empty() {
        let contents = state.decide_destroy(asking(OWNER), 2).unwrap();
        steps.push(contents.len());
        contents.into_iter().for_each(|content| happen(&mut state, OWNER, content));
        assert!(state.settings.destroyed && state.settings.archived);
    }
    assert_eq!(steps, [3, 2], "the settings and two of three, then the third and the owner");
    assert_eq!(state.decide_join(&BOUNDS, STRANGER, false), Err(Rejection::ConversationNotFound));
}

#[test]
fn settings_do_not_destroy() {
    let state = group();
    let destroyed = SettingsChange { destroyed: Some(true), ..SettingsChange::default() };
    assert!(matches!(decide(&state, OWNER, destroyed), Err(Rejection::InvalidValue(_))));
}

#[test]
fn settings_from_before_a_conversation_could_be_open_are_read() {
    let old = r#"{"name":"a","topic":"","history":"all","slow_mode_s":0,"archived":false,"permissions":{}}"#;
    let settings: Settings = serde_json::from_str(old).unwrap();
    assert_eq!(settings, Settings { name: "a".into(), ..Settings::default() });
    assert_eq!(serde_json::to_string(&settings).unwrap(), old);
}

#[test]
fn where_there_is_nobody_to_manage_only_what_is_about_messages_can_be_changed() {
    let mut direct = State::new(group().id, group().domain, Kind::Direct, group().epoch);
    for (who, change) in [OWNER, MEMBER].map(|who| (who, MembershipChange::Joined(Role::Member))) {
        happen(&mut direct, who, Content::Membership { who, change });
    }
    let timer = SettingsChange { expire_after_s: Some(60), ..SettingsChange::default() };
    let shown = SettingsChange { thread_display: Some(ThreadDisplay::Inline), ..SettingsChange::default() };
    for who in [OWNER, MEMBER] {
        for change in [&timer, &shown] {
            assert_eq!(decide(&direct, who, change.clone()), Ok(Content::Settings(change.clone())));
        }
    }
    assert_eq!(decide(&direct, STRANGER, timer.clone()), Err(Rejection::ConversationNotFound));
    let both = SettingsChange { expire_after_s: Some(60), ..named("one") };
    assert_eq!(decide(&direct, OWNER, both), Err(Rejection::WrongConversationKind));
    assert_eq!(decide(&group(), MEMBER, timer), Err(Rejection::Forbidden));
}

#[test]
fn how_threads_are_shown_is_said_by_whoever_changes_settings() {
    let mut state = group();
    assert_eq!(state.settings.thread_display, ThreadDisplay::Threads);
    for display in [ThreadDisplay::Inline, ThreadDisplay::Topics, ThreadDisplay::Threads] {
        let shown = SettingsChange { thread_display: Some(display), ..SettingsChange::default() };
        assert_eq!(decide(&state, MEMBER, shown.clone()), Err(Rejection::Forbidden));
        assert!(decide(&state, MODERATOR, shown.clone()).is_ok());
        change(&mut state, shown);
        assert_eq!(state.settings.thread_display, display);
    }
}

#[test]
fn a_timer_is_off_or_within_bounds() {
    let check = |seconds| {
        SettingsChange { expire_after_s: Some(seconds), ..SettingsChange::default() }.check_timer(&BOUNDS)
    };
    for seconds in [0, 60, 86_400] {
        assert_eq!(check(seconds), Ok(()));
    }
    for seconds in [1, 59, 86_401, u32::MAX] {
        assert_eq!(check(seconds), Err(Rejection::TimerOutOfBounds));
    }
}
