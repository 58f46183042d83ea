//! XEP-0352: Client State Indication (1.0.0): what can wait is held back while nobody looks.

use crate::{seat::Seat, stanza::Outgoing};
use parlance_xmpp::{Framed, Limits, Stanza};

/// The namespace.
pub(crate) const CSI: &str = "urn:xmpp:csi:0";
/// Most stanzas that are held back for one client; then all of them are sent.
const HELD_MAX: usize = 1_000;

/// What is held back: the newest of each sender.
#[derive(Default)]
pub(crate) struct Held {
    stanzas: Vec<(String, Outgoing)>,
}

/// Somebody looks at the client again: what was held back.
pub(crate) fn activate(seat: &Seat) -> Vec<Outgoing> {
    seat.with(|state| {
        state.is_inactive = false;
        state.held.take()
    })
}

/// Nobody looks at the client any more.
pub(crate) fn deactivate(seat: &Seat) {
    seat.with(|state| state.is_inactive = true);
}

/// What is sent now of what there is for a client.
pub(crate) fn hold(seat: &Seat, stanzas: Vec<Outgoing>) -> Vec<Outgoing> {
    seat.with(|state| match state.is_inactive {
        false => stanzas,
        true => stanzas.into_iter().flat_map(|stanza| state.held.pass(stanza)).collect(),
    })
}

impl Held {
    fn take(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.stanzas).into_iter().map(|(_, stanza)| stanza).collect()
    }

    /// Holds a stanza back, or lets it go after everything that was held back.
    ///
    /// # Source
    /// XEP-0352 section 4.1.
    fn pass(&mut self, stanza: Outgoing) -> Vec<Outgoing> {
        let Some(key) = key(&stanza) else {
            let mut all = self.take();
            all.push(stanza);
            return all;
        };
        self.stanzas.retain(|(held, _)| *held != key);
        self.stanzas.push((key, stanza));
        if self.stanzas.len() > HELD_MAX { self.take() } else { Vec::new() }
    }
}

/// What of two stanzas makes the later one take the place of the earlier; `None` for what cannot wait.
fn key(stanza: &Outgoing) -> Option<String> {
    let mut framed = Framed::new(Limits::default());
    let stanza = framed.read(&stanza.xml).ok()?;
    let is_of_little_use = match stanza.name() {
        "presence" => is_availability(&stanza),
        "message" => is_typing(&stanza),
        _ => false,
    };
    is_of_little_use.then(|| format!("{} {}", stanza.name(), stanza.attribute("from").unwrap_or_default()))
}

/// A presence of somebody; those in rooms tell of much else and are not held back.
fn is_availability(stanza: &Stanza<'_>) -> bool {
    let is_of_a_room =
        stanza.children().any(|child| child.namespace().starts_with("http://jabber.org/protocol/muc"));
    !is_of_a_room && matches!(stanza.attribute("type").as_deref(), None | Some("unavailable"))
}

fn is_typing(stanza: &Stanza<'_>) -> bool {
    let mut is_typing = false;
    for child in stanza.children() {
        match child.namespace() {
            "http://jabber.org/protocol/chatstates" => is_typing = true,
            "urn:xmpp:hints" => {}
            _ if child.name() == "thread" => {}
            _ => return false,
        }
    }
    is_typing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(held: &mut Held, xml: &str) -> Vec<String> {
        let passed = held.pass(xml.to_owned().into());
        passed.iter().map(|stanza| String::from_utf8(stanza.xml.to_vec()).unwrap()).collect()
    }

    #[test]
    fn only_the_newest_presence_of_each_is_sent_before_what_cannot_wait() {
        let mut held = Held::default();
        let (away, back) =
            ("<presence from='a@x/1'><show>away</show></presence>", "<presence from='a@x/1'/>");
        let typing =
            "<message from='a@x/1'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>";
        let message = "<message from='a@x/1'><body>hi</body></message>";
        for waits in [away, typing, back] {
            assert!(pass(&mut held, waits).is_empty(), "{waits}");
        }
        assert_eq!(pass(&mut held, message), [typing, back, message]);
        assert_eq!(pass(&mut held, message), [message]);
    }

    #[test]
    fn requests_for_presence_and_rooms_do_not_wait() {
        let in_room = "<presence from='r@g/n'><x xmlns='http://jabber.org/protocol/muc#user'/></presence>";
        for urgent in ["<presence type='subscribe' from='a@x'/>", in_room, "<iq type='get' id='1'/>"] {
            assert_eq!(pass(&mut Held::default(), urgent), [urgent]);
        }
    }
}
