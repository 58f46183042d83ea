use super::{Bounds, Permission, Role};
use crate::Rejection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The settings of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The name people see; empty in direct conversations and notes.
    pub name: String,
    /// What it is about.
    pub topic: String,
    /// What newcomers see.
    pub history: HistoryVisibility,
    /// Seconds between two messages of one member; 0 is off.
    pub slow_mode_s: u32,
    /// Whether nothing may be added any more.
    pub archived: bool,
    /// Roles for permissions that differ from the usual.
    pub permissions: BTreeMap<Permission, Role>,
    /// Whether anybody of the domain may join.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// Whether it is found in directories.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
    /// Whether it was ended for good.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub destroyed: bool,
    /// After how many seconds new messages disappear; 0 is never.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub expire_after_s: u32,
    /// How clients show the messages of threads.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub thread_display: ThreadDisplay,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_usual(display: &ThreadDisplay) -> bool {
    *display == ThreadDisplay::default()
}

/// How clients show the messages of threads. The events are the same in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadDisplay {
    /// Beside the conversation; there stands only how many they are.
    #[default]
    Threads,
    /// In the conversation, each with what it answers.
    Inline,
    /// The conversation is a list of its threads.
    Topics,
}

/// How much newcomers see of what was said before them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryVisibility {
    /// Everything.
    #[default]
    All,
    /// Only what comes after they joined.
    SinceJoined,
}

/// A change of settings; absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsChange {
    /// The name people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// What newcomers see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<HistoryVisibility>,
    /// Seconds between two messages of one member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow_mode_s: Option<u32>,
    /// Whether nothing may be added any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// Roles for permissions, replacing the ones set before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<BTreeMap<Permission, Role>>,
    /// Whether anybody of the domain may join.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<bool>,
    /// Whether it is found in directories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<bool>,
    /// Whether it was ended for good; comes with the removal of all members, never by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destroyed: Option<bool>,
    /// After how many seconds new messages disappear; 0 is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_after_s: Option<u32>,
    /// How clients show the messages of threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_display: Option<ThreadDisplay>,
}

impl Settings {
    /// Longest name, in characters.
    pub const NAME_CHARS_MAX: usize = 128;
    /// Longest topic, in characters.
    pub const TOPIC_CHARS_MAX: usize = 1_024;
    /// Longest slow mode, in seconds.
    pub const SLOW_MODE_S_MAX: u32 = 86_400;

    /// Folds a change in.
    pub fn apply(&mut self, change: &SettingsChange) {
        fn set<T: Clone>(field: &mut T, value: &Option<T>) {
            if let Some(value) = value {
                field.clone_from(value);
            }
        }
        set(&mut self.name, &change.name);
        set(&mut self.topic, &change.topic);
        set(&mut self.history, &change.history);
        set(&mut self.slow_mode_s, &change.slow_mode_s);
        set(&mut self.archived, &change.archived);
        set(&mut self.permissions, &change.permissions);
        set(&mut self.open, &change.open);
        set(&mut self.listed, &change.listed);
        set(&mut self.destroyed, &change.destroyed);
        set(&mut self.expire_after_s, &change.expire_after_s);
        set(&mut self.thread_display, &change.thread_display);
    }
}

impl SettingsChange {
    /// Refuses names, topics and durations that are out of bounds.
    ///
    /// # Errors
    /// `InvalidValue` naming the field.
    pub fn check(&self) -> Result<(), Rejection> {
        if self.destroyed.is_some() {
            return Err(Rejection::InvalidValue("destroyed: not by a change of settings"));
        }
        if let Some(name) = &self.name {
            let chars = name.trim().chars().count();
            if !(1..=Settings::NAME_CHARS_MAX).contains(&chars) || name.chars().any(char::is_control) {
                return Err(Rejection::InvalidValue("name: 1 to 128 characters"));
            }
        }
        if self
            .topic
            .as_ref()
            .is_some_and(|topic| topic.chars().count() > Settings::TOPIC_CHARS_MAX || topic.contains('\0'))
        {
            return Err(Rejection::InvalidValue("topic: up to 1,024 characters"));
        }
        if self.slow_mode_s.is_some_and(|seconds| seconds > Settings::SLOW_MODE_S_MAX) {
            return Err(Rejection::InvalidValue("slow_mode_s: up to 86,400"));
        }
        Ok(())
    }

    /// Refuses a timer that is shorter or longer than the server allows.
    ///
    /// # Errors
    /// `TimerOutOfBounds`.
    pub fn check_timer(&self, bounds: &Bounds) -> Result<(), Rejection> {
        let allowed = bounds.expire_after_s_min..=bounds.expire_after_s_max;
        match self.expire_after_s {
            Some(seconds) if seconds > 0 && !allowed.contains(&seconds) => Err(Rejection::TimerOutOfBounds),
            _ => Ok(()),
        }
    }

    /// Whether nothing changes but what concerns messages alike wherever they are said: their timer, and how
    /// threads are shown.
    pub(super) fn is_about_messages(&self) -> bool {
        let Self { expire_after_s, thread_display, .. } = *self;
        (expire_after_s.is_some() || thread_display.is_some())
            && *self == Self { expire_after_s, thread_display, ..Self::default() }
    }
}
