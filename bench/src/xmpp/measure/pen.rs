use crate::{letter::Clock, measure::FILLER, xmpp::mark::Mark};

/// Marks of this sender are those of requests.
const REQUEST: u32 = 999_999;

/// Writes messages to one address, numbered from 0.
#[derive(Debug)]
pub(super) struct Pen {
    clock: Clock,
    sender: u32,
    kind: &'static str,
    to: String,
    written: u64,
}

impl Pen {
    /// For one person.
    pub(super) fn to_person(clock: Clock, sender: u32, to: String) -> Self {
        Self { clock, sender, kind: "chat", to, written: 0 }
    }

    /// For a group.
    pub(super) fn to_group(clock: Clock, sender: u32, to: String) -> Self {
        Self { clock, sender, kind: "groupchat", to, written: 0 }
    }

    /// Whose marks they are.
    pub(super) fn sender(&self) -> u32 {
        self.sender
    }

    /// How many it has written.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Adds one message to `out`.
    pub(super) fn write(&mut self, out: &mut Vec<u8>) {
        let Self { sender, kind, to, written: number, clock } = self;
        let mark = Mark { sender: *sender, number: *number, sent_micros: clock.micros() };
        let stanza =
            format!("<message to='{to}' type='{kind}' id='m{number}'><body>{mark} {FILLER}</body></message>");
        out.extend_from_slice(stanza.as_bytes());
        self.written += 1;
    }
}

/// Adds a request to the server whose answer carries a mark.
///
/// # Source
/// XEP-0199 (2.0.1) section 4.2.
pub(super) fn write_ping(out: &mut Vec<u8>, clock: Clock) {
    let mark = Mark { sender: REQUEST, number: 0, sent_micros: clock.micros() };
    let stanza = format!("<iq type='get' id='{mark}' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>");
    out.extend_from_slice(stanza.as_bytes());
}
