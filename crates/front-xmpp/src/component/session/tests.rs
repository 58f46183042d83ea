use super::*;

const HEADER: &str = "<stream:stream xmlns='jabber:component:accept' \
    xmlns:stream='http://etherx.jabber.org/streams' to='plays.shakespeare.lit'>";
/// The SHA-1 of the id and the secret, one after the other.
const PROOF: &str = "<handshake>b09ea9b3b7f586be8a08d0a3dd7466f110aeb136</handshake>";

struct Stream {
    session: ComponentSession,
    calls: Vec<Call>,
    is_closed: bool,
}

impl Stream {
    fn new() -> Self {
        let secret = "secret".to_owned().into();
        let facts = Facts {
            server: "shakespeare.lit".into(),
            components: vec![ComponentSecret { domain: "plays.shakespeare.lit".into(), secret }],
            id: "3BF96D32".into(),
            shake_until: UnixMillis(1_000),
            stanza: Limits::default(),
        };
        let session = ComponentSession::new(facts, Limits::default());
        Self { session, calls: Vec::new(), is_closed: false }
    }

    /// One whose component has its domain.
    fn open() -> Self {
        let mut stream = Self::new();
        stream.says(HEADER);
        stream.says(PROOF);
        let connected = stream.answer(Reply::Connected(Ok(())));
        assert_eq!(connected, "<handshake/>");
        stream.calls.clear();
        stream
    }

    fn says(&mut self, xml: &str) -> String {
        self.session.handle_frame(UnixMillis(0), xml.as_bytes());
        self.heard()
    }

    fn answer(&mut self, reply: Reply) -> String {
        self.session.handle_reply(UnixMillis(0), reply);
        self.heard()
    }

    fn heard(&mut self) -> String {
        let mut heard = String::new();
        loop {
            match self.session.poll() {
                Output::Send(bytes) => heard.push_str(std::str::from_utf8(&bytes).unwrap()),
                Output::Call(call) => self.calls.push(call),
                Output::Close { .. } => self.is_closed = true,
                Output::Secure => panic!("nothing is encrypted here"),
                Output::Wait(_) => return heard,
            }
        }
    }
}

/// XEP-0114 (1.6) section 3, examples 1 to 4.
#[test]
fn a_component_that_knows_the_secret_takes_its_domain() {
    let mut stream = Stream::new();
    let header = stream.says(HEADER);
    assert!(header.contains("from='plays.shakespeare.lit' id='3BF96D32'"), "{header}");
    assert!(header.contains("xmlns='jabber:component:accept'") && !header.contains("version='1.0' "));
    assert_eq!(stream.says(PROOF), "");
    assert!(matches!(&stream.calls[..], [Call::Connect(domain)] if domain == "plays.shakespeare.lit"));
    assert_eq!(stream.answer(Reply::Connected(Ok(()))), "<handshake/>");
}

#[test]
fn what_a_component_does_wrong_ends_its_stream_with_the_reason() {
    let check = |written: &[&str], condition: &str| {
        let mut stream = Stream::new();
        let heard: String = written.iter().map(|xml| stream.says(xml)).collect();
        assert!(heard.contains(&format!("<{condition} ")) && stream.is_closed, "{heard}");
        assert!(
            heard.matches("<stream:stream").count() == 1 && heard.ends_with("</stream:stream>"),
            "{heard}"
        );
    };
    check(&[&HEADER.replace("plays", "movies")], "host-unknown");
    check(&[&HEADER.replace("component:accept", "client")], "invalid-namespace");
    check(&[HEADER, &PROOF.replace("b09", "000")], "not-authorized");
    check(&[HEADER, "<handshake/>"], "not-authorized");
    check(&[HEADER, "<message from='plays.shakespeare.lit' to='romeo@shakespeare.lit'/>"], "not-authorized");
}

#[test]
fn a_domain_that_is_taken_is_a_conflict() {
    let mut stream = Stream::new();
    stream.says(HEADER);
    stream.says(PROOF);
    assert!(stream.answer(Reply::Connected(Err(Condition::Conflict))).contains("<conflict "));
    assert!(stream.is_closed);
}

#[test]
fn a_component_that_does_not_prove_its_secret_in_time_is_cut() {
    let mut stream = Stream::new();
    stream.says(HEADER);
    stream.session.handle_timeout(UnixMillis(1_000));
    assert!(stream.heard().contains("<connection-timeout "));
}

/// XEP-0114 (1.6) section 4.1.
#[test]
fn a_component_speaks_for_its_own_domain_alone() {
    let mut stream = Stream::open();
    assert_eq!(
        stream.says("<iq type='get' id='1' from='hamlet@plays.shakespeare.lit/x' to='shakespeare.lit'/>"),
        ""
    );
    assert!(matches!(&stream.calls[..], [Call::Stanza { number: 0, .. }]));
    for from in
        ["from='shakespeare.lit'", "from='hamlet@shakespeare.lit'", "from='a.plays.shakespeare.lit'", ""]
    {
        let mut stream = Stream::open();
        assert!(
            stream.says(&format!("<message to='romeo@shakespeare.lit' {from}/>")).contains("<invalid-from ")
        );
        assert!(matches!(stream.calls[..], [Call::Leave]) && stream.is_closed, "{from}");
    }
}

#[test]
fn a_stanza_of_a_component_is_read_as_one_of_a_client() {
    let mut stream = Stream::open();
    stream.says("<message from='plays.shakespeare.lit' to='a@shakespeare.lit'><body>x</body></message>");
    let [Call::Stanza { stanza, .. }] = &stream.calls[..] else { panic!("it is not there") };
    let stanza = stanza.get();
    assert!(stanza.is(ns::CLIENT, "message") && stanza.child(ns::CLIENT, "body").is_some());
}

#[test]
fn what_was_told_to_a_component_is_done_after_it_was_written() {
    let mut stream = Stream::open();
    stream.session.handle_outbound(News { xml: "<message/>".into(), work: Some(7) });
    assert!(matches!(stream.session.poll(), Output::Send(_)));
    assert!(matches!(stream.session.poll(), Output::Call(Call::Told(7))));
}
