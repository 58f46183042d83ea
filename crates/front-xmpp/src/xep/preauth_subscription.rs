//! XEP-0379: Pre-Authenticated Roster Subscription (0.1.1): who was invited is a contact without asking.

use super::preauth_registration::PARS;
use crate::{context::Xmpp, errors::Refused, seat::Seat};
use parlance_core::{id::PrincipalId, subscription::Subscription};
use parlance_hub::{HubError, Redacted};
use parlance_xmpp::Stanza;

/// The token in a request to see somebody's presence.
pub(crate) fn token(request: &Stanza<'_>) -> Option<Redacted<String>> {
    let token = request.child(PARS, "preauth")?.attribute("token")?.into_owned();
    Some(Redacted::new(token))
}

/// Becomes a contact of who gave the token; the own view afterwards. `None` when it does not work: then the
/// request is one like any other.
///
/// # Source
/// XEP-0379 sections 3.5 and 4.1; the server answers for the one who invited.
pub(crate) async fn accept(
    xmpp: &Xmpp,
    seat: &Seat,
    from: PrincipalId,
    token: &Redacted<String>,
) -> Result<Option<Subscription>, Refused> {
    match xmpp.hub.accept_invitation(seat.caller, from, token).await {
        Ok(()) => Ok(Some(xmpp.hub.contact(seat.caller.who, from).await?.subscription)),
        Err(error @ HubError::Unavailable(_)) => Err(error.into()),
        Err(error) => {
            tracing::debug!(%error, "a token was not accepted");
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests;
