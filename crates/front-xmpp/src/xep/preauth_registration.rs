//! XEP-0445: Pre-Authenticated In-Band Registration (0.2.0): an invitation opens the way to an account.
//!
//! # Differs
//! An invitation that ends between the token and the account makes none: who connects has a minute.

use crate::{context::Xmpp, errors::Refused, iq::Answer, login::Login};
use parlance_hub::{HubError, IdentityRefusal, Redacted};
use parlance_xmpp::{Element, StanzaCondition};
use std::net::IpAddr;

/// What tells that invitations can be used.
pub(crate) const IBR_TOKEN: &str = "urn:xmpp:ibr-token:0";
pub(crate) const PARS: &str = "urn:xmpp:pars:0";

/// An invitation that somebody has shown who has not signed in.
pub(crate) struct Shown {
    pub(crate) code: Redacted<String>,
    /// The name the account will have, where one was chosen.
    pub(crate) name: Option<String>,
}

/// Looks at an invitation; it is not used up before there is an account.
///
/// # Source
/// XEP-0445 section 4.
pub(super) async fn show(xmpp: &Xmpp, peer: IpAddr, login: &mut Login, preauth: &Element) -> Answer {
    let code = Redacted::new(preauth.attribute("token").ok_or(StanzaCondition::BadRequest)?.to_owned());
    let invited = match xmpp.hub.look_at_invitation(&code, peer).await {
        Err(HubError::Identity(refusal @ IdentityRefusal::InvitationInvalid)) => {
            return Err(Refused::from(StanzaCondition::ItemNotFound).text(refusal.to_string()));
        }
        invited => invited?,
    };
    login.invitation = Some(Shown { code, name: invited.name });
    Ok(String::new())
}
