//! Inputs without end, each made from its number, for everything that reads bytes of a peer.

use parlance_xmpp::{
    Error, Forward, Frame, Framed, Jid, Limits, OnStream, Stanza, Tokenizer,
    forms::Form,
    forwarded::{Delay, read_forwarded},
    jid::{escape_local, unescape_local},
    ns,
    paging::PageRequest,
    push_attribute_value, push_text,
    sasl::{ChannelBindings, HashedToken, Mechanism, Plain, ScramStart, read_step, tls_server_end_point},
    sm::Command,
    write::{StanzaError, Writer, format_date_time, parse_date_time},
};

use super::{END, HEADER, Seen, WORDS, read, rival::compare, streams};

/// What an input is thrown at. Input number `n` goes to target `n % TARGETS.len()`.
pub(crate) const TARGETS: [&str; 6] = ["streams", "words", "addresses", "sasl", "payloads", "texts"];

/// Makes inputs and throws them.
pub(crate) struct Hammer {
    seed: u64,
    streams: Vec<String>,
}

/// Numbers that look random and are always the same (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("a number below a usize")
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// Up to `max` words behind each other.
    fn words(&mut self, of: &[&str], max: usize) -> String {
        let count = self.below(max + 1);
        (0..count).map(|_| self.pick(of)).collect()
    }

    /// Changes up to three places: removes a few bytes, and puts a word or bytes there.
    fn change(&mut self, bytes: &mut Vec<u8>, words: &[&str]) {
        for _ in 0..self.below(4) {
            let start = self.below(bytes.len() + 1);
            let end = (start + self.below(6)).min(bytes.len());
            let word = match self.below(8) {
                0 => self.next().to_le_bytes()[..self.below(3)].to_vec(),
                _ => self.pick(words).as_bytes().to_vec(),
            };
            bytes.splice(start..end, word);
        }
    }
}

impl Hammer {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, streams: streams() }
    }

    /// Throws one input. Gives whether it was accepted; panics when a promise is broken.
    pub(crate) fn throw(&self, number: u64) -> bool {
        let mut random = Random(self.seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        match TARGETS[usize::try_from(number % TARGETS.len() as u64).expect("a small number")] {
            "streams" => self.stream(&mut random),
            "words" => words(&mut random),
            "addresses" => address(&mut random),
            "sasl" => sasl(&mut random),
            "payloads" => payload(&mut random),
            _ => text(&mut random),
        }
    }

    /// A stream that was changed: the judge agrees, and tearing it changes nothing.
    fn stream(&self, random: &mut Random) -> bool {
        let mut bytes = self.streams[random.below(self.streams.len())].clone().into_bytes();
        random.change(&mut bytes, WORDS);
        let is_accepted = compare(&bytes);
        let size = 1 + random.below(bytes.len().max(1));
        let whole = read(Limits::default(), [bytes.as_slice()]);
        let torn = read(Limits::default(), bytes.chunks(size));
        assert_eq!(without_repeated_space(torn), without_repeated_space(whole));
        is_accepted
    }
}

/// White space is told once per piece.
fn without_repeated_space((seen, error): (Vec<Seen>, Option<Error>)) -> (Vec<Seen>, Option<Error>) {
    (seen.into_iter().filter(|it| *it != Seen::Whitespace).collect(), error)
}

/// Words of XML in any order. What is accepted can be forwarded and opened, and reads the same then.
fn words(random: &mut Random) -> bool {
    let inside = random.words(WORDS, 12);
    let content = if random.below(2) == 0 { format!("<a{inside}</a>") } else { inside };
    let bytes = [HEADER, &content, END].concat().into_bytes();
    let mut tokenizer = Tokenizer::new(Limits::default());
    tokenizer.feed(&bytes);
    while let Ok(Some(frame)) = tokenizer.poll() {
        if let Frame::Stanza(stanza) = frame {
            forward(&stanza);
        }
    }
    compare(&bytes)
}

fn forward(stanza: &Stanza<'_>) {
    let mut out = String::new();
    Forward::new(stanza).set("from", "a'b").remove("to").write(OnStream::Nothing, &mut out);
    let mut framed = Framed::new(Limits::default());
    let again = framed.read(out.as_bytes()).unwrap_or_else(|error| panic!("{error}: {out}"));
    assert_eq!(again.attribute("from").as_deref(), Some("a'b"));
    let (before, after) = (stanza.parse(), again.parse());
    assert_eq!((before.namespace(), before.nodes()), (after.namespace(), after.nodes()), "{out}");
    assert_eq!(stanza.text(), before.text());
    for child in stanza.children() {
        let mut alone = String::new();
        child.write_standalone(&mut alone);
        let mut framed = Framed::new(Limits::default());
        let read = framed.read(alone.as_bytes()).unwrap_or_else(|error| panic!("{error}: {alone}"));
        assert_eq!(read.parse(), child.parse(), "{alone}");
    }
}

const ADDRESS_WORDS: &[&str] = &[
    "a",
    "B",
    "0",
    "-",
    "_",
    ".",
    "..",
    "@",
    "/",
    "\\20",
    "\\5c",
    " ",
    "\"",
    "&",
    "'",
    ":",
    "<",
    ">",
    "xn--",
    "xn--mller-kva",
    "ü",
    "Ü",
    "u\u{308}",
    "ß",
    "ẞ",
    "ς",
    "Σ",
    "İ",
    "ı",
    "\u{ff21}",
    "\u{ff0e}",
    "\u{3002}",
    "\u{ff20}",
    "\u{200d}",
    "\u{200c}",
    "\u{ad}",
    "\u{5d0}",
    "\u{661}",
    "\u{6f1}",
    "\u{b7}",
    "\u{30fb}",
    "例",
    "♚",
    "\u{2163}",
    "\u{a0}",
    "\u{1d173}",
    "\u{e000}",
    "\u{1f37a}",
    "[",
    "]",
    "[::1]",
    "[::ffff:1.2.3.4%e]",
    "127.0.0.1",
    "example.org",
    "\u{0}",
    "\u{7f}",
    "\u{345}",
    "\u{3b9}",
    "\u{1f80}",
    "\u{ac00}",
    "\u{1100}\u{1161}",
];

/// An address is prepared once and for all, and each part keeps to its bounds.
fn address(random: &mut Random) -> bool {
    let text = random.words(ADDRESS_WORDS, 8);
    let repeated = if random.below(50) == 0 { text.repeat(1 + random.below(400)) } else { text };
    if let Some(escaped) = escape_local(&repeated) {
        assert_eq!(unescape_local(&escaped), repeated);
    }
    let Ok(jid) = Jid::parse(&repeated) else { return false };
    let again = Jid::parse(jid.as_str()).unwrap_or_else(|error| panic!("{error}: {repeated:?} {jid:?}"));
    let parts = |jid: &Jid| {
        let owned = |part: Option<&str>| part.map(str::to_owned);
        [owned(jid.local()), owned(Some(jid.domain())), owned(jid.resource())]
    };
    assert_eq!(parts(&again), parts(&jid), "{repeated:?}");
    assert!(parts(&jid).iter().flatten().all(|part| (1..=1023).contains(&part.len())));
    true
}

const SASL_MESSAGES: &[&str] = &[
    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "p=tls-exporter,a=user,n=us=2Cer,r=12C4CD5C,x=1",
    "y,a=user@example.org,n=user,r=1",
    "c=biws,r=clientserver,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "c=cD10bHMtZXhwb3J0ZXIsLGRhdGE=,r=clientserver,y=1,p=AAAA",
    "\0tim\0tanstaaftanstaaf",
    "tim@example.org\0tim\0x",
    "tim\u{0}0123456789abcdef0123456789abcdef",
];
const SASL_WORDS: &[&str] = &[
    ",",
    "=",
    "=2C",
    "=3D",
    "n=",
    "r=",
    "c=",
    "p=",
    "a=",
    "m=",
    "x=1",
    "\0",
    "y,",
    "n,",
    "é",
    "@",
    "biws",
    " ",
    "p=tls-server-end-point",
    "user",
    "\u{30}\u{82}",
];

/// Nothing panics, and what is accepted keeps to the rules.
fn sasl(random: &mut Random) -> bool {
    let mut bytes = random.pick(SASL_MESSAGES).as_bytes().to_vec();
    random.change(&mut bytes, SASL_WORDS);
    let bindings = ChannelBindings { tls_exporter: Some(b"data".to_vec()), tls_server_end_point: None };
    let mechanism = if random.below(2) == 0 { Mechanism::ScramSha1 } else { Mechanism::ScramSha1Plus };
    let started = ScramStart::read(&bytes, mechanism, &bindings, random.below(2) == 0, "example.org");
    if let Ok(start) = &started {
        assert!(!start.username().is_empty() && !start.username().contains('\0'));
        assert_eq!(bytes.starts_with(b"p="), mechanism.is_plus());
    }
    let header = if mechanism.is_plus() { "p=tls-exporter,,n=a,r=client" } else { "n,,n=a,r=client" };
    let start = ScramStart::read(header.as_bytes(), mechanism, &bindings, true, "example.org");
    let (server, _) = start.expect("a good message").challenge("server", b"salt", 4096, None);
    let finished = server.read_final(&bytes);
    if finished.is_ok() {
        let text = std::str::from_utf8(&bytes).expect("it was accepted");
        assert!(text.starts_with("c=") && text.contains(",r=clientserver,"), "{text}");
    }
    let plain = Plain::read(&bytes, "example.org");
    let token = HashedToken::read(&bytes);
    assert_eq!(tls_server_end_point(&bytes), None);
    started.is_ok() || finished.is_ok() || plain.is_ok() || token.is_ok()
}

const PAYLOADS: &[&str] = &[
    "<x xmlns='jabber:x:data' type='form'><title>a</title><instructions>b</instructions><field var='c' type='list-single' label='d'><desc>e</desc><required/><value>f</value><option label='g'><value>h</value></option></field><reported><field var='i'/></reported><item><field var='i'><value>j</value></field></item></x>",
    "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:a</value></field><field><value/></field></x>",
    "<set xmlns='http://jabber.org/protocol/rsm'><max>10</max><after>a</after></set>",
    "<set xmlns='http://jabber.org/protocol/rsm'><before/><index>3</index></set>",
    "<delay xmlns='urn:xmpp:delay' from='a@example.org' stamp='2002-09-10T23:08:25.123Z'>b</delay>",
    "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z'/><message xmlns='jabber:client'/></forwarded>",
    "<enable xmlns='urn:xmpp:sm:3' resume='true' max='60'/>",
    "<resume xmlns='urn:xmpp:sm:3' h='7' previd='a'/>",
    "<a xmlns='urn:xmpp:sm:3' h='4294967295'/>",
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AHRpbQB0</auth>",
    "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>AHRpbQB0</initial-response><user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'><software>a</software><device>b</device></user-agent><bind xmlns='urn:xmpp:bind:0'/></authenticate>",
    "<error type='wait' by='a'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>b</gone></error>",
];

/// Nothing panics, and a form that is accepted reads the same after it was written.
fn payload(random: &mut Random) -> bool {
    let mut bytes = random.pick(PAYLOADS).as_bytes().to_vec();
    random.change(&mut bytes, WORDS);
    let mut framed = Framed::new(Limits::default());
    let Ok(stanza) = framed.read(&bytes) else { return false };
    let element = stanza.parse();
    assert_eq!(Command::read(&stanza), Command::of_element(&element));
    if let Ok(form) = Form::read(&element) {
        let mut xml = Writer::new();
        form.write(&mut xml);
        let written = xml.finish();
        let mut framed = Framed::new(Limits::default());
        assert_eq!(
            Form::read(&framed.read(written.as_bytes()).expect("a form").parse()),
            Ok(form),
            "{written}"
        );
    }
    if let Some((inner, _)) = read_forwarded(&element) {
        assert_ne!(inner.namespace(), ns::DELAY);
    }
    let is_page = PageRequest::read(&element).is_ok();
    let is_login = read_step(&stanza).is_some_and(|(_, step)| step.is_ok());
    is_page || is_login || Delay::read(&element).is_some() || StanzaError::read(&element).is_some()
}

const TEXT_WORDS: &[&str] = &[
    "a",
    "<",
    ">",
    "&",
    "'",
    "\"",
    "\r",
    "\n",
    "\t",
    "]]>",
    "&amp;",
    "\u{0}",
    "\u{b}",
    "\u{fffe}",
    "é",
    "𝄞",
    "-",
    ":",
    "2002-09-10T23:08:25.123Z",
    "1969-07-20T21:56:15-05:00",
    "T",
    "Z",
    "+",
    ".5",
    "60",
    "00",
];

/// Text that is written arrives, and a moment that is read is written the same.
fn text(random: &mut Random) -> bool {
    let text = random.words(TEXT_WORDS, 8);
    let mut xml = "<a b='".to_owned();
    push_attribute_value(&mut xml, &text);
    xml.push_str("'>");
    push_text(&mut xml, &text);
    xml.push_str("</a>");
    let mut framed = Framed::new(Limits::default());
    let stanza = framed.read(xml.as_bytes()).unwrap_or_else(|error| panic!("{error}: {xml:?}"));
    let arrived = text.replace(['\u{0}', '\u{b}', '\u{fffe}'], "\u{fffd}");
    assert_eq!(stanza.text(), arrived);
    assert_eq!(stanza.attribute("b").as_deref(), Some(arrived.as_str()));
    let Some(moment) = parse_date_time(&text) else { return false };
    assert_eq!(parse_date_time(&format_date_time(moment)), Some(moment), "{text}");
    true
}
