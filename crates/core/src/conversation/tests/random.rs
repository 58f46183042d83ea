//! Whatever anybody asks for, in any order.

use super::*;
use proptest::prelude::*;

/// Something somebody asks for; small numbers stand for people and messages.
#[derive(Clone, Copy, Debug)]
struct Wish {
    what: u8,
    who: u8,
    about: u8,
    role: Role,
    number: u8,
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Reader), Just(Role::Member), Just(Role::Moderator), Just(Role::Owner)]
}

fn wish() -> impl Strategy<Value = Wish> {
    (0..14_u8, 1..9_u8, 1..9_u8, role(), any::<u8>()).prop_map(|(what, who, about, role, number)| Wish {
        what,
        who,
        about,
        role,
        number,
    })
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Group), Just(Kind::Channel), Just(Kind::Direct), Just(Kind::Notes)]
}

fn begin(kind: Kind) -> State {
    match kind {
        Kind::Group | Kind::Channel => conversation(kind, &BY_ROLE),
        Kind::Direct => conversation(kind, &[(person(1), Role::Member), (person(2), Role::Member)]),
        Kind::Notes | Kind::Account => conversation(kind, &[(person(1), Role::Member)]),
    }
}

impl Wish {
    fn who(self) -> PrincipalId {
        person(self.who.into())
    }

    fn about(self) -> PrincipalId {
        person(self.about.into())
    }

    fn target(self, state: &State) -> TargetFacts {
        TargetFacts {
            is_poll: false,
            is_live_message: !self.number.is_multiple_of(5),
            emoji_count: usize::from(self.number % 4),
            ..message_of(state, self.about())
        }
    }

    fn settings(self) -> SettingsChange {
        let permission = Permission::ALL[usize::from(self.number) % Permission::ALL.len()];
        match self.number % 5 {
            0 => SettingsChange { permissions: Some([(permission, self.role)].into()), ..Default::default() },
            1 => SettingsChange { archived: Some(self.about.is_multiple_of(2)), ..Default::default() },
            2 => SettingsChange { slow_mode_s: Some(30), ..Default::default() },
            3 => SettingsChange { history: Some(HistoryVisibility::SinceJoined), ..Default::default() },
            _ => SettingsChange { permissions: Some(Default::default()), ..Default::default() },
        }
    }

    fn decide(self, state: &State) -> Result<Content, Rejection> {
        let (asking, about, target) = (asking(self.who()), self.about(), self.target(state));
        let is_even = self.number.is_multiple_of(2);
        match self.what {
            0 => {
                let last_post_at = is_even.then_some(NOON);
                let facts = PostFacts { last_post_at, ..PostFacts::default() };
                let body = if self.about == 1 { to_everyone() } else { Body::text("hello") };
                state.decide_post(asking, &BOUNDS, facts, Message::plain(body))
            }
            1 => state.decide_edit(asking, &BOUNDS, &target, Body::text("hello")),
            2 => state.decide_delete(asking, &target),
            3 => state.decide_react(asking, &BOUNDS, &target, "👍", is_even),
            4 => state.decide_pin(asking, &target, is_even),
            5 | 6 => state.decide_settings(asking, self.settings()),
            7 => state.decide_add(asking, &BOUNDS, about, is_even.then_some(self.role)),
            8 | 9 => state.decide_join(&BOUNDS, self.who(), is_even),
            10 => state.decide_role(asking, about, self.role),
            11 => state.decide_remove(asking, about),
            12 => state.decide_ban(asking, about),
            _ => state.decide_unban(asking, about),
        }
    }
}

/// What holds in every conversation at every moment.
fn check_state(state: &State) {
    let has_owner = state.members.values().any(|member| member.role == Role::Owner);
    assert!(has_owner || state.members.is_empty() || !state.kind.has_members_to_manage(), "an owner");
    assert!(state.members.len() <= BOUNDS.members_max, "no more members than there may be");
    for who in state.members.keys() {
        assert!(!state.banned.contains(who), "no member is banned");
        assert!(!state.requests.contains_key(who), "no member asks to join");
        assert!(!state.departed.contains_key(who), "no member has left");
    }
    assert!(state.requests.keys().all(|who| !state.banned.contains(who)), "nobody banned asks to join");
    for member in state.members.values() {
        assert!(member.visible_from <= member.joined_seq && member.joined_seq <= state.head);
    }
}

/// What may be decided at all, whoever asks.
fn check_decided(before: &State, wish: Wish, content: &Content) {
    let role = before.members.get(&wish.who()).map(|member| member.role);
    let is_own_coming = matches!(wish.what, 8 | 9) || (wish.what == 11 && wish.who == wish.about);
    assert!(role.is_some() || is_own_coming, "strangers only come, or take their request back");
    if before.settings.archived {
        let is_kept_out = content.is_countable()
            || matches!(content, Content::Edit { .. } | Content::Reaction { .. } | Content::Pin { .. })
            || matches!(
                content,
                Content::Membership { change: MembershipChange::Joined(_) | MembershipChange::Requested, .. }
            );
        assert!(!is_kept_out, "nothing is added to an archived conversation");
    }
    if content.changes_rules() {
        assert!(before.kind.has_members_to_manage(), "only groups and channels are managed");
    }
}

/// What a decided content does once it has happened.
fn check_applied(before: &State, after: &State, content: &Content) {
    assert_eq!(after.rules_version != before.rules_version, content.changes_rules());
    match content {
        Content::Membership { who, change } => check_membership(before, after, *who, *change),
        Content::Settings(change) => {
            let mut expected = before.settings.clone();
            expected.apply(change);
            assert_eq!(after.settings, expected);
            assert_eq!(after.members, before.members);
        }
        _ => {
            let unchanged = State { head: after.head, ..before.clone() };
            assert_eq!(*after, unchanged);
        }
    }
}

fn check_membership(before: &State, after: &State, who: PrincipalId, change: MembershipChange) {
    let was_in = before.members.contains_key(&who);
    let role = after.members.get(&who).map(|member| member.role);
    match change {
        MembershipChange::Joined(joined) => assert!(!was_in && role == Some(joined)),
        MembershipChange::Role(given) => assert!(was_in && role == Some(given)),
        MembershipChange::Left | MembershipChange::Removed => assert!(was_in && role.is_none()),
        MembershipChange::Banned => assert!(role.is_none() && after.banned.contains(&who)),
        MembershipChange::Unbanned => assert!(before.banned.contains(&who) && !after.banned.contains(&who)),
        MembershipChange::Requested => {
            assert!(!before.requests.contains_key(&who) && after.requests.contains_key(&who));
        }
        MembershipChange::RequestClosed => {
            assert!(before.requests.contains_key(&who) && !after.requests.contains_key(&who));
        }
    }
    let others = |state: &State| {
        let mut members = state.members.clone();
        members.remove(&who);
        members
    };
    assert_eq!(others(before), others(after), "nobody else is touched");
}

/// Nobody gets above themselves, and nobody is moved by who is not above them; owners may all.
fn check_rank(before: &State, wish: Wish, content: &Content) {
    let Content::Membership { who, change } = content else { return };
    let rank = |who: &PrincipalId| before.members.get(who).map(|member| member.role);
    let own = rank(&wish.who());
    if own == Some(Role::Owner) {
        return;
    }
    match change {
        MembershipChange::Joined(role) => assert!(*role <= before.kind.joining_role()),
        MembershipChange::Role(role) if *who == wish.who() => assert!(Some(*role) <= own),
        MembershipChange::Role(role) => {
            assert!(own > rank(who) && Some(*role).max(rank(who)) <= Some(Role::Member), "only the voice");
        }
        MembershipChange::Removed | MembershipChange::Banned => assert!(own > rank(who)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn whatever_is_decided_can_happen(kind in kind(), wishes in prop::collection::vec(wish(), 1..80)) {
        let mut state = begin(kind);
        for wish in wishes {
            let Ok(content) = wish.decide(&state) else { continue };
            check_decided(&state, wish, &content);
            check_rank(&state, wish, &content);
            let before = state.clone();
            happen(&mut state, wish.who(), content.clone());
            check_applied(&before, &state, &content);
            check_state(&state);
        }
    }

    #[test]
    fn strangers_never_learn_of_anything(kind in kind(), wishes in prop::collection::vec(wish(), 1..40)) {
        let mut state = begin(kind);
        for wish in wishes {
            if let Ok(content) = wish.decide(&state) {
                happen(&mut state, wish.who(), content);
            }
            for answer in everything(&state, STRANGER, wish.about()) {
                prop_assert_eq!(answer, Err(Rejection::ConversationNotFound));
            }
        }
    }
}
