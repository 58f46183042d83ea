//! Who may read a node.

use super::{
    config::{AccessModel, NodeConfig},
    errors::Condition,
};
use crate::{context::Xmpp, errors::Refused, iq::Answer};
use parlance_core::{account::Contact, id::PrincipalId, subscription::Direction};
use parlance_xmpp::StanzaCondition;

/// Refuses somebody who may not read a node.
///
/// # Source
/// XEP-0060 (1.26.0) sections 4.5 and 6.1.3.
pub(crate) async fn check_may_read(
    xmpp: &Xmpp,
    owner: PrincipalId,
    config: &NodeConfig,
    (reader, address): (PrincipalId, &str),
) -> Result<(), Refused> {
    if owner == reader {
        return Ok(());
    }
    judge(config, &xmpp.hub.contact(owner, reader).await?, address)
}

/// Refuses somebody of whom the owner keeps this; `address` is their own.
pub(crate) fn judge(config: &NodeConfig, reader: &Contact, address: &str) -> Result<(), Refused> {
    if reader.blocked {
        // As if there were nobody.
        return Err(StanzaCondition::ServiceUnavailable.into());
    }
    let (is_free, condition) = match config.access_model() {
        AccessModel::Open => return Ok(()),
        AccessModel::Presence => {
            (reader.subscription.incoming == Direction::Granted, Condition::PresenceRequired)
        }
        AccessModel::Roster => {
            (reader.is_listed && config.is_for_groups(&reader.groups), Condition::NotInRosterGroup)
        }
        AccessModel::Whitelist => {
            (config.members.iter().any(|member| member == address), Condition::ClosedNode)
        }
    };
    if is_free { Ok(()) } else { Err(condition.into()) }
}

/// Whether the owner has let somebody know that they are here.
fn is_acquainted(reader: &Contact) -> bool {
    let view = reader.subscription;
    let is_near = view.incoming == Direction::Granted || view.outgoing != Direction::None;
    !reader.blocked && (reader.is_listed || is_near)
}

/// Tells strangers who may not read the same as of somebody who does not exist.
///
/// # Source
/// XEP-0060 (1.26.0) section 13: nobody learns from refusals who and what there is; RFC 6121 section 8.5.1.
pub(super) async fn veil(xmpp: &Xmpp, owner: PrincipalId, reader: PrincipalId, answer: Answer) -> Answer {
    if answer.is_ok() || owner == reader || is_acquainted(&xmpp.hub.contact(owner, reader).await?) {
        return answer;
    }
    Err(StanzaCondition::ServiceUnavailable.into())
}
