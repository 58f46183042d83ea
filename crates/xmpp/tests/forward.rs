//! A stanza that moves to another stream means the same there, but for what was changed.

mod common;

use common::{END, HEADER, Kept, Seen, elements, first_stanza, keep, read_whole, streams};
use parlance_xmpp::{Forward, Frame, Framed, Limits, OnStream, Stanza, StanzaBuf, Tokenizer};
use proptest::prelude::*;

/// Calls `look` with the first stanza of a stream.
fn with_stanza<T>(stream: &str, look: impl FnOnce(&Stanza<'_>) -> T) -> T {
    let mut tokenizer = Tokenizer::new(Limits::default());
    tokenizer.feed(stream.as_bytes());
    loop {
        match tokenizer.poll() {
            Ok(Some(Frame::Stanza(stanza))) => return look(&stanza),
            Ok(Some(_)) => {}
            other => panic!("no stanza in {stream}: {other:?}"),
        }
    }
}

fn forwarded(stream: &str, on: OnStream<'_>, change: impl FnOnce(Forward<'_>) -> Forward<'_>) -> String {
    with_stanza(stream, |stanza| {
        let mut out = String::new();
        change(Forward::new(stanza)).write(on, &mut out);
        out
    })
}

const CLIENT: OnStream<'_> = OnStream::Default("jabber:client");

#[test]
fn attributes_are_changed_added_and_removed() {
    let stream = format!("{HEADER}<message to=\"a@b\" id='x&amp;y' type='chat'><body>Hi</body></message>");
    let out = forwarded(&stream, CLIENT, |it| it.set("to", "c@d/'").set("from", "e@f").remove("type"));
    assert_eq!(out, "<message to='c@d/&apos;' id='x&amp;y' from='e@f'><body>Hi</body></message>");
}

#[test]
fn the_last_change_of_an_attribute_counts() {
    let stream = format!("{HEADER}<a b='1'/>");
    assert_eq!(forwarded(&stream, CLIENT, |it| it.set("b", "2").remove("b")), "<a/>");
    assert_eq!(
        forwarded(&stream, CLIENT, |it| it.remove("b").set("b", "2").set("c", "3")),
        "<a b='2' c='3'/>"
    );
    assert_eq!(
        forwarded(&stream, CLIENT, |it| it.set("xml:lang", "de").remove("c")),
        "<a b='1' xml:lang='de'/>"
    );
}

#[test]
fn prefixes_of_the_header_are_declared_where_they_are_used() {
    let header = HEADER.replace("to=", "xmlns:x='urn:x&apos;' xmlns:y='urn:y' xmlns:z='urn:z' to=");
    let stream = format!("{header}<message x:a='1'><b><y:c/><z:d xmlns:z='urn:own'/></b></message>");
    let out = forwarded(&stream, CLIENT, |it| it);
    assert_eq!(
        out,
        "<message xmlns:x='urn:x&apos;' xmlns:y='urn:y' x:a='1'><b><y:c/><z:d xmlns:z='urn:own'/></b></message>"
    );
}

#[test]
fn prefixes_of_an_earlier_stanza_are_not_declared() {
    let header = HEADER.replace("to=", "xmlns:x='urn:x' to=");
    let mut tokenizer = Tokenizer::new(Limits::default());
    tokenizer.feed(format!("{header}<x:a/><b/>").as_bytes());
    tokenizer.poll().unwrap();
    tokenizer.poll().unwrap();
    let Ok(Some(Frame::Stanza(second))) = tokenizer.poll() else { panic!("a stanza") };
    let mut out = String::new();
    Forward::new(&second).write(CLIENT, &mut out);
    assert_eq!(out, "<b/>");
}

#[test]
fn the_default_is_declared_where_the_other_stream_does_not_bind_it() {
    let inherits = format!("{HEADER}<presence/>");
    assert_eq!(forwarded(&inherits, CLIENT, |it| it), "<presence/>");
    assert_eq!(forwarded(&inherits, OnStream::Nothing, |it| it), "<presence xmlns='jabber:client'/>");
    let declares = format!("{HEADER}<presence xmlns='jabber:client'/>");
    assert_eq!(forwarded(&declares, CLIENT, |it| it), "<presence/>");
    let has_none = format!("{HEADER}<presence xmlns=''/>");
    assert_eq!(forwarded(&has_none, CLIENT, |it| it), "<presence xmlns=''/>");
    let prefixed = format!("{HEADER}<stream:features><a/></stream:features>");
    assert_eq!(
        forwarded(&prefixed, OnStream::Nothing, |it| it),
        "<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><a/></stream:features>"
    );
    let unused = format!("{HEADER}<stream:features/>");
    assert_eq!(
        forwarded(&unused, OnStream::Default("jabber:server"), |it| it),
        "<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>"
    );
}

/// RFC 6120 section 4.8.3.
#[test]
fn a_stanza_moves_from_the_client_to_the_server_namespace() {
    let server = OnStream::Default("jabber:server");
    let to_server =
        |stream: &str| forwarded(stream, server, |it| it.content_namespace("jabber:client", "jabber:server"));
    let kept_inside = "<f xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/></f>";
    for start in ["<message>", "<message xmlns='jabber:client'>"] {
        let out = to_server(&format!("{HEADER}{start}<body>x</body>{kept_inside}</message>"));
        assert_eq!(out, format!("<message><body>x</body>{kept_inside}</message>"));
    }
    assert_eq!(
        to_server(&format!("{HEADER}<c:message xmlns:c='jabber:client'><c:body/></c:message>")),
        "<c:message xmlns:c='jabber:server'><c:body/></c:message>"
    );
}

#[test]
fn a_frame_of_a_websocket_moves_to_a_stream() {
    let mut framed = Framed::new(Limits::default());
    let stanza = framed.read(b"<message xmlns='jabber:client' to='a@b'><body>x</body></message>").unwrap();
    let mut out = String::new();
    Forward::new(&stanza).set("from", "c@d").write(CLIENT, &mut out);
    assert_eq!(out, "<message to='a@b' from='c@d'><body>x</body></message>");
}

/// What a stanza means, without the order of attributes and without its bytes.
fn meaning(kept: &Kept) -> impl PartialEq + std::fmt::Debug {
    let mut attributes = kept.attributes.clone();
    attributes.sort();
    let children: Vec<_> =
        kept.children.iter().map(|it| (it.0.clone(), it.1.clone(), it.2.clone())).collect();
    (kept.namespace.clone(), kept.name.clone(), attributes, children)
}

fn with(kept: &Kept, name: &str, value: Option<&str>) -> Kept {
    let mut kept = kept.clone();
    kept.attributes.retain(|(namespace, known, _)| !namespace.is_empty() || known != name);
    kept.attributes.extend(value.map(|value| (String::new(), name.to_owned(), value.to_owned())));
    kept
}

/// A stream that binds more on its header than the stream it is forwarded to.
fn stream_of_an_element() -> impl Strategy<Value = String> {
    let stream = elements().prop_map(|element| {
        let header = HEADER.replace("to=", "xmlns:b='urn:b' xmlns:c='urn:c' to=");
        format!("{header}{element}{END}")
    });
    stream.prop_filter("is well-formed", |stream| read_whole(stream.as_bytes()).1.is_none())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_what_was_forwarded_gives_the_stanza_with_its_changes(
        stream in prop_oneof![prop::sample::select(streams()[..10].to_vec()), stream_of_an_element()],
        from in "[ -~\t\r\né𝄞]{0,12}",
        to in proptest::option::of("[a-z@&<>'\"]{0,8}"),
        default in prop::sample::select(vec!["jabber:client", "jabber:server", ""]),
    ) {
        let before = first_stanza(&stream);
        let change = |it: Forward<'_>| -> String {
            let it = it.set("from", &from);
            let it = match &to { Some(to) => it.set("to", to), None => it.remove("to") };
            let mut out = String::new();
            it.write(OnStream::Default(default), &mut out);
            out
        };
        let out = with_stanza(&stream, |stanza| change(Forward::new(stanza)));
        let header = "<s:stream xmlns:s='http://etherx.jabber.org/streams' xmlns:d='urn:wrong'";
        let after = first_stanza(&format!("{header} xmlns='{default}'>{out}</s:stream>"));
        let expected = with(&with(&before, "from", Some(&from)), "to", to.as_deref());
        prop_assert_eq!(meaning(&after), meaning(&expected), "{}", out);

        let mut framed = Framed::new(Limits::default());
        let out = with_stanza(&stream, |stanza| {
            let mut out = String::new();
            Forward::new(stanza).write(OnStream::Nothing, &mut out);
            out
        });
        let alone = keep(&framed.read(out.as_bytes()).unwrap());
        prop_assert_eq!(meaning(&alone), meaning(&before), "{}", out);
    }
}

#[test]
fn every_stream_of_the_tests_can_be_forwarded() {
    for stream in &streams()[..10] {
        let out = forwarded(stream, CLIENT, |it| it);
        let (seen, error) = read_whole(format!("{HEADER}{out}{END}").as_bytes());
        assert_eq!((seen.len(), error), (3, None), "{out}");
        assert!(matches!(&seen[1], Seen::Stanza(kept) if kept.raw == out));
    }
}

#[test]
fn a_copied_stanza_outlives_the_stream_and_forwards_alike() {
    let copied = {
        let mut tokenizer = Tokenizer::new(Limits::default());
        tokenizer.feed(
            b"<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams' xmlns:p='urn:p'>",
        );
        tokenizer.feed(b"<message to='a@b' id='1'><p:x/><body>Hi</body></message>");
        assert!(matches!(tokenizer.poll(), Ok(Some(Frame::Header(_)))));
        let Ok(Some(Frame::Stanza(stanza))) = tokenizer.poll() else { panic!("a stanza") };
        StanzaBuf::from(stanza)
    };
    let mut out = String::new();
    Forward::new(&copied.get()).remove("to").write(OnStream::Default("jabber:client"), &mut out);
    assert_eq!(out, "<message xmlns:p='urn:p' id='1'><p:x/><body>Hi</body></message>");
    assert_eq!(copied.get().children().nth(1).expect("two children").raw(), "<body>Hi</body>");
}

#[test]
fn the_text_of_an_element_is_what_it_means_and_leaves_children_out() {
    let stream = format!("{HEADER}<message>a&amp;<b>x</b><![CDATA[<c>&amp;]]>&lt;d<e/></message>");
    assert_eq!(with_stanza(&stream, |stanza| stanza.text().into_owned()), "a&<c>&amp;<d");
    assert_eq!(with_stanza(&format!("{HEADER}<message/>"), |stanza| stanza.text().into_owned()), "");
}

#[test]
fn a_child_declares_only_what_it_needs_where_only_the_default_is_bound() {
    let stream = format!(
        "{HEADER}<message xmlns:p='urn:p' xmlns:o='urn:o'><body>x</body><p:a/><z xmlns='urn:z'/></message>"
    );
    let written = with_stanza(&stream, |stanza| {
        let mut out = String::new();
        stanza.children().for_each(|child| child.write_within("jabber:client", &mut out));
        out
    });
    assert_eq!(written, "<body>x</body><p:a xmlns:p='urn:p'/><z xmlns='urn:z'/>");
}
