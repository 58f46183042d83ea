use super::contacts::check_is_other;
use crate::{Caller, Hub, HubError};
use parlance_core::{
    Rejection,
    account::Contact,
    id::{DeviceId, PrincipalId},
    subscription::{Direction, Request, Step, Subscription},
};
use uuid::Uuid;

/// What came of something said about presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresenceAnswer {
    /// The caller's view afterwards.
    pub subscription: Subscription,
    /// Whether the caller's devices are shown the contact anew.
    pub is_pushed: bool,
    /// Whether it has reached the other one, whose devices learn of it from their account log. Somebody on
    /// another server is still to be told.
    pub is_told: bool,
}

impl Hub {
    /// Asks to see somebody's presence. They become a contact.
    ///
    /// # Errors
    /// `Blocked` when the caller has blocked them, `UserNotFound`, `TooMany`, `InvalidValue` for oneself.
    ///
    /// # Source
    /// RFC 6121 section 3.1.
    pub async fn request_presence(
        &self,
        caller: Caller,
        who: PrincipalId,
    ) -> Result<PresenceAnswer, HubError> {
        self.say_of_presence(caller, who, Request::Subscribe).await
    }

    /// Lets somebody see the caller's presence, now or as soon as they ask. They become a contact.
    ///
    /// # Errors
    /// Those of [`Self::request_presence`].
    ///
    /// # Source
    /// RFC 6121 sections 3.1.4 and 3.4.
    pub async fn approve_presence(
        &self,
        caller: Caller,
        who: PrincipalId,
    ) -> Result<PresenceAnswer, HubError> {
        self.say_of_presence(caller, who, Request::Subscribed).await
    }

    /// No longer wants to see somebody's presence, or to be answered.
    ///
    /// # Errors
    /// `UserNotFound`, `InvalidValue` for oneself.
    ///
    /// # Source
    /// RFC 6121 section 3.3.
    pub async fn cancel_presence(
        &self,
        caller: Caller,
        who: PrincipalId,
    ) -> Result<PresenceAnswer, HubError> {
        self.say_of_presence(caller, who, Request::Unsubscribe).await
    }

    /// No longer lets somebody see the caller's presence, declines their request, or takes an approval back.
    ///
    /// # Errors
    /// `UserNotFound`, `InvalidValue` for oneself.
    ///
    /// # Source
    /// RFC 6121 section 3.2.
    pub async fn deny_presence(&self, caller: Caller, who: PrincipalId) -> Result<PresenceAnswer, HubError> {
        self.say_of_presence(caller, who, Request::Unsubscribed).await
    }

    /// Makes two people each other's contacts who see each other's presence, as if each had asked and the
    /// other had agreed.
    ///
    /// # Errors
    /// `Blocked` when one has blocked the other, `TooMany`, `Unavailable`.
    pub(crate) async fn acquaint(&self, one: PrincipalId, other: PrincipalId) -> Result<(), HubError> {
        let by_server = |who| Caller { who, device: DeviceId(Uuid::nil()) };
        for (who, whom) in [(one, other), (other, one)] {
            self.approve_presence(by_server(who), whom).await?;
        }
        for (who, whom) in [(one, other), (other, one)] {
            self.request_presence(by_server(who), whom).await?;
        }
        Ok(())
    }

    /// Whether two people see each other's presence.
    pub(crate) async fn are_acquainted(
        &self,
        one: PrincipalId,
        other: PrincipalId,
    ) -> Result<bool, HubError> {
        let view = self.contact(one, other).await?.subscription;
        Ok(view.outgoing == Direction::Granted && view.incoming == Direction::Granted)
    }

    async fn say_of_presence(
        &self,
        caller: Caller,
        who: PrincipalId,
        request: Request,
    ) -> Result<PresenceAnswer, HubError> {
        check_is_other(caller, who)?;
        self.person(who).await?;
        let own = self
            .change_contact(caller.who, Some(caller.device), who, |contact| {
                if contact.blocked && is_wish(request) {
                    return Err(Rejection::Blocked.into());
                }
                Ok((enter(contact, contact.subscription.outbound(request)), None))
            })
            .await?;
        let mut answer = PresenceAnswer { subscription: own.after, is_pushed: own.is_pushed, is_told: false };
        if own.passes && self.person(who).await?.is_remote() {
            answer.is_told = true;
        } else if own.passes {
            let theirs = self.tell_of_presence(who, caller.who, request).await?;
            answer.is_told = theirs.is_some_and(|step| step.passes);
            if theirs.is_some_and(|step| step.is_answered)
                && let Some(granted) = self.tell_of_presence(caller.who, who, Request::Subscribed).await?
            {
                answer.subscription = granted.after;
                answer.is_pushed |= granted.is_pushed;
            }
        }
        Ok(answer)
    }

    /// Notes in somebody's address book what somebody on another server has said to them. `None` when they do
    /// not hear of it: they have blocked the other, or too many wait to be heard.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn hear_of_presence(
        &self,
        owner: PrincipalId,
        from: PrincipalId,
        request: Request,
    ) -> Result<Option<Step>, HubError> {
        self.tell_of_presence(owner, from, request).await
    }

    /// The same for what anybody has said. There is no address book of those on other servers.
    pub(super) async fn tell_of_presence(
        &self,
        owner: PrincipalId,
        from: PrincipalId,
        request: Request,
    ) -> Result<Option<Step>, HubError> {
        if self.person(owner).await?.is_remote() {
            return Ok(None);
        }
        let told = self
            .change_contact(owner, None, from, |contact| {
                if contact.blocked && is_wish(request) {
                    return Ok((None, None));
                }
                let step = enter(contact, contact.subscription.inbound(request));
                let said = (step.passes && !contact.blocked).then_some(request);
                Ok((Some(step), said))
            })
            .await;
        match told {
            Err(HubError::TooMany) => Ok(None),
            other => other,
        }
    }
}

/// Whether it is more than a step back, from which nobody is kept.
fn is_wish(request: Request) -> bool {
    matches!(request, Request::Subscribe | Request::Subscribed)
}

/// Takes a step over. Who sees somebody, or asked to, has them as a contact.
fn enter(contact: &mut Contact, step: Step) -> Step {
    contact.subscription = step.after;
    contact.is_listed |= step.after.is_shown();
    step
}
