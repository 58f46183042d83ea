use super::*;

fn add(state: &State, by: PrincipalId, who: PrincipalId, role: Option<Role>) -> Result<Content, Rejection> {
    state.decide_add(asking(by), &BOUNDS, who, role)
}

fn changed(who: PrincipalId, change: MembershipChange) -> Result<Content, Rejection> {
    Ok(Content::Membership { who, change })
}

#[test]
fn members_of_groups_and_moderators_of_channels_add_people() {
    let (group, channel) = (group(), channel());
    assert_eq!(
        add(&group, MEMBER, STRANGER, None),
        changed(STRANGER, MembershipChange::Joined(Role::Member))
    );
    assert_eq!(add(&group, READER, STRANGER, None), Err(Rejection::Forbidden));
    assert_eq!(
        add(&channel, MODERATOR, STRANGER, None),
        changed(STRANGER, MembershipChange::Joined(Role::Reader))
    );
    assert_eq!(add(&channel, MEMBER, STRANGER, None), Err(Rejection::Forbidden));
}

#[test]
fn only_owners_add_somebody_with_more_than_the_usual_role() {
    let state = group();
    for role in [Role::Moderator, Role::Owner] {
        assert_eq!(add(&state, MODERATOR, STRANGER, Some(role)), Err(Rejection::Forbidden));
        assert_eq!(
            add(&state, OWNER, STRANGER, Some(role)),
            changed(STRANGER, MembershipChange::Joined(role))
        );
    }
    assert!(add(&state, MEMBER, STRANGER, Some(Role::Reader)).is_ok());
}

#[test]
fn the_banned_members_and_those_for_whom_there_is_no_room_do_not_come_in() {
    let mut state = group();
    assert_eq!(add(&state, OWNER, MEMBER, None), Err(Rejection::AlreadyMember));
    assert_eq!(state.decide_join(&BOUNDS, MEMBER, false), Err(Rejection::AlreadyMember));
    member(&mut state, STRANGER, MembershipChange::Banned);
    assert_eq!(add(&state, OWNER, STRANGER, None), Err(Rejection::Banned));
    for needs_approval in [false, true] {
        assert_eq!(state.decide_join(&BOUNDS, STRANGER, needs_approval), Err(Rejection::Banned));
    }
    member(&mut state, person(20), MembershipChange::Joined(Role::Member));
    member(&mut state, person(21), MembershipChange::Joined(Role::Member));
    assert_eq!(add(&state, OWNER, person(22), None), Err(Rejection::Full));
    assert_eq!(state.decide_join(&BOUNDS, person(22), false), Err(Rejection::Full));
}

#[test]
fn who_joins_by_a_link_is_in_or_asks() {
    for (state, role) in [(group(), Role::Member), (channel(), Role::Reader)] {
        let join = |needs_approval| state.decide_join(&BOUNDS, STRANGER, needs_approval);
        assert_eq!(join(false), changed(STRANGER, MembershipChange::Joined(role)));
        assert_eq!(join(true), changed(STRANGER, MembershipChange::Requested));
    }
}

#[test]
fn who_has_asked_does_not_ask_again_but_may_come_in() {
    let mut state = group();
    member(&mut state, STRANGER, MembershipChange::Requested);
    assert!(matches!(state.decide_join(&BOUNDS, STRANGER, true), Err(Rejection::InvalidValue(_))));
    assert!(state.decide_join(&BOUNDS, STRANGER, false).is_ok());
    assert!(add(&state, MODERATOR, STRANGER, None).is_ok());
    member(&mut state, STRANGER, MembershipChange::Joined(Role::Member));
    assert!(state.requests.is_empty());
}

#[test]
fn a_request_is_declined_by_who_moderates_and_taken_back_by_who_made_it() {
    let mut state = group();
    member(&mut state, STRANGER, MembershipChange::Requested);
    let closed = changed(STRANGER, MembershipChange::RequestClosed);
    assert_eq!(state.decide_remove(asking(STRANGER), STRANGER), closed);
    assert_eq!(state.decide_remove(asking(MODERATOR), STRANGER), closed);
    assert_eq!(state.decide_remove(asking(MEMBER), STRANGER), Err(Rejection::Forbidden));
    assert_eq!(state.decide_remove(asking(person(10)), STRANGER), Err(Rejection::ConversationNotFound));
    member(&mut state, STRANGER, MembershipChange::RequestClosed);
    assert!(state.decide_join(&BOUNDS, STRANGER, true).is_ok(), "one can ask again");
}

#[test]
fn one_removes_and_bans_only_who_is_below() {
    let mut state = group();
    member(&mut state, person(20), MembershipChange::Joined(Role::Moderator));
    member(&mut state, person(21), MembershipChange::Joined(Role::Owner));
    for (by, who, may) in [
        (MODERATOR, READER, true),
        (MODERATOR, MEMBER, true),
        (MODERATOR, person(20), false),
        (MODERATOR, OWNER, false),
        (MEMBER, READER, false),
        (OWNER, person(20), true),
        (OWNER, person(21), true),
    ] {
        let (removed, banned) = (state.decide_remove(asking(by), who), state.decide_ban(asking(by), who));
        let refused = Err(Rejection::Forbidden);
        assert_eq!(removed, if may { changed(who, MembershipChange::Removed) } else { refused.clone() });
        assert_eq!(banned, if may { changed(who, MembershipChange::Banned) } else { refused });
    }
}

#[test]
fn a_member_who_moderates_removes_readers_only() {
    let mut state = group();
    permit(&mut state, Permission::Moderate, Role::Member);
    member(&mut state, person(20), MembershipChange::Joined(Role::Member));
    assert!(state.decide_remove(asking(MEMBER), READER).is_ok());
    assert_eq!(state.decide_remove(asking(MEMBER), person(20)), Err(Rejection::Forbidden));
}

#[test]
fn a_ban_is_for_anybody_but_oneself_and_can_be_lifted() {
    let mut state = group();
    assert!(matches!(state.decide_ban(asking(OWNER), OWNER), Err(Rejection::InvalidValue(_))));
    assert_eq!(state.decide_ban(asking(MODERATOR), STRANGER), changed(STRANGER, MembershipChange::Banned));
    assert!(matches!(state.decide_unban(asking(OWNER), STRANGER), Err(Rejection::InvalidValue(_))));
    member(&mut state, STRANGER, MembershipChange::Requested);
    member(&mut state, STRANGER, MembershipChange::Banned);
    assert!(state.requests.is_empty());
    assert_eq!(state.decide_unban(asking(MEMBER), STRANGER), Err(Rejection::Forbidden));
    assert_eq!(
        state.decide_unban(asking(MODERATOR), STRANGER),
        changed(STRANGER, MembershipChange::Unbanned)
    );
    member(&mut state, STRANGER, MembershipChange::Unbanned);
    assert!(add(&state, OWNER, STRANGER, None).is_ok());
}

#[test]
fn everybody_may_leave_but_the_last_owner() {
    let mut state = group();
    for who in [READER, MEMBER, MODERATOR] {
        assert_eq!(state.decide_remove(asking(who), who), changed(who, MembershipChange::Left));
    }
    assert_eq!(state.decide_remove(asking(OWNER), OWNER), Err(Rejection::LastOwner));
    member(&mut state, MODERATOR, MembershipChange::Role(Role::Owner));
    assert!(state.decide_remove(asking(OWNER), OWNER).is_ok());
}

#[test]
fn the_last_member_may_leave() {
    let state = conversation(Kind::Group, &[(OWNER, Role::Owner)]);
    assert_eq!(state.decide_remove(asking(OWNER), OWNER), changed(OWNER, MembershipChange::Left));
}

#[test]
fn nobody_comes_in_when_everybody_has_left() {
    let mut state = conversation(Kind::Group, &[(OWNER, Role::Owner)]);
    member(&mut state, OWNER, MembershipChange::Left);
    for needs_approval in [false, true] {
        let answer = state.decide_join(&BOUNDS, STRANGER, needs_approval);
        assert_eq!(answer, Err(Rejection::ConversationNotFound));
    }
}

#[test]
fn owners_give_roles_moderators_the_voice_and_everybody_may_step_down() {
    let mut state = group();
    let decide = |state: &State, by, who, role| state.decide_role(asking(by), who, role);
    assert_eq!(
        decide(&state, OWNER, MEMBER, Role::Owner),
        changed(MEMBER, MembershipChange::Role(Role::Owner))
    );
    assert!(decide(&state, MODERATOR, MEMBER, Role::Reader).is_ok());
    assert!(decide(&state, MODERATOR, READER, Role::Member).is_ok());
    assert_eq!(decide(&state, MODERATOR, MEMBER, Role::Moderator), Err(Rejection::Forbidden));
    assert_eq!(decide(&state, MODERATOR, OWNER, Role::Reader), Err(Rejection::Forbidden));
    assert_eq!(decide(&state, MEMBER, READER, Role::Member), Err(Rejection::Forbidden));
    assert_eq!(decide(&state, MODERATOR, MODERATOR, Role::Owner), Err(Rejection::Forbidden));
    assert!(decide(&state, MODERATOR, MODERATOR, Role::Member).is_ok());
    assert_eq!(decide(&state, OWNER, OWNER, Role::Moderator), Err(Rejection::LastOwner));
    assert!(matches!(decide(&state, OWNER, STRANGER, Role::Member), Err(Rejection::InvalidValue(_))));
    member(&mut state, MEMBER, MembershipChange::Role(Role::Owner));
    assert!(decide(&state, OWNER, OWNER, Role::Reader).is_ok());
    assert!(decide(&state, MEMBER, OWNER, Role::Reader).is_ok());
}

#[test]
fn a_new_role_does_not_change_what_one_may_see() {
    let mut state = group();
    let before = state.members[&MEMBER];
    member(&mut state, MEMBER, MembershipChange::Role(Role::Owner));
    assert_eq!(state.members[&MEMBER], Member { role: Role::Owner, ..before });
}

#[test]
fn newcomers_see_what_the_settings_said_when_they_came() {
    let mut state = group();
    member(&mut state, person(20), MembershipChange::Joined(Role::Member));
    let history = Some(HistoryVisibility::SinceJoined);
    change(&mut state, SettingsChange { history, ..SettingsChange::default() });
    member(&mut state, person(21), MembershipChange::Joined(Role::Member));
    assert_eq!(state.members[&person(20)].visible_from, Seq(1));
    assert_eq!(state.members[&person(21)].visible_from, state.head);
}

#[test]
fn who_left_sees_their_farewell_and_nothing_after() {
    let mut state = group();
    let visible_from = state.members[&MEMBER].visible_from;
    member(&mut state, MEMBER, MembershipChange::Removed);
    let farewell = state.head;
    happen(&mut state, OWNER, Content::Message(text("after")));
    assert_eq!(state.visible_range(MEMBER), Some((visible_from, farewell)));
    assert_eq!(state.visible_range(STRANGER), None);
    member(&mut state, MEMBER, MembershipChange::Joined(Role::Member));
    assert_eq!(state.visible_range(MEMBER), Some((Seq(1), Seq(u64::MAX))));
}

#[test]
fn the_other_one_is_known_in_direct_conversations_only() {
    let [direct, notes] = unmanaged();
    assert_eq!((direct.peer_of(OWNER), direct.peer_of(MEMBER)), (Some(MEMBER), Some(OWNER)));
    assert_eq!((notes.peer_of(OWNER), group().peer_of(OWNER)), (None, None));
}
