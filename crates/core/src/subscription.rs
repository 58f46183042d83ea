//! Subscriptions to presence: who of two people has agreed to show the other when they are there.
//!
//! One side's view of both directions is a [`Subscription`]; each side keeps its own. What a side says goes
//! through the `outbound` table of its own view and then through the `inbound` table of the other's.
//!
//! # Source
//! RFC 6121 sections 3.1 to 3.4 and appendix A.

use serde::{Deserialize, Serialize};

/// One person's view of presence between them and a contact: the nine states of the appendix, and whether
/// a request of the contact's has been approved before it came.
///
/// # Source
/// RFC 6121 appendix A.1; section 3.4 for the approval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subscription {
    /// Whether the person sees the contact's presence (`to`), or has asked to (`pending out`).
    pub outgoing: Direction,
    /// Whether the contact sees the person's presence (`from`), or has asked to (`pending in`).
    pub incoming: Direction,
    /// Whether the next request of the contact is granted without asking.
    pub is_approved: bool,
}

/// How far one direction has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Nothing.
    #[default]
    None,
    /// Asked for and not answered.
    Pending,
    /// Granted.
    Granted,
}

/// What one side says to the other about presence, named as in XMPP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Asks to see the other's presence.
    Subscribe,
    /// Grants it, now or before it was asked for.
    Subscribed,
    /// No longer wants to see it, or to be asked about it.
    Unsubscribe,
    /// Refuses it, or takes it back.
    Unsubscribed,
}

/// What follows from a request on one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The view afterwards.
    pub after: Subscription,
    /// Whether the request goes on: from the sender to the other side, or from the server to the
    /// receiver's devices.
    pub passes: bool,
    /// Whether devices are told of the contact anew, because what they are shown of it has changed.
    pub is_pushed: bool,
    /// Whether the server answers with `Subscribed` in the receiver's name.
    pub is_answered: bool,
}

impl Subscription {
    /// What follows for the one who says it.
    ///
    /// # Source
    /// RFC 6121 appendix A.2.
    pub fn outbound(self, request: Request) -> Step {
        use Direction::{Granted, None, Pending};
        let mut after = self;
        let mut passes = true;
        match request {
            Request::Subscribe if self.outgoing == None => after.outgoing = Pending,
            Request::Subscribe => {}
            Request::Unsubscribe => after.outgoing = None,
            Request::Subscribed => {
                passes = self.incoming == Pending;
                match self.incoming {
                    None => after.is_approved = true,
                    Pending => after.incoming = Granted,
                    Granted => {}
                }
            }
            Request::Unsubscribed => {
                passes = self.incoming != None;
                after.incoming = None;
                after.is_approved = false;
            }
        }
        self.step(after, passes, false)
    }

    /// What follows for the one who is told.
    ///
    /// # Source
    /// RFC 6121 appendix A.3; sections 3.1.3 and 3.4 for the answers that the server gives itself.
    pub fn inbound(self, request: Request) -> Step {
        use Direction::{Granted, None, Pending};
        let mut after = self;
        match request {
            Request::Subscribe => {
                let is_answered = self.incoming == Granted || self.incoming == None && self.is_approved;
                after.incoming = match self.incoming {
                    None if self.is_approved => Granted,
                    None => Pending,
                    other => other,
                };
                self.step(after, after.incoming == Pending && self.incoming == None, is_answered)
            }
            Request::Subscribed => {
                if self.outgoing == Pending {
                    after.outgoing = Granted;
                }
                self.step(after, after != self, false)
            }
            Request::Unsubscribe => {
                after.incoming = None;
                self.step(after, after != self, false)
            }
            Request::Unsubscribed => {
                after.outgoing = None;
                self.step(after, after != self, false)
            }
        }
    }

    /// Whether there is something that belongs into a list of contacts; a request that waits for an answer
    /// is not shown there.
    ///
    /// # Source
    /// RFC 6121 section 2.1.2.
    pub fn is_shown(self) -> bool {
        self.shown() != Self::default().shown()
    }

    fn shown(self) -> (Direction, bool, bool) {
        (self.outgoing, self.incoming == Direction::Granted, self.is_approved)
    }

    fn step(self, after: Self, passes: bool, is_answered: bool) -> Step {
        Step { after, passes, is_pushed: after.shown() != self.shown(), is_answered }
    }
}

#[cfg(test)]
mod tests;
