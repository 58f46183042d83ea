//! Stanzas inside of others, and when something was first sent.

use crate::{
    Element, Jid, ns,
    write::{Writer, format_date_time, parse_date_time},
};

/// When something was first sent, and who held it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    /// Milliseconds since 1970.
    pub unix_ms: i64,
    /// Who held it back.
    pub from: Option<Jid>,
}

impl Delay {
    /// Reads `<delay/>`; `None` when it is not understood.
    ///
    /// # Source
    /// XEP-0203 (2.0) section 2.
    pub fn read(element: &Element) -> Option<Self> {
        let unix_ms = parse_date_time(element.attribute("stamp")?)?;
        let from = element.attribute("from").and_then(|from| Jid::parse(from).ok());
        element.is(ns::DELAY, "delay").then_some(Self { unix_ms, from })
    }

    /// Writes `<delay/>`.
    pub fn write(&self, xml: &mut Writer<'_>) {
        xml.start("delay").namespace(ns::DELAY).attribute_if("from", self.from.as_ref().map(Jid::as_str));
        xml.attribute("stamp", &format_date_time(self.unix_ms)).end();
    }
}

/// Writes `<forwarded/>` around a stanza, which is XML that declares its namespaces.
///
/// # Source
/// XEP-0297 (1.0) section 3.
pub fn write_forwarded(delay: Option<&Delay>, stanza: &str, xml: &mut Writer<'_>) {
    xml.start("forwarded").namespace(ns::FORWARD);
    if let Some(delay) = delay {
        delay.write(xml);
    }
    xml.raw(stanza).end();
}

/// The stanza in a `<forwarded/>`, and when it was first sent; `None` when there is not exactly one.
///
/// # Source
/// XEP-0297 (1.0) section 3.
pub fn read_forwarded(element: &Element) -> Option<(&Element, Option<Delay>)> {
    let mut stanzas = element.children().filter(|child| child.namespace() != ns::DELAY);
    let stanza = stanzas.next()?;
    let is_one = element.is(ns::FORWARD, "forwarded") && stanzas.next().is_none();
    is_one.then(|| (stanza, element.child(ns::DELAY, "delay").and_then(Delay::read)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Framed, Limits};

    fn parse(xml: &str) -> Element {
        Framed::new(Limits::default()).read(xml.as_bytes()).unwrap().parse()
    }

    /// After the example of XEP-0297 section 3.
    const FORWARDED: &str = "<forwarded xmlns='urn:xmpp:forward:0'>\
        <delay xmlns='urn:xmpp:delay' from='juliet@capulet.lit' stamp='2010-07-10T23:08:25.000Z'/>\
        <message xmlns='jabber:client' from='juliet@capulet.lit/orchard'><body>x</body></message></forwarded>";

    #[test]
    fn a_forwarded_stanza_is_written_as_it_was_read() {
        let element = parse(FORWARDED);
        let (stanza, delay) = read_forwarded(&element).unwrap();
        assert!(stanza.is(ns::CLIENT, "message"));
        let delay = delay.unwrap();
        assert_eq!(delay.unix_ms, 1_278_803_305_000);
        let mut xml = Writer::new();
        let message = &FORWARDED[FORWARDED.find("<message").unwrap()..FORWARDED.find("</forwarded").unwrap()];
        write_forwarded(Some(&delay), message, &mut xml);
        assert_eq!(xml.finish(), FORWARDED);
    }

    #[test]
    fn one_stanza_is_forwarded_and_not_none_or_two() {
        assert_eq!(read_forwarded(&parse("<forwarded xmlns='urn:xmpp:forward:0'/>")), None);
        let two = "<forwarded xmlns='urn:xmpp:forward:0'><a xmlns='jabber:client'/><a xmlns='jabber:client'/></forwarded>";
        assert_eq!(read_forwarded(&parse(two)), None);
        assert_eq!(
            read_forwarded(&parse("<forwarded xmlns='urn:x'><a xmlns='jabber:client'/></forwarded>")),
            None
        );
    }

    #[test]
    fn a_delay_without_a_moment_is_not_understood() {
        assert_eq!(Delay::read(&parse("<delay xmlns='urn:xmpp:delay' stamp='yesterday'/>")), None);
        assert_eq!(Delay::read(&parse("<delay xmlns='urn:xmpp:delay'/>")), None);
        let delay =
            Delay::read(&parse("<delay xmlns='urn:xmpp:delay' stamp='1970-01-01T00:00:00Z' from='@'/>"));
        assert_eq!(delay, Some(Delay { unix_ms: 0, from: None }));
    }
}
