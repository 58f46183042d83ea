//! What those who enter are told of what was said before.

use super::{
    desk::Shared,
    live::message_of,
    write::{Said, text_element},
};
use crate::{context::Xmpp, native::people_in, seat::Seat, stanza::Outgoing};
use parlance_core::{
    event::Content,
    id::{ConversationId, Seq, UnixMillis},
};
use parlance_hub::{ports::Place, usecase::HistoryPlace};
use parlance_xmpp::{Element, write::parse_date_time};
use std::{collections::VecDeque, sync::Arc};

/// How many messages those get who do not say how many they want, and how many anybody gets: the rest is
/// in the archive.
const USUAL: usize = 20;
const STANZAS_MAX: usize = 250;
/// Events looked at together, and how often.
const PAGE: usize = 100;
const PAGES_MAX: usize = 10;

/// How much somebody wants to be told.
///
/// # Source
/// XEP-0045 section 7.2.13.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    stanzas: Option<usize>,
    chars: Option<usize>,
    seconds: Option<u64>,
    since: Option<UnixMillis>,
}

impl Wanted {
    /// Reads `<x/>` of somebody who enters; what cannot be read counts as not said.
    pub(super) fn read(muc: &Element) -> Self {
        let history = muc.child(super::MUC, "history");
        let attribute = |name| history.and_then(|history| history.attribute(name));
        let number = |name| attribute(name).and_then(|value| value.trim().parse().ok());
        let since = attribute("since").and_then(parse_date_time).and_then(|at| u64::try_from(at).ok());
        Self {
            stanzas: number("maxstanzas").and_then(|it: u64| usize::try_from(it).ok()),
            chars: number("maxchars").and_then(|it: u64| usize::try_from(it).ok()),
            seconds: number("seconds"),
            since: since.map(UnixMillis),
        }
    }

    /// Whether nothing is wanted.
    pub(super) fn is_none(&self) -> bool {
        self.stanzas == Some(0) || self.chars == Some(0)
    }

    fn stanzas_max(&self) -> usize {
        let has_other_bound = self.chars.is_some() || self.seconds.is_some() || self.since.is_some();
        let usual = if has_other_bound { STANZAS_MAX } else { USUAL };
        self.stanzas.unwrap_or(usual).min(STANZAS_MAX)
    }

    fn since(&self, now: UnixMillis) -> UnixMillis {
        let by_seconds = self.seconds.map(|seconds| now.0.saturating_sub(seconds.saturating_mul(1_000)));
        UnixMillis(by_seconds.unwrap_or(0)).max(self.since.unwrap_or_default())
    }
}

/// The messages before a place, oldest first. When they cannot be read there are none.
pub(super) async fn read(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    id: ConversationId,
    room: &str,
    before: Seq,
    wanted: &Wanted,
) -> Vec<Outgoing> {
    let since = wanted.since(xmpp.hub.now());
    let (mut found, mut chars, mut before) = (VecDeque::new(), 0, before);
    for _ in 0..PAGES_MAX {
        let place = HistoryPlace::At(Place::Before(before));
        let Ok(page) = xmpp.hub.history(seat.caller, id, place, PAGE).await else { break };
        let _ = xmpp.hub.meet(page.items.iter().flat_map(|item| people_in(&item.event))).await;
        for item in page.items.iter().rev() {
            before = item.event.seq;
            let Content::Message(message) = &item.event.content else { continue };
            let edited = item.fold.as_ref().and_then(|fold| fold.edited.as_ref()).map(|(body, _)| body);
            let stanza = message_of(xmpp, room, &item.event, message, edited, true).to(&seat.full);
            chars += stanza.xml.len();
            let is_enough = found.len() >= wanted.stanzas_max()
                || item.event.said_at() < since
                || wanted.chars.is_some_and(|max| chars > max);
            if is_enough {
                return found.into();
            }
            found.push_front(stanza);
        }
        if !page.has_before || page.items.is_empty() {
            break;
        }
    }
    found.into()
}

/// The subject, which ends what those are told who enter; it may be empty.
///
/// # Source
/// XEP-0045 section 7.2.15.
pub(super) fn subject(room: &str, topic: &str) -> Shared {
    Said { from: room, inner: &text_element("subject", topic), ..Said::default() }.write()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::muc::MUC;

    fn wanted(history: &str) -> Wanted {
        let xml = format!("<x xmlns='{MUC}'>{history}</x>");
        let mut framed = parlance_xmpp::Framed::new(parlance_xmpp::Limits::default());
        Wanted::read(&framed.read(xml.as_bytes()).unwrap().parse())
    }

    #[test]
    fn without_wishes_a_few_messages_are_told() {
        let wanted = wanted("");
        assert_eq!(wanted.stanzas_max(), USUAL);
        assert_eq!(wanted.since(UnixMillis(5_000)), UnixMillis(0));
        assert!(!wanted.is_none());
    }

    #[test]
    fn the_stricter_of_several_wishes_counts() {
        let wanted = wanted("<history seconds='3' since='1970-01-01T00:00:01Z' maxstanzas='9999'/>");
        assert_eq!(wanted.since(UnixMillis(5_000)), UnixMillis(2_000));
        assert_eq!(wanted.stanzas_max(), STANZAS_MAX);
        assert!(super::tests::wanted("<history maxchars='0'/>").is_none());
    }
}
