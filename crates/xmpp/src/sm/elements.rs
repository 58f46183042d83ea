use std::borrow::Cow;

use smol_str::SmolStr;

use crate::{Element, Stanza, StanzaCondition, ns, write::Writer};

/// What a peer says about stream management.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `<enable/>`: starts counting.
    Enable {
        /// Whether the peer wants to be able to resume.
        resume: bool,
        /// For how many seconds it would like that.
        max_seconds: Option<u32>,
    },
    /// `<resume/>`: goes on with a stream that was lost.
    Resume {
        /// How many stanzas of ours the peer has handled.
        h: u32,
        /// The name of the stream.
        previd: SmolStr,
    },
    /// `<r/>`: asks for an acknowledgement.
    Request,
    /// `<a/>`: acknowledges.
    Answer {
        /// How many stanzas of ours the peer has handled.
        h: u32,
    },
    /// `<enabled/>`: the answer to `<enable/>`.
    Enabled {
        /// The name of the stream, when it can be resumed.
        id: Option<SmolStr>,
    },
    /// `<resumed/>`: the answer to `<resume/>`.
    Resumed {
        /// How many stanzas of ours the peer has handled.
        h: u32,
        /// The name of the stream.
        previd: SmolStr,
    },
    /// `<failed/>`: the other answer to both.
    Failed {
        /// How many stanzas of ours the peer had handled, when it still knows.
        h: Option<u32>,
    },
}

/// An element of stream management that its schema does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an element of stream management lacks an attribute, has a wrong value or is not known")]
pub struct CommandError;

impl Command {
    /// Reads a first-level element; `None` when it is of another namespace.
    ///
    /// # Errors
    /// [`CommandError`].
    ///
    /// # Source
    /// XEP-0198 (1.6.3) section 14 (schema).
    pub fn read(stanza: &Stanza<'_>) -> Option<Result<Self, CommandError>> {
        let is_ours = stanza.namespace() == ns::SM;
        is_ours.then(|| command(stanza.name(), |name| stanza.attribute(name)))
    }

    /// Reads an element that came inside of another, such as of SASL2.
    ///
    /// # Errors
    /// [`CommandError`].
    pub fn of_element(element: &Element) -> Option<Result<Self, CommandError>> {
        let is_ours = element.namespace() == ns::SM;
        is_ours.then(|| command(element.name(), |name| element.attribute(name).map(Cow::Borrowed)))
    }

    /// Appends `<r/>`.
    pub fn write_request(out: &mut String) {
        out.push_str("<r xmlns='urn:xmpp:sm:3'/>");
    }

    /// Appends `<a/>`.
    pub fn write_answer(h: u32, out: &mut String) {
        let mut xml = Writer::append(std::mem::take(out));
        xml.start("a").namespace(ns::SM).attribute("h", &h.to_string());
        *out = xml.finish();
    }
}

fn command<'a>(
    name: &str,
    attribute: impl Fn(&str) -> Option<Cow<'a, str>>,
) -> Result<Command, CommandError> {
    let number =
        |name| attribute(name).map(|value| value.trim().parse().map_err(|_| CommandError)).transpose();
    let h = || number("h")?.ok_or(CommandError);
    let text = |name| attribute(name).map(SmolStr::from);
    match name {
        "enable" => {
            let resume = attribute("resume").map_or(Ok(false), |value| boolean(&value))?;
            Ok(Command::Enable { resume, max_seconds: number("max")? })
        }
        "resume" => Ok(Command::Resume { h: h()?, previd: text("previd").ok_or(CommandError)? }),
        "r" => Ok(Command::Request),
        "a" => Ok(Command::Answer { h: h()? }),
        "enabled" => Ok(Command::Enabled { id: text("id") }),
        "resumed" => Ok(Command::Resumed { h: h()?, previd: text("previd").ok_or(CommandError)? }),
        "failed" => Ok(Command::Failed { h: number("h")? }),
        _ => Err(CommandError),
    }
}

/// # Source
/// XML Schema 1.0 part 2, section 3.2.2.
fn boolean(value: &str) -> Result<bool, CommandError> {
    match value {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(CommandError),
    }
}

/// What the server grants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enabled<'a> {
    /// The name of the stream, when it can be resumed.
    pub id: Option<&'a str>,
    /// For how many seconds after a loss.
    pub max_seconds: Option<u32>,
    /// Where to connect to for that, as `host:port`.
    pub location: Option<&'a str>,
}

impl Enabled<'_> {
    /// Writes `<enabled/>`.
    ///
    /// # Source
    /// XEP-0198 (1.6.3) sections 3 and 5.
    pub fn write(&self, xml: &mut Writer<'_>) {
        xml.start("enabled").namespace(ns::SM).attribute_if("id", self.id);
        xml.attribute_if("resume", self.id.map(|_| "true"));
        xml.attribute_if("max", self.max_seconds.map(|max| max.to_string()).as_deref());
        xml.attribute_if("location", self.location).end();
    }
}

/// Writes `<resumed/>`: `h` stanzas of the peer were handled.
///
/// # Source
/// XEP-0198 (1.6.3) section 5.
pub fn write_resumed(h: u32, previd: &str, xml: &mut Writer<'_>) {
    xml.start("resumed").namespace(ns::SM).attribute("h", &h.to_string()).attribute("previd", previd).end();
}

/// Writes `<failed/>`; with `h` when the stream is known although it cannot be resumed any more.
///
/// # Source
/// XEP-0198 (1.6.3) sections 5 and 6.
pub fn write_failed(condition: StanzaCondition, h: Option<u32>, xml: &mut Writer<'_>) {
    xml.start("failed").namespace(ns::SM).attribute_if("h", h.map(|h| h.to_string()).as_deref());
    xml.empty(condition.as_str(), ns::STANZA_ERRORS).end();
}
