//! What a stream said, in a form that can be kept and compared.
#![allow(dead_code, reason = "each test file uses a part of this")]

pub(crate) mod hammer;
pub(crate) mod rival;

use proptest::{collection::vec, prelude::*, sample::Index};

use parlance_xmpp::{Error, Frame, Limits, Stanza, Tokenizer};

pub(crate) const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='example.org' version='1.0'>";
pub(crate) const END: &str = "</stream:stream>";

/// Namespace, local name and value.
pub(crate) type Named = (String, String, String);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Header(Vec<(String, String)>),
    Stanza(Kept),
    Whitespace,
    End,
}

/// A stanza that outlives the tokenizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) raw: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) attributes: Vec<Named>,
    /// Namespace, local name and bytes.
    pub(crate) children: Vec<Named>,
}

pub(crate) fn keep(stanza: &Stanza<'_>) -> Kept {
    let attributes = stanza.attributes();
    Kept {
        raw: stanza.raw().to_owned(),
        namespace: stanza.namespace().to_owned(),
        name: stanza.name().to_owned(),
        attributes: attributes.map(|it| (it.namespace.into(), it.name.into(), it.value.into())).collect(),
        children: stanza
            .children()
            .map(|it| (it.namespace().into(), it.name().into(), stanza.raw()[it.range()].into()))
            .collect(),
    }
}

/// Everything that was said, white space told once however often it came, and how it ended.
pub(crate) fn read<'a>(
    limits: Limits,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Seen>, Option<Error>) {
    let mut tokenizer = Tokenizer::new(limits);
    let mut seen = Vec::new();
    for chunk in chunks {
        tokenizer.feed(chunk);
        if let Err(error) = drain(&mut tokenizer, &mut seen) {
            assert_eq!(tokenizer.poll().unwrap_err(), error, "an error stays");
            return (seen, Some(error));
        }
    }
    (seen, None)
}

pub(crate) fn drain(tokenizer: &mut Tokenizer, seen: &mut Vec<Seen>) -> Result<(), Error> {
    while let Some(frame) = tokenizer.poll()? {
        let next = match frame {
            Frame::Header(header) => {
                Seen::Header(header.attributes().map(|(name, value)| (name.into(), value.into())).collect())
            }
            Frame::Stanza(stanza) => Seen::Stanza(keep(&stanza)),
            Frame::Whitespace => Seen::Whitespace,
            Frame::End => Seen::End,
        };
        if next != Seen::Whitespace || seen.last() != Some(&Seen::Whitespace) {
            seen.push(next);
        }
    }
    Ok(())
}

pub(crate) fn read_whole(bytes: &[u8]) -> (Vec<Seen>, Option<Error>) {
    read(Limits::default(), [bytes])
}

/// How a stream ends that begins with [`HEADER`].
pub(crate) fn refusal(content: &str) -> Option<Error> {
    read_whole(format!("{HEADER}{content}").as_bytes()).1
}

/// The first stanza of a whole stream.
pub(crate) fn first_stanza(stream: &str) -> Kept {
    let (seen, error) = read_whole(stream.as_bytes());
    assert_eq!(error, None, "{stream}");
    let stanza = seen.into_iter().find_map(|it| match it {
        Seen::Stanza(stanza) => Some(stanza),
        _ => None,
    });
    stanza.unwrap_or_else(|| panic!("no stanza in {stream}"))
}

/// Streams that are fine, each with something of its own.
pub(crate) fn streams() -> Vec<String> {
    let contents = [
        "<message to='juliet@example.com' type='chat' id='a1'><body>Art thou not Romeo?</body><x xmlns='jabber:x:oob'><url>https://example.org/?a=1&amp;b=2</url></x></message>",
        "<iq id='1' type='get'><query xmlns='jabber:iq:roster'/></iq>\n<presence/>",
        " \n<r xmlns='urn:xmpp:sm:3'/>  <a xmlns=\"urn:xmpp:sm:3\" h=\"2\"/>\t",
        "<message xml:lang='de'><body>Grüße &lt;&#x1F600;&gt; 你好\u{ff0c}𝄞</body><body xml:lang='en'>hi</body></message>",
        "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>",
        "<c:message xmlns:c='jabber:client' xmlns:d='urn:d' d:a='1' a='2'><c:body/><d:x><d:y d:z='\"'/></d:x></c:message>",
        "<a b='x\ty\r\nz' c=\"'\" ><b><b><b ></b\n></b></b>]] &gt;<![CDATA[<&]]>]]&gt;</a>",
        "<a xmlns=''><b/><c xmlns='urn:c'><b/></c></a>",
        "<ü:é xmlns:ü='urn:ü' ü:ñ='1'>\r\n<ü:é/></ü:é>",
    ];
    let plain = contents.iter().map(|content| format!("{HEADER}{content}{END}"));
    let declared = format!("<?xml version='1.0' encoding='UTF-8'?>\n{HEADER}<presence/>{END}");
    let own = "<s xmlns='http://etherx.jabber.org/streams' xmlns:x='urn:x' x:y='&#39;'><x:a/></s:s>";
    let own = own.replace("<s ", "<stream ").replace("</s:s>", "</stream>");
    plain.chain([declared, own, HEADER.replace('>', "/>")]).collect()
}

/// Elements that are well-formed, nested and full of what XML allows.
pub(crate) fn elements() -> impl Strategy<Value = String> {
    let texts = ["", " ", "text", "&amp;&#233;", "é𝄞", "]]", "<![CDATA[<a>&]]>", "a\r\nb", "\u{fffd}"];
    let text = prop::sample::select(texts.to_vec());
    let start = (name(), vec((name(), value()), 0..4));
    let leaf = (start.clone(), text.clone()).prop_map(|(start, text)| element(&start, text));
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (start.clone(), vec((text.clone(), inner), 0..4)).prop_map(|(start, parts)| {
            let content: String = parts.iter().flat_map(|(text, inner)| [*text, inner.as_str()]).collect();
            element(&start, &content)
        })
    })
}

fn name() -> impl Strategy<Value = &'static str> + Clone {
    prop::sample::select(vec![
        "a", "message", "b:a", "c:a", "b:é", "stream:x", "xml:lang", "_-.9", "xmlns", "xmlns:b", "xmlns:c",
    ])
}

fn value() -> impl Strategy<Value = &'static str> + Clone {
    prop::sample::select(vec!["urn:b", "urn:c", "jabber:client", "", "a>b", "&lt;&#10;'", "x\ty\r\nz"])
}

/// Mostly well-formed: names of attributes may come twice, and prefixes may be declared or not.
fn element((name, attributes): &(&str, Vec<(&str, &str)>), content: &str) -> String {
    let name = name.replace("xmlns:", "b:").replace("xmlns", "a");
    let attributes: String = attributes.iter().map(|(name, value)| format!(" {name}=\"{value}\"")).collect();
    let end = if content.is_empty() { "/>".to_owned() } else { format!(">{content}</{name}>") };
    format!("<{name}{attributes}{end}")
}

/// What stands in for a part of a stream that is changed.
pub(crate) const WORDS: &[&str] = &[
    "",
    "<",
    ">",
    "/",
    "'",
    "\"",
    "&",
    ";",
    "&lt;",
    "&amp;",
    "&#13;",
    "&x;",
    "]]>",
    "]",
    "<![CDATA[",
    "<!--",
    "<!",
    "<?",
    " ",
    "\r\n",
    "\r",
    "\t",
    "x",
    ":",
    "=",
    "-",
    "1",
    "é",
    "\u{b7}",
    "\u{fffe}",
    "\u{1}",
    "<a>",
    "</a>",
    "<b:a/>",
    "<a/>",
    " xmlns:b='urn:b'",
    " xmlns:b=\"urn:&#98;\"",
    " xmlns:c='urn:b'",
    " xmlns=''",
    " xmlns:xml='urn:a'",
    " xmlns:xmlns='urn:a'",
    " b:a='1'",
    " c:a='1'",
    " a='1'",
    "</stream:stream>",
    "xml:",
    "xmlns:",
];

/// What changes a stream at some place.
pub(crate) fn mutation() -> impl Strategy<Value = (Index, usize, Vec<u8>)> {
    let word = prop_oneof![
        6 => prop::sample::select(WORDS.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..3),
    ];
    (any::<Index>(), 0_usize..6, word)
}
