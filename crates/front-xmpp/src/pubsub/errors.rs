//! Refusals with the conditions of XEP-0060.

use crate::errors::Refused;
use parlance_hub::ports::NodeError;
use parlance_xmpp::{ErrorType, StanzaCondition};

macro_rules! condition {
    ($name:literal) => {
        concat!("<", $name, " xmlns='http://jabber.org/protocol/pubsub#errors'/>")
    };
}

/// Why a request about nodes is refused, beyond what a condition of RFC 6120 says.
///
/// # Source
/// XEP-0060 (1.26.0) section 15.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Only those the owner names may read.
    ClosedNode,
    /// The form of a configuration is missing.
    ConfigurationRequired,
    /// The address to subscribe is another's.
    InvalidJid,
    /// The payload is not one element.
    InvalidPayload,
    /// The id of an item is missing, or the item.
    ItemRequired,
    /// The name of a node is missing.
    NodeIdRequired,
    /// The asker is in none of the groups of contacts that may read.
    NotInRosterGroup,
    /// There is no subscription to end.
    NotSubscribed,
    /// An item without payload.
    PayloadRequired,
    /// The node is not as the publisher wants it to be.
    PreconditionNotMet,
    /// The asker does not see the owner's presence.
    PresenceRequired,
}

impl From<Condition> for Refused {
    fn from(condition: Condition) -> Self {
        use StanzaCondition::{
            BadRequest, Conflict, NotAcceptable, NotAllowed, NotAuthorized, UnexpectedRequest,
        };
        let (general, application) = match condition {
            Condition::ClosedNode => (NotAllowed, condition!("closed-node")),
            Condition::ConfigurationRequired => (NotAcceptable, condition!("configuration-required")),
            Condition::InvalidJid => (BadRequest, condition!("invalid-jid")),
            Condition::InvalidPayload => (BadRequest, condition!("invalid-payload")),
            Condition::ItemRequired => (BadRequest, condition!("item-required")),
            Condition::NodeIdRequired => (BadRequest, condition!("nodeid-required")),
            Condition::NotInRosterGroup => (NotAuthorized, condition!("not-in-roster-group")),
            Condition::NotSubscribed => (UnexpectedRequest, condition!("not-subscribed")),
            Condition::PayloadRequired => (BadRequest, condition!("payload-required")),
            Condition::PreconditionNotMet => (Conflict, condition!("precondition-not-met")),
            Condition::PresenceRequired => (NotAuthorized, condition!("presence-subscription-required")),
        };
        Self::from(general).application(application)
    }
}

impl From<NodeError> for Refused {
    fn from(error: NodeError) -> Self {
        use StanzaCondition::{
            Conflict, ItemNotFound, NotAcceptable, PolicyViolation, ResourceConstraint, ServiceUnavailable,
        };
        let text = error.to_string();
        let (condition, application) = match error {
            NodeError::NameInvalid => (NotAcceptable, ""),
            NodeError::TooLarge => (NotAcceptable, condition!("payload-too-big")),
            NodeError::TooManyNodes => (ResourceConstraint, condition!("max-nodes-exceeded")),
            NodeError::TooManySubscribers => (PolicyViolation, condition!("too-many-subscriptions")),
            NodeError::TooManyBytes => (ResourceConstraint, ""),
            NodeError::Exists => (Conflict, ""),
            NodeError::NoNode => (ItemNotFound, ""),
            NodeError::NoOwner => (ServiceUnavailable, ""),
            NodeError::Store(error) => {
                tracing::warn!(%error, "unavailable");
                return Self::from(StanzaCondition::InternalServerError).kind(ErrorType::Wait);
            }
        };
        Self::from(condition).text(text).application(application)
    }
}
