//! `rxml`, a parser by others, as a judge of ours.

use parlance_xmpp::{Error, STREAMS};
use rxml::{Event, Options, Parse, Parser, WithOptions};

use super::{Kept, Seen, read_whole};

/// A stream as both parsers read it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    header: Option<Vec<(String, String)>>,
    stanzas: Vec<Kept>,
    pub(crate) is_accepted: bool,
}

pub(crate) fn ours(bytes: &[u8]) -> (Reading, Option<Error>) {
    let (seen, error) = read_whole(bytes);
    let mut reading = Reading { header: None, stanzas: Vec::new(), is_accepted: false };
    for it in seen {
        match it {
            Seen::Header(attributes) => {
                let local = |name: String| name.rsplit(':').next().unwrap_or_default().to_owned();
                let mut attributes: Vec<_> =
                    attributes.into_iter().map(|(name, value)| (local(name), value)).collect();
                attributes.sort();
                reading.header = Some(attributes);
            }
            Seen::Stanza(mut kept) => {
                kept.attributes.sort();
                reading.stanzas.push(kept);
            }
            Seen::Whitespace => {}
            Seen::End => reading.is_accepted = true,
        }
    }
    (reading, error)
}

/// Reads with `rxml`, which reads any XML, and applies the rules of streams to what it says.
pub(crate) fn theirs(bytes: &[u8]) -> Reading {
    let mut reading = Reading { header: None, stanzas: Vec::new(), is_accepted: false };
    let options = Options { max_token_length: 1 << 20, ..Options::default() };
    let mut parser = Parser::with_options(options);
    let mut rest = bytes;
    let (mut at, mut depth) = (0, 0);
    let (mut stanza_at, mut child_at) = (0, 0);
    let mut open: Option<Kept> = None;
    while let Ok(Some(event)) = parser.parse(&mut rest, true) {
        let start = at;
        at += event.metrics().len();
        match event {
            Event::XmlDeclaration(..) => {}
            Event::StartElement(_, (namespace, name), attributes) => {
                let mut named: Vec<_> = attributes
                    .iter()
                    .map(|((namespace, name), value)| {
                        (namespace.to_string(), name.to_string(), value.clone())
                    })
                    .collect();
                named.sort();
                match depth {
                    0 if namespace.as_str() != STREAMS || name.as_str() != "stream" => return reading,
                    0 => {
                        let mut header: Vec<_> =
                            named.into_iter().map(|(_, name, value)| (name, value)).collect();
                        header.sort();
                        reading.header = Some(header);
                    }
                    1 => {
                        stanza_at = start;
                        let (namespace, name) = (namespace.to_string(), name.to_string());
                        open = Some(Kept {
                            raw: String::new(),
                            namespace,
                            name,
                            attributes: named,
                            children: Vec::new(),
                        });
                    }
                    2 => {
                        child_at = start;
                        let kept = open.as_mut().expect("a stanza is open");
                        kept.children.push((namespace.to_string(), name.to_string(), String::new()));
                    }
                    _ => {}
                }
                depth += 1;
            }
            Event::EndElement(_) => {
                depth -= 1;
                // Its places are wrong behind an empty CDATA section, and may be inside of a character then.
                let text = |from: usize| String::from_utf8_lossy(&bytes[from..at]).into_owned();
                match depth {
                    0 => {
                        reading.is_accepted = true;
                        return reading;
                    }
                    1 => {
                        let mut kept = open.take().expect("a stanza is open");
                        kept.raw = text(stanza_at);
                        reading.stanzas.push(kept);
                    }
                    2 => {
                        let kept = open.as_mut().expect("a stanza is open");
                        kept.children.last_mut().expect("a child is open").2 = text(child_at);
                    }
                    _ => {}
                }
            }
            Event::Text(..) => {
                let is_blank = bytes[start..at].iter().all(|byte| b" \t\r\n".contains(byte));
                if depth == 1 && !is_blank {
                    return reading;
                }
            }
        }
    }
    reading
}

/// Whether the two may disagree about a stream: where XML or RFC 6120 are clear and `rxml` is stricter or
/// laxer than they are.
pub(crate) fn differs_on_purpose(bytes: &[u8], error: Option<Error>) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let declaration = text.split_once("?>").map_or("", |(declaration, _)| declaration);
    // XML declaration: `standalone` in any case but never `no`; references in its values.
    declaration.contains("standalone")
        || declaration.contains('&')
        // White space before the header, which we allow after a restart of the stream.
        || text.starts_with([' ', '\t', '\r', '\n'])
        // `xmlns` twice on one tag.
        || (error == Some(Error::DuplicateAttribute)
            && text.split('<').any(|tag| tag.matches("xmlns").count() > 1))
        // The namespace of declarations bound to a prefix.
        || error == Some(Error::ReservedNamespace)
        // An empty CDATA section: between stanzas it is not white space, and within them `rxml` does not
        // count its bytes, so that it says nothing about places behind it.
        || text.contains("<![CDATA[]]>")
        // A carriage return alone in a value: XML makes it a line end (section 2.11), `rxml` refuses it.
        || text.replace("\r\n", "").contains('\r')
        // Character references of more than eight characters.
        || text.contains("&#0") || text.contains("&#x0")
}

/// Panics when the two disagree and should not; gives whether we accept.
pub(crate) fn compare(bytes: &[u8]) -> bool {
    let (ours, error) = ours(bytes);
    let theirs = theirs(bytes);
    if ours != theirs {
        let text = String::from_utf8_lossy(bytes);
        assert!(differs_on_purpose(bytes, error), "{text}\n{error:?}\nours: {ours:#?}\ntheirs: {theirs:#?}");
    }
    ours.is_accepted
}
