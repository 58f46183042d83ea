//! What a client wants done together with signing in, in one round trip.

use super::{Bound, Call, Stage, XmppSession};
use crate::seat::Seat;
use parlance_front::Output;
use parlance_xmpp::{
    Element, StanzaCondition, ns,
    sasl::{Mechanism, Profile, UserAgent},
    sm::{self, Command},
    write::Writer,
};
use std::sync::Arc;

const BIND2: &str = "urn:xmpp:bind:0";
const FAST: &str = "urn:xmpp:fast:0";
const CARBONS: &str = "urn:xmpp:carbons:2";

/// What a client wants done together with signing in.
///
/// # Source
/// XEP-0388 (1.0.4) section 2.2, XEP-0386 (1.0.1), XEP-0198 (1.6.3) section 9, XEP-0484 (0.2.0).
#[derive(Debug, Default)]
pub(crate) struct Inline {
    /// What the client says about itself.
    pub(crate) user_agent: Option<UserAgent>,
    /// The resource to take.
    pub(crate) bind: Option<Binding>,
    /// The stream to go on with instead: how much was handled, and its name.
    pub(crate) resume: Option<(u32, String)>,
    /// The mechanism to give a token for.
    pub(crate) token_for: Option<Mechanism>,
    /// Whether the token that is used ends.
    pub(crate) ends_token: bool,
    /// What the mechanism says last, once it has come to its end.
    success: Option<Vec<u8>>,
}

/// A resource that is taken together with signing in.
#[derive(Debug, Default)]
pub(crate) struct Binding {
    /// What the name of the resource begins with.
    pub(crate) tag: Option<String>,
    /// Whether copies of what other resources send and receive are wanted.
    pub(crate) carbons: bool,
    /// Whether nobody looks at the client.
    pub(crate) inactive: bool,
    /// Whether stanzas are counted; `true` to be able to resume.
    enable: Option<bool>,
}

/// What was done.
pub(crate) struct InlineReply {
    /// `name@domain` of who signed in.
    pub(crate) bare: String,
    /// The stream that goes on.
    pub(crate) resumed: Option<Box<Bound>>,
    /// The seat that was taken, or why not.
    pub(crate) bound: Option<Result<Arc<Seat>, StanzaCondition>>,
    /// A token, and when it ends (as XEP-0082 writes it).
    pub(crate) token: Option<(String, String)>,
    /// What was asked for.
    pub(crate) inline: Box<Inline>,
}

impl Inline {
    /// Reads what came with `<authenticate/>`.
    pub(super) fn read(user_agent: Option<UserAgent>, elements: &[Element]) -> Self {
        let mut inline = Self { user_agent, ..Self::default() };
        for element in elements {
            match (element.namespace(), element.name()) {
                (BIND2, "bind") => inline.bind = Some(Binding::read(element)),
                (FAST, "request-token") => {
                    let mechanism = element.attribute("mechanism").and_then(Mechanism::find);
                    inline.token_for = mechanism.filter(|mechanism| mechanism.is_token());
                }
                (FAST, "fast") => {
                    inline.ends_token = matches!(element.attribute("invalidate"), Some("true" | "1"));
                }
                (ns::SM, "resume") => {
                    if let Some(Ok(Command::Resume { h, previd })) = Command::of_element(element) {
                        inline.resume = Some((h, previd.to_string()));
                    }
                }
                _ => {}
            }
        }
        inline
    }
}

impl Binding {
    fn read(bind: &Element) -> Self {
        let enable = bind.child(ns::SM, "enable").and_then(Command::of_element);
        Self {
            tag: bind.text_of(BIND2, "tag").map(|tag| tag.into_owned()),
            carbons: bind.child(CARBONS, "enable").is_some(),
            inactive: bind.child(super::CSI, "inactive").is_some(),
            enable: match enable {
                Some(Ok(Command::Enable { resume, .. })) => Some(resume),
                _ => None,
            },
        }
    }
}

impl XmppSession {
    /// The mechanism has come to its end; the rest is done before the client hears of it.
    pub(super) fn carry_out_inline(&mut self, mut inline: Box<Inline>, success: Option<Vec<u8>>) {
        inline.success = success;
        self.stage = Stage::Binding;
        self.outputs.push_back(Output::Call(Call::Inline(inline)));
    }

    pub(super) fn take_inline(&mut self, reply: InlineReply) {
        if matches!(self.stage, Stage::Over(_)) {
            return;
        }
        let InlineReply { bare, resumed, bound, token, inline } = reply;
        let mut done = String::new();
        let mut identity = bare;
        let mut was_resumed = false;
        if let Some((h, _)) = &inline.resume {
            match resumed {
                Some(stream) => {
                    identity = stream.seat.full.to_string();
                    let Some(answer) = self.resume(stream, *h) else { return };
                    done.push_str(&answer);
                    was_resumed = true;
                }
                None => {
                    let mut failed = Writer::new();
                    sm::write_failed(StanzaCondition::ItemNotFound, None, &mut failed);
                    done.push_str(&failed.finish());
                }
            }
        }
        match bound {
            Some(Ok(seat)) => {
                identity = seat.full.to_string();
                self.stage = Stage::Bound(Box::new(Bound { seat, managed: None }));
                let enable = inline.bind.as_ref().and_then(|bind| bind.enable);
                let enabled = enable.map(|resume| self.enable(resume)).unwrap_or_default();
                let mut bound = Writer::new();
                bound.start("bound").namespace(BIND2).raw(&enabled);
                done.push_str(&bound.finish());
            }
            Some(Err(condition)) => {
                let mut failed = Writer::new();
                failed.start("failed").namespace(BIND2).empty(condition.as_str(), ns::STANZA_ERRORS);
                done.push_str(&failed.finish());
            }
            None => {}
        }
        if let Some((token, expiry)) = token {
            let mut xml = Writer::new();
            xml.start("token").namespace(FAST).attribute("expiry", &expiry).attribute("token", &token).end();
            done.push_str(&xml.finish());
        }
        let mut success = Writer::new();
        Profile::Sasl2.write_success(inline.success.as_deref(), &identity, &done, &mut success);
        // What was done may have put something out already: the client hears of success first.
        self.outputs.push_front(Output::Send(success.finish().into()));
        self.wire.lift_limits(self.facts.stanza);
        if matches!(self.stage, Stage::Binding) {
            self.stage = Stage::SignedIn;
        }
        if was_resumed {
            self.send_again();
        } else {
            let features = self.signed_in_features();
            self.send_features(&features);
        }
    }

    pub(super) fn take_resumed(&mut self, bound: Option<Box<Bound>>, h: u32) {
        if matches!(self.stage, Stage::Over(_)) {
            return;
        }
        match bound {
            None => {
                self.stage = Stage::SignedIn;
                self.refuse_command(StanzaCondition::ItemNotFound);
            }
            Some(bound) => {
                let Some(resumed) = self.resume(bound, h) else { return };
                self.send_raw(resumed);
                self.send_again();
            }
        }
    }
}

/// What can be done together with signing in.
///
/// # Source
/// XEP-0388 section 2.1, XEP-0386 section 3, XEP-0484 section 3.1.
pub(super) fn offers(tokens: &[Mechanism]) -> String {
    let mut xml = Writer::new();
    xml.start("bind").namespace(BIND2).start("inline");
    for feature in [ns::SM, CARBONS, super::CSI] {
        xml.start("feature").attribute("var", feature).end();
    }
    xml.end().end().empty("sm", ns::SM);
    xml.start("fast").namespace(FAST);
    for mechanism in tokens {
        xml.text_element("mechanism", mechanism.as_str());
    }
    xml.finish()
}
