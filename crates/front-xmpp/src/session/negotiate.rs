//! What comes before stanzas: the header, encryption, signing in, a resource.

use super::{Bound, Call, Inline, SIGN_IN_FAILURES_MAX, Stage, Turn, XmppSession, inline::offers};
use crate::{
    discovery::caps_node,
    login::{LoginReply, LoginStep, bindings, offered},
    pubsub::CAPS,
    seat::Seat,
    stanza::refusal,
    wire::Wire,
    xep::register,
};
use parlance_front::Output;
use parlance_xmpp::{
    Condition, Limits, StanzaBuf, StanzaCondition, ns,
    sasl::{BindingType, Failure, Mechanism, Offer, Profile, Start, Step, read_step},
    sm::Command,
    write::Writer,
};
use std::sync::Arc;

const TLS: &str = "urn:ietf:params:xml:ns:xmpp-tls";
const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";

/// Bounds of what somebody may send who has not signed in.
pub(crate) fn limits_before_sign_in() -> Limits {
    Limits { stanza_bytes_max: 16 * 1024, depth_max: 8, ..Limits::default() }
}

impl XmppSession {
    /// # Source
    /// RFC 6120 section 4.7.
    pub(super) fn take_opening(&mut self, to: Option<&str>, version: Option<&str>, is_client: bool) {
        let Stage::Opening(is_signed_in) = self.stage else {
            return self.fail(Condition::BadFormat, "the stream is open already");
        };
        if !is_client {
            return self.fail(Condition::InvalidNamespace, "this is a stream for clients");
        }
        match to {
            Some(to) if to.eq_ignore_ascii_case(&self.facts.domain) => {}
            Some(_) => return self.fail(Condition::HostUnknown, "this server has another name"),
            None => {
                return self.fail(Condition::ImproperAddressing, "the header does not say to whom");
            }
        }
        if !version.is_some_and(is_version_1) {
            return self.fail(Condition::UnsupportedVersion, "this is XMPP 1.0");
        }
        self.open();
        let features = if is_signed_in { self.signed_in_features() } else { self.first_features() };
        self.send_features(&features);
        self.stage = if is_signed_in { Stage::SignedIn } else { Stage::Anonymous };
    }

    pub(super) fn send_features(&mut self, features: &str) {
        let prefix = self.wire.stream_prefix();
        self.send_raw(format!("<stream:features{prefix}>{features}</stream:features>"));
    }

    fn first_features(&self) -> String {
        let mut xml = Writer::new();
        if self.secured.is_none() && self.facts.has_starttls {
            xml.start("starttls").namespace(TLS);
            if !self.facts.allow_plaintext {
                xml.start("required").end();
            }
            xml.end();
        }
        if self.may_sign_in() {
            let bindings = bindings(self.secured.as_ref());
            let mechanisms = offered(&bindings);
            Profile::Sasl.write_feature(&mechanisms, "", &mut xml);
            let inline = offers(&Offer::token_mechanisms(&bindings));
            Profile::Sasl2.write_feature(&mechanisms, &inline, &mut xml);
            if !bindings.is_empty() {
                BindingType::write_feature(&bindings.types(), &mut xml);
            }
            register::write_features(self.facts.registration, &mut xml);
        }
        xml.finish()
    }

    /// # Source
    /// RFC 6120 section 7.1; `<session/>` is for programs of RFC 3921 and does nothing. XEP-0115 (1.6.0)
    /// section 6.3.
    pub(super) fn signed_in_features(&self) -> String {
        let mut xml = Writer::new();
        if !matches!(self.stage, Stage::Bound(_)) {
            xml.empty("bind", BIND);
            xml.start("session").namespace(SESSION).start("optional").end().end();
        }
        xml.empty("sm", ns::SM).empty("ver", "urn:xmpp:features:rosterver");
        xml.empty("sub", "urn:xmpp:features:pre-approval").empty("csi", super::CSI);
        xml.start("c").namespace(CAPS).attribute("hash", "sha-1").attribute("ver", &self.facts.version);
        xml.attribute("node", &caps_node(&self.facts.domain));
        xml.finish()
    }

    pub(super) fn may_sign_in(&self) -> bool {
        self.secured.is_some() || self.facts.allow_plaintext
    }

    /// An element of somebody who has not signed in.
    pub(super) fn take_step(&mut self, element: StanzaBuf) {
        let Some(element) = self.take_registration(element) else { return };
        let stanza = element.get();
        if stanza.is(TLS, "starttls") && matches!(self.stage, Stage::Anonymous) {
            return self.start_tls();
        }
        let Some((profile, step)) = read_step(&stanza) else {
            return self.fail(Condition::NotAuthorized, "nobody has signed in");
        };
        match step {
            Err(refusal) => self.refuse_sign_in(profile, refusal.failure(), Some(&refusal.to_string())),
            Ok(Step::Start(_)) if !self.may_sign_in() => {
                self.refuse_sign_in(profile, Failure::EncryptionRequired, None);
            }
            Ok(Step::Start(start)) if matches!(self.stage, Stage::Anonymous) => {
                self.begin_sign_in(profile, start);
            }
            Ok(Step::Response(response)) => self.take_response(profile, response),
            Ok(Step::Abort) => self.refuse_sign_in(profile, Failure::Aborted, None),
            Ok(Step::Start(_)) => self.refuse_sign_in(profile, Failure::MalformedRequest, None),
        }
    }

    /// Nothing that was sent together with the request is ever looked at: it could have been put there
    /// by somebody else.
    ///
    /// # Source
    /// RFC 6120 section 5.4.3.3.
    fn start_tls(&mut self) {
        if self.secured.is_some() || !self.facts.has_starttls || self.wire.has_unread() {
            self.send_raw(format!("<failure xmlns='{TLS}'/>"));
            return self.close();
        }
        self.send_raw(format!("<proceed xmlns='{TLS}'/>"));
        self.wire = Wire::stream(limits_before_sign_in());
        self.outputs.push_back(Output::Secure);
        self.stage = Stage::Binding;
    }

    fn begin_sign_in(&mut self, profile: Profile, start: Start) {
        self.trying = Mechanism::find(&start.mechanism);
        let step = LoginStep::Begin {
            profile,
            mechanism: start.mechanism.to_string(),
            initial: start.initial_response,
            bindings: bindings(self.secured.as_ref()),
        };
        let inline = Box::new(Inline::read(start.user_agent, &start.inline));
        self.stage = Stage::SigningIn(Turn::Ours, profile, inline);
        self.outputs.push_back(Output::Call(Call::SignIn(step)));
    }

    fn take_response(&mut self, profile: Profile, response: Vec<u8>) {
        match &mut self.stage {
            Stage::SigningIn(turn, begun, _) if *begun == profile => {
                *turn = Turn::Ours;
                self.outputs.push_back(Output::Call(Call::SignIn(LoginStep::Response(response))));
            }
            _ => self.refuse_sign_in(profile, Failure::MalformedRequest, None),
        }
    }

    pub(super) fn take_sign_in(&mut self, reply: LoginReply) {
        let Stage::SigningIn(_, profile, inline) = std::mem::replace(&mut self.stage, Stage::Binding) else {
            return;
        };
        let mut xml = Writer::new();
        match reply {
            LoginReply::Challenge(challenge) => {
                profile.write_challenge(&challenge, &mut xml);
                self.stage = Stage::SigningIn(Turn::Theirs, profile, inline);
                self.send_raw(xml.finish());
            }
            LoginReply::Success(data) if profile == Profile::Sasl2 => self.carry_out_inline(inline, data),
            LoginReply::Success(data) => {
                profile.write_success(data.as_deref(), "", "", &mut xml);
                self.send_raw(xml.finish());
                self.wire.restart_within(self.facts.stanza);
                self.stage = Stage::Opening(true);
            }
            LoginReply::Failure(failure, text) => {
                self.refuse_sign_in(profile, failure, text.as_deref());
            }
        }
    }

    /// Says why, and lets the client try something else a few times.
    ///
    /// # Source
    /// RFC 6120 sections 6.5 and 6.4.5.
    fn refuse_sign_in(&mut self, profile: Profile, failure: Failure, text: Option<&str>) {
        let mut xml = Writer::new();
        profile.write_failure(failure, text, &mut xml);
        self.send_raw(xml.finish());
        self.stage = Stage::Anonymous;
        self.sign_in_failures += usize::from(!self.is_first_try());
        if self.sign_in_failures > SIGN_IN_FAILURES_MAX {
            self.fail(Condition::PolicyViolation, "signing in failed too often");
        }
    }

    /// Whether what has just failed is a mechanism that was offered and not tried before. Programs try one after
    /// the other until one works, so that does not count as a failure.
    fn is_first_try(&mut self) -> bool {
        let offered = offered(&bindings(self.secured.as_ref()));
        let trying = self.trying.take().filter(|it| offered.contains(it) && !self.tried.contains(it));
        self.tried.extend(trying);
        trying.is_some()
    }

    /// # Source
    /// RFC 6120 sections 7.6 and 7.7; XEP-0198 (1.6.3) section 5.
    pub(super) fn take_bind(&mut self, element: StanzaBuf) {
        let stanza = element.get();
        if let Some(Ok(Command::Resume { h, previd })) = Command::read(&stanza) {
            self.stage = Stage::Binding;
            return self.outputs.push_back(Output::Call(Call::Resume { previd: previd.to_string(), h }));
        }
        if stanza.namespace() == ns::SM {
            return self.refuse_command(StanzaCondition::UnexpectedRequest);
        }
        let is_set = stanza.is(ns::CLIENT, "iq") && stanza.attribute("type").as_deref() == Some("set");
        if let Some(bind) = stanza.child(BIND, "bind").filter(|_| is_set) {
            let resource = bind.parse().text_of(BIND, "resource").map(|text| text.into_owned());
            let resource = resource.filter(|resource| !resource.is_empty());
            self.stage = Stage::Binding;
            return self.outputs.push_back(Output::Call(Call::Bind { request: element, resource }));
        }
        if is_set && stanza.child(SESSION, "session").is_some() {
            let answer = refusal(&stanza, "", &StanzaCondition::NotAllowed.into());
            return self.send(answer);
        }
        self.fail(Condition::NotAuthorized, "no resource is bound");
    }

    pub(super) fn take_bound(&mut self, answer: String, seat: Option<Arc<Seat>>) {
        if matches!(self.stage, Stage::Over(_)) {
            return;
        }
        self.send(answer);
        self.stage = match seat {
            Some(seat) => Stage::Bound(Box::new(Bound { seat, managed: None })),
            None => Stage::SignedIn,
        };
    }
}

/// # Source
/// RFC 6120 section 4.7.5.
fn is_version_1(version: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    version.split_once('.').is_some_and(|(major, minor)| {
        is_number(major) && major.trim_start_matches('0') == "1" && is_number(minor)
    })
}
