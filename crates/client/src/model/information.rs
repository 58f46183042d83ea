use parlance_api::{
    event::{Content, Event, MembershipChange, SettingsChange, ThreadDisplay},
    model::{Conversation, Settings},
};

/// Folds one event into what is known of its conversation, as the reader `me` sees it.
///
/// Events that are already in it (up to its head) change nothing. Counters of unread messages are
/// not touched: they come from [`tally`](super::tally).
pub fn apply_to_conversation(conversation: &mut Conversation, event: &Event, me: &str) {
    if event.epoch != conversation.epoch || event.seq <= conversation.head {
        return;
    }
    conversation.head = event.seq;
    conversation.changed_at.clone_from(&event.at);
    match &event.content {
        Content::Settings(change) => apply_settings(&mut conversation.settings, change),
        Content::Membership { user, change, role } => {
            count_members(conversation, *change);
            if let (true, Some(role)) = (user == me, role) {
                conversation.membership.role = *role;
            }
        }
        _ => {}
    }
}

fn count_members(conversation: &mut Conversation, change: MembershipChange) {
    match change {
        MembershipChange::Joined => conversation.members_count += 1,
        MembershipChange::Left | MembershipChange::Removed | MembershipChange::Banned => {
            conversation.members_count = conversation.members_count.saturating_sub(1);
        }
        _ => {}
    }
}

fn apply_settings(settings: &mut Settings, change: &SettingsChange) {
    let SettingsChange {
        name,
        topic,
        history,
        slow_mode_s,
        archived,
        permissions,
        open,
        listed,
        expire_after_s,
        thread_display,
    } = change.clone();
    settings.name = name.unwrap_or_else(|| std::mem::take(&mut settings.name));
    settings.topic = topic.unwrap_or_else(|| std::mem::take(&mut settings.topic));
    settings.history = history.unwrap_or(settings.history);
    settings.slow_mode_s = slow_mode_s.unwrap_or(settings.slow_mode_s);
    settings.archived = archived.unwrap_or(settings.archived);
    settings.open = open.unwrap_or(settings.open);
    settings.listed = listed.unwrap_or(settings.listed);
    settings.expire_after_s = expire_after_s.or(settings.expire_after_s).filter(|seconds| *seconds > 0);
    settings.thread_display =
        thread_display.or(settings.thread_display).filter(|display| *display != ThreadDisplay::default());
    settings.permissions.extend(permissions.unwrap_or_default());
}
