//! XEP-0492: Chat notification settings (0.2.0): what a bookmark says about notifications is what its owner wants of
//! the group in every program.
//!
//! # Differs
//! Where nothing is said, every message notifies. What a client says for clients of its kind alone is kept for them
//! and means nothing here.

use super::{bookmarks::NODE, xml};
use parlance_core::account::{Preferences, PreferencesChange};
use parlance_xmpp::{Element, write::Writer};

const SETTINGS: &str = "urn:xmpp:notification-settings:1";

/// Of which messages somebody is notified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Always,
    OnMention,
    Never,
}

impl Level {
    const ALL: [Self; 3] = [Self::Always, Self::OnMention, Self::Never];

    fn of(preferences: Preferences) -> Self {
        match (preferences.muted, preferences.mentions_only) {
            (true, _) => Self::Never,
            (false, true) => Self::OnMention,
            (false, false) => Self::Always,
        }
    }

    /// What preferences become with this level.
    pub(super) fn change(self) -> PreferencesChange {
        let (muted, mentions_only) = match self {
            Self::Always => (false, Some(false)),
            Self::OnMention => (false, Some(true)),
            Self::Never => (true, None),
        };
        PreferencesChange { muted: Some(muted), mentions_only, ..PreferencesChange::default() }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::OnMention => "on-mention",
            Self::Never => "never",
        }
    }
}

/// What a bookmark says to programs of every kind.
///
/// # Source
/// XEP-0492 section 3, on the fallback element.
pub(super) fn read(conference: &Element) -> Option<Level> {
    let fallback = fallback(settings(conference)?)?;
    Level::ALL.into_iter().find(|level| level.name() == fallback.name())
}

/// A bookmark that says what holds. One that says nothing stays as it is where everything notifies.
pub(super) fn with_level(payload: &str, preferences: Preferences) -> String {
    let level = Level::of(preferences);
    let Some(conference) = xml::read(payload) else { return payload.to_owned() };
    match read(&conference).unwrap_or(Level::Always) == level {
        true => payload.to_owned(),
        false => rewritten(&conference, level),
    }
}

fn settings(conference: &Element) -> Option<&Element> {
    conference.child(NODE, "extensions")?.child(SETTINGS, "notify")
}

fn is_fallback(setting: &Element) -> bool {
    setting.attribute("identity-category").is_none()
}

fn fallback(settings: &Element) -> Option<&Element> {
    settings.children().find(|setting| setting.namespace() == SETTINGS && is_fallback(setting))
}

/// # Source
/// XEP-0492 section 3: settings that are not understood are kept.
fn rewritten(conference: &Element, level: Level) -> String {
    let mut out = Writer::new();
    out.start("conference").namespace(NODE);
    for attribute in conference.attributes().iter().filter(|attribute| attribute.namespace.is_empty()) {
        out.attribute(&attribute.name, &attribute.value);
    }
    for child in conference.children().filter(|child| !child.is(NODE, "extensions")) {
        out.raw(&xml::standalone(child));
    }
    out.start("extensions");
    let extensions = conference.child(NODE, "extensions").into_iter().flat_map(Element::children);
    for extension in extensions.filter(|extension| !extension.is(SETTINGS, "notify")) {
        out.raw(&xml::standalone(extension));
    }
    out.start("notify").namespace(SETTINGS);
    write_settings(settings(conference), level, &mut out);
    out.finish()
}

fn write_settings(before: Option<&Element>, level: Level, out: &mut Writer<'_>) {
    let settings = before.into_iter().flat_map(Element::children);
    for setting in settings.filter(|setting| !is_fallback(setting)) {
        out.raw(&xml::standalone(setting));
    }
    out.start(level.name());
    for advanced in before.and_then(fallback).into_iter().flat_map(Element::children) {
        out.raw(&xml::standalone(advanced));
    }
    out.end();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bookmark(settings: &str) -> String {
        format!(
            "<conference xmlns='{NODE}' name='G' autojoin='true'><nick>me</nick><extensions>\
             <other xmlns='urn:other'/><notify xmlns='{SETTINGS}'>{settings}</notify></extensions></conference>"
        )
    }

    fn level(payload: &str) -> Option<Level> {
        read(&xml::read(payload).unwrap())
    }

    #[test]
    fn the_setting_for_every_kind_of_program_counts() {
        let settings = "<never identity-category='client' identity-type='pc'/><on-mention/>";
        assert_eq!(level(&bookmark(settings)), Some(Level::OnMention));
        assert_eq!(level(&bookmark("<never identity-category='gateway'/>")), None);
        assert_eq!(level(&bookmark("<sometimes/>")), None);
        assert_eq!(level(&format!("<conference xmlns='{NODE}'/>")), None);
    }

    #[test]
    fn a_bookmark_is_rewritten_with_everything_that_is_not_understood() {
        let advanced = "<advanced><night xmlns='custom:ns'/></advanced>";
        let payload = bookmark(&format!("<never identity-category='gateway'/><always>{advanced}</always>"));
        let muted = Preferences { muted: true, ..Preferences::default() };
        let rewritten = with_level(&payload, muted);
        assert_eq!(level(&rewritten), Some(Level::Never));
        for part in ["name='G'", "autojoin='true'", "me</nick>", "urn:other", "gateway", "custom:ns"] {
            assert!(rewritten.contains(part), "{part} is not in {rewritten}");
        }
        assert_eq!(with_level(&rewritten, muted), rewritten);
    }

    #[test]
    fn what_always_notifies_need_not_say_so() {
        let payload = format!("<conference xmlns='{NODE}'/>");
        assert_eq!(with_level(&payload, Preferences::default()), payload);
        let mentions = Preferences { mentions_only: true, ..Preferences::default() };
        let rewritten = with_level(&payload, mentions);
        assert_eq!(level(&rewritten), Some(Level::OnMention));
        assert_eq!(level(&with_level(&rewritten, Preferences::default())), Some(Level::Always));
    }
}
