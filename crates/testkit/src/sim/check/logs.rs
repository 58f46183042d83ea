use crate::sim::{replay::Replay, world::World};
use parlance_core::{
    Rejection,
    conversation::{Asking, Bounds, Permission, State},
    event::{Content, Event, MembershipChange},
    id::ConversationId,
};

/// Places are dense, times do not go back, and each event was allowed by the state before it.
pub(super) fn check(world: &World, id: ConversationId, log: &Replay) {
    for (index, event) in log.events.iter().enumerate() {
        if event.seq.0 != index as u64 + 1 {
            world.journal.violation(format!("{id}: place {} holds {}", index + 1, event.seq));
            return;
        }
        if index > 0 && log.events[index - 1].at > event.at {
            world.journal.violation(format!("{id}: time goes back at {}", event.seq));
        }
        let before = &log.states[index];
        if !is_founding(before, event)
            && let Err(why) = judge(before, event)
        {
            world
                .journal
                .violation(format!("{id}: {} at {} was not allowed: {why}", event.sender, event.seq));
        }
    }
}

/// The first events of a conversation are not decided on by its rules: there are none yet.
fn is_founding(before: &State, event: &Event) -> bool {
    !before.members.contains_key(&event.sender) && before.head.0 <= 1
        || !before.kind.has_members_to_manage() && matches!(event.content, Content::Membership { .. })
}

/// Whether the rules allowed it. What depends on other events than those of rules is left out.
fn judge(before: &State, event: &Event) -> Result<(), Rejection> {
    let needs = |permission| match before.may(event.sender, permission) && !before.settings.archived {
        true => Ok(()),
        false => Err(Rejection::Forbidden),
    };
    match &event.content {
        Content::Message(message) if message.thread.is_some() => needs(Permission::Comment),
        Content::Message(_) | Content::Edit { .. } | Content::Foreign => needs(Permission::Post),
        Content::Reaction { .. } | Content::Vote { .. } => needs(Permission::React),
        Content::Pin { .. } => needs(Permission::Pin),
        Content::Delete { .. } | Content::PollClosed { .. } | Content::Acknowledgement { .. } => {
            before.member(event.sender).map(|_| ())
        }
        Content::Deleted | Content::Unknown | Content::Account(_) => Ok(()),
        Content::Settings(change) => before.decide_settings(asking(event), change.clone()).map(|_| ()),
        Content::Membership { who, change } => {
            let asking = asking(event);
            match change {
                MembershipChange::Joined(role) => {
                    before.decide_add(asking, &Bounds::default(), *who, Some(*role))
                }
                MembershipChange::Left | MembershipChange::Removed | MembershipChange::RequestClosed => {
                    before.decide_remove(asking, *who)
                }
                MembershipChange::Banned => before.decide_ban(asking, *who),
                MembershipChange::Unbanned => before.decide_unban(asking, *who),
                MembershipChange::Role(role) => before.decide_role(asking, *who, *role),
                MembershipChange::Requested => return Ok(()),
            }
            .map(|_| ())
        }
    }
}

fn asking(event: &Event) -> Asking {
    Asking { who: event.sender, now: event.at }
}
