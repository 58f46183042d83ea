use super::*;
use crate::stanza::Outgoing;
use bytes::Bytes;
use parlance_core::id::{DeviceId, PrincipalId};
use parlance_hub::Caller;
use parlance_xmpp::sasl::Failure;
use uuid::Uuid;

const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='example.org' version='1.0'>";
const BIND: &str = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
const AUTH: &str = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>";
const NOW: UnixMillis = UnixMillis(0);

/// A session with a client and a hub that the test plays.
struct Play(XmppSession);

impl Play {
    fn new(secured: Option<Secured>) -> Self {
        Self::over(Wire::stream(limits_before_sign_in()), secured)
    }

    fn over(wire: Wire, secured: Option<Secured>) -> Self {
        let facts = Facts {
            domain: "example.org".into(),
            allow_plaintext: false,
            has_starttls: true,
            stanza: Limits::default(),
            id: "id".into(),
            sign_in_ms: 60_000,
            resume_name: "name".into(),
            registration: Registration::Invite,
            version: crate::discovery::server_version(&[]),
            resume_ms: 600_000,
        };
        Self(XmppSession::new(facts, wire, secured, NOW))
    }

    /// One whose client has a resource.
    fn bound() -> Self {
        let mut play = Self::new(Some(Secured::default()));
        play.says(HEADER);
        play.says(AUTH);
        play.0.handle_reply(NOW, Reply::SignIn(LoginReply::Success(None)));
        play.says(HEADER);
        play.says(BIND);
        let seat = Arc::new(Seat::new(caller(), 1, "a@example.org", "r"));
        play.0.handle_reply(NOW, Reply::Bound { answer: "<iq/>".into(), seat: Some(seat) });
        play.outputs();
        play
    }

    /// Feeds what the client sends; answers with what is put out.
    fn says(&mut self, text: &str) -> Vec<String> {
        self.0.handle_frame(NOW, text.as_bytes());
        self.outputs()
    }

    fn is_done(&mut self, number: u64) -> Vec<String> {
        self.0.handle_reply(NOW, Reply::Stanza { number, answers: Vec::new() });
        self.outputs()
    }

    fn outputs(&mut self) -> Vec<String> {
        let mut outputs = Vec::new();
        loop {
            match self.0.poll() {
                Output::Wait(_) => return outputs,
                Output::Send(bytes) => outputs.push(String::from_utf8(bytes.to_vec()).expect("text")),
                Output::Call(Call::Stanza { number, .. }) => outputs.push(format!("stanza {number}")),
                Output::Call(Call::Delivered(told)) => outputs.push(format!("delivered {}", told.len())),
                Output::Call(Call::MakeResumable(name)) => outputs.push(format!("resumable {name}")),
                Output::Call(_) => outputs.push("call".into()),
                Output::Secure => outputs.push("secure".into()),
                Output::Close { .. } => {
                    outputs.push("close".into());
                    return outputs;
                }
            }
        }
    }
}

fn caller() -> Caller {
    Caller { who: PrincipalId(Uuid::from_u128(1)), device: DeviceId(Uuid::from_u128(2)) }
}

fn news(xml: &'static str) -> Outgoing {
    Outgoing { xml: Bytes::from_static(xml.as_bytes()), tells: None }
}

/// RFC 6120 section 5.4.3.3: what came together with the request is never looked at.
#[test]
fn what_is_sent_ahead_of_encryption_is_never_executed() {
    let mut play = Play::new(None);
    play.says(HEADER);
    let outputs = play.says("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><iq type='set' id='1'/>");
    assert_eq!(outputs.last().map(String::as_str), Some("close"));
    assert!(!outputs.contains(&"secure".to_owned()), "{outputs:?}");
}

#[test]
fn before_encryption_only_encryption_is_offered() {
    let mut play = Play::new(None);
    let features = play.says(HEADER).pop().expect("features");
    assert!(features.contains("<starttls") && !features.contains("mechanism"), "{features}");
    let refused = play.says(AUTH);
    assert!(refused[0].contains("<encryption-required/>"), "{refused:?}");
    assert_eq!(
        play.says("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
        ["<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "secure"]
    );
}

#[test]
fn a_stanza_of_somebody_who_has_not_signed_in_ends_the_stream() {
    let mut play = Play::new(Some(Secured::default()));
    play.says(HEADER);
    let outputs = play.says("<message to='b@example.org'><body>x</body></message>");
    assert!(outputs[0].contains("<not-authorized"), "{outputs:?}");
    assert_eq!(outputs.last().map(String::as_str), Some("close"));
}

#[test]
fn messages_go_on_their_way_together_and_other_stanzas_alone() {
    let mut play = Play::bound();
    let stanzas = "<message/><message/><iq type='get' id='1'/><message/>";
    assert_eq!(play.says(stanzas), ["stanza 0", "stanza 1"]);
    assert!(!play.0.is_ready(), "the peer is not read meanwhile");
    assert_eq!(play.is_done(1), [""; 0]);
    assert_eq!(play.is_done(0), ["stanza 2"]);
    assert_eq!(play.is_done(2), ["stanza 3"]);
}

/// XEP-0198 section 4: a stanza is acknowledged when the server has taken responsibility for it.
#[test]
fn a_stanza_counts_as_handled_only_when_it_is_done_with() {
    let mut play = Play::bound();
    let enabled = play.says("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
    assert!(enabled.contains(&"resumable name".to_owned()), "{enabled:?}");
    assert_eq!(play.says("<message/><message/><r xmlns='urn:xmpp:sm:3'/>"), ["stanza 0", "stanza 1"]);
    assert_eq!(play.is_done(1), [""; 0], "the first is not done");
    assert_eq!(play.is_done(0), ["<a xmlns='urn:xmpp:sm:3' h='2'/>"]);
}

#[test]
fn what_the_client_did_not_get_is_sent_again_on_another_transport() {
    let mut lost = Play::bound();
    lost.says("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
    for xml in ["<message id='1'/>", "<message id='2'/>"] {
        lost.0.handle_outbound(news(xml));
    }
    lost.says("<a xmlns='urn:xmpp:sm:3' h='1'/>");
    let bound = lost.0.into_resumable().expect("it can be resumed");
    let mut play = Play::new(Some(Secured::default()));
    play.says(HEADER);
    play.says(AUTH);
    play.0.handle_reply(NOW, Reply::SignIn(LoginReply::Success(None)));
    play.says(HEADER);
    play.says("<resume xmlns='urn:xmpp:sm:3' h='1' previd='name'/>");
    play.0.handle_reply(NOW, Reply::Resumed(Some(bound), 1));
    let outputs = play.outputs();
    let sent: Vec<_> = outputs.iter().filter(|output| output.starts_with('<')).collect();
    assert_eq!(
        sent,
        [
            "<resumed xmlns='urn:xmpp:sm:3' h='0' previd='name'/>",
            "<message id='2'/>",
            "<r xmlns='urn:xmpp:sm:3'/>"
        ]
    );
}

#[test]
fn a_client_that_said_goodbye_does_not_come_back_to_its_stream() {
    let mut play = Play::bound();
    play.says("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
    assert_eq!(play.says("</stream:stream>"), ["</stream:stream>", "close"]);
    assert!(play.0.into_resumable().is_none());
}

#[test]
fn a_client_that_acknowledges_nothing_is_told_nothing_more() {
    let mut play = Play::bound();
    play.says("<enable xmlns='urn:xmpp:sm:3'/>");
    while play.0.takes_news() {
        play.0.handle_outbound(news("<message/>"));
    }
    let waiting = play.outputs().iter().filter(|output| *output == "<message/>").count();
    assert_eq!(waiting, 1_000);
    play.says(&format!("<a xmlns='urn:xmpp:sm:3' h='{waiting}'/>"));
    assert!(play.0.takes_news());
}

#[test]
fn nobody_signs_in_for_ever() {
    let mut play = Play::new(Some(Secured::default()));
    play.says(HEADER);
    play.0.handle_timeout(UnixMillis(60_000));
    assert!(play.outputs()[0].contains("<connection-timeout"));
}

#[test]
fn who_signed_in_and_takes_no_resource_does_not_stay() {
    let mut play = Play::new(Some(Secured::default()));
    play.says(HEADER);
    play.says(AUTH);
    play.0.handle_reply(NOW, Reply::SignIn(LoginReply::Success(None)));
    play.says(HEADER);
    play.0.handle_timeout(UnixMillis(60_000));
    assert!(play.outputs()[0].contains("<connection-timeout"));
}

#[test]
fn who_has_a_resource_stays() {
    let mut play = Play::bound();
    play.0.handle_timeout(UnixMillis(60_000));
    assert_eq!(play.outputs(), Vec::<String>::new());
}

#[test]
fn signing_in_may_fail_five_times() {
    let mut play = Play::new(Some(Secured::default()));
    play.says(HEADER);
    let abort = "<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
    for _ in 0..5 {
        let said = play.says(abort);
        assert!(said.len() == 1 && said[0].contains("<aborted/>"), "{said:?}");
    }
    let said = play.says(abort);
    assert!(said[1].contains("<policy-violation") && said.last().is_some_and(|it| it == "close"), "{said:?}");
}

#[test]
fn the_first_failure_with_each_mechanism_does_not_count() {
    let mut play = Play::new(Some(Secured::default()));
    play.says(HEADER);
    let mut ends_with = |mechanism: &str| {
        play.says(&format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='{mechanism}'/>"));
        play.0.handle_reply(NOW, Reply::SignIn(LoginReply::Failure(Failure::NotAuthorized, None)));
        play.outputs().iter().any(|it| it.contains("<policy-violation"))
    };
    for mechanism in ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"] {
        assert!(!ends_with(mechanism), "{mechanism}");
    }
    for mechanism in ["PLAIN", "SCRAM-SHA-1", "X-OTHER", "PLAIN", "PLAIN"] {
        assert!(!ends_with(mechanism), "{mechanism} again");
    }
    assert!(ends_with("PLAIN"), "once too often");
}

#[test]
fn versions_are_compared_as_numbers() {
    for (version, is_known) in [
        ("1.0", true),
        ("1.9", true),
        ("01.0", true),
        ("1", false),
        ("1.", false),
        ("1.x", false),
        ("10.0", false),
    ] {
        let mut play = Play::new(Some(Secured::default()));
        let said = play.says(&HEADER.replace("version='1.0'", &format!("version='{version}'")));
        assert_eq!(said[1].contains("<unsupported-version"), !is_known, "{version}: {said:?}");
    }
}

const REGISTER: &str = "<iq type='get' id='1'><query xmlns='jabber:iq:register'/></iq>";

#[test]
fn who_has_not_signed_in_may_ask_for_an_account() {
    let mut play = Play::new(Some(Secured::default()));
    let features = play.says(HEADER).pop().expect("features");
    assert!(features.contains("<register xmlns='http://jabber.org/features/iq-register'/>"), "{features}");
    assert_eq!(play.says(REGISTER), ["call"]);
    assert_eq!(play.says(AUTH), [""; 0], "one after the other");
    play.0.handle_reply(NOW, Reply::Registered("<iq/>".into(), false));
    assert_eq!(play.outputs(), ["<iq/>", "call"]);
}

#[test]
fn nobody_asks_for_an_account_without_encryption() {
    let mut play = Play::new(None);
    let features = play.says(HEADER).pop().expect("features");
    assert!(!features.contains("<register"), "{features}");
    assert!(play.says(REGISTER)[0].contains("<not-authorized"));
}

#[test]
fn an_answer_is_no_request_for_an_account() {
    for kind in ["result", "error", "push"] {
        let mut play = Play::new(Some(Secured::default()));
        play.says(HEADER);
        let outputs = play.says(&REGISTER.replace("get", kind));
        assert!(outputs[0].contains("<not-authorized"), "{kind}: {outputs:?}");
    }
}

#[test]
fn an_account_may_be_refused_five_times() {
    let mut play = Play::new(Some(Secured::default()));
    play.says(HEADER);
    for number in 0..6 {
        assert_eq!(play.says(REGISTER), ["call"], "{number}");
        play.0.handle_reply(NOW, Reply::Registered("<iq/>".into(), true));
        let is_over = play.outputs().iter().any(|output| output.contains("<policy-violation"));
        assert_eq!(is_over, number == 5, "{number}");
    }
}

/// RFC 7395 section 3.3.3: each frame says what it means.
#[test]
fn an_account_can_be_asked_for_in_frames_too() {
    let mut play = Play::over(Wire::frames(limits_before_sign_in()), Some(Secured::default()));
    play.says("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.org' version='1.0'/>");
    assert_eq!(play.says(&REGISTER.replacen(' ', " xmlns='jabber:client' ", 1)), ["call"]);
    play.0.handle_reply(NOW, Reply::Registered("<iq type='result' id='1'/>".into(), false));
    assert_eq!(play.outputs(), ["<iq xmlns='jabber:client' type='result' id='1'/>"]);
}
