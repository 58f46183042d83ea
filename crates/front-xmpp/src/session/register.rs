//! Making an account before anybody has signed in.

use super::{Call, SIGN_IN_FAILURES_MAX, Stage, XmppSession};
use crate::xep::register;
use parlance_front::Output;
use parlance_xmpp::{Condition, StanzaBuf};

impl XmppSession {
    /// Takes a request for an account, where one may be made now; otherwise it is for somebody else.
    pub(super) fn take_registration(&mut self, element: StanzaBuf) -> Option<StanzaBuf> {
        let is_time = matches!(self.stage, Stage::Anonymous) && self.may_sign_in();
        if !is_time || !register::is_request(&element.get()) {
            return Some(element);
        }
        self.stage = Stage::Registering;
        self.outputs.push_back(Output::Call(Call::Register(element)));
        None
    }

    /// Answers it. Being refused counts like not being let in.
    pub(super) fn take_registered(&mut self, answer: String, is_refused: bool) {
        if !matches!(self.stage, Stage::Registering) {
            return;
        }
        self.stage = Stage::Anonymous;
        self.send(answer);
        self.sign_in_failures += usize::from(is_refused);
        if self.sign_in_failures > SIGN_IN_FAILURES_MAX {
            self.fail(Condition::PolicyViolation, "no account was made too often");
        }
    }
}
