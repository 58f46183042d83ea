//! Refusals in the words of XMPP.

use parlance_core::Rejection;
use parlance_hub::{HubError, IdentityRefusal, live::RelayRefused};
use parlance_xmpp::{ErrorType, StanzaCondition, write::StanzaError};

/// Why a stanza was not dealt with.
///
/// # Source
/// RFC 6120 section 8.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    kind: ErrorType,
    condition: StanzaCondition,
    text: String,
    application: &'static str,
}

impl From<StanzaCondition> for Refused {
    fn from(condition: StanzaCondition) -> Self {
        Self { kind: condition.error_type(), condition, text: String::new(), application: "" }
    }
}

impl Refused {
    /// Another type than the usual one of the condition.
    pub(crate) fn kind(self, kind: ErrorType) -> Self {
        Self { kind, ..self }
    }

    /// For people.
    pub(crate) fn text(self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..self }
    }

    /// A condition of an extension, as an element.
    pub(crate) fn application(self, xml: &'static str) -> Self {
        Self { application: xml, ..self }
    }

    /// What is wrong, in one word.
    pub(crate) fn condition(&self) -> StanzaCondition {
        self.condition
    }

    /// The error as it is written.
    pub(crate) fn as_error(&self) -> StanzaError<'_> {
        let mut error = StanzaError::new(self.condition).kind(self.kind);
        if !self.text.is_empty() {
            error = error.text(&self.text);
        }
        if !self.application.is_empty() {
            error = error.application(self.application);
        }
        error
    }
}

impl From<HubError> for Refused {
    fn from(error: HubError) -> Self {
        let text = error.to_string();
        match error {
            HubError::Rule(rejection) => rejection.into(),
            HubError::Identity(refusal) => refusal.into(),
            HubError::Limited { .. } => {
                Self::from(StanzaCondition::PolicyViolation).kind(ErrorType::Wait).text(text)
            }
            HubError::TooMany => Self::from(StanzaCondition::ResourceConstraint).text(text),
            HubError::Unreachable => Self::from(StanzaCondition::RemoteServerTimeout).text(text),
            HubError::Search(_) => Self::from(StanzaCondition::BadRequest).text(text),
            HubError::Unavailable(reason) => {
                tracing::warn!(reason, "unavailable");
                Self::from(StanzaCondition::InternalServerError).kind(ErrorType::Wait)
            }
        }
    }
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        let condition = match rejection {
            Rejection::ConversationNotFound
            | Rejection::EventNotFound
            | Rejection::RequestNotFound
            | Rejection::ScheduledNotFound
            | Rejection::ReportNotFound
            | Rejection::FolderNotFound => StanzaCondition::ItemNotFound,
            Rejection::Forbidden | Rejection::NotYours | Rejection::Banned => StanzaCondition::Forbidden,
            Rejection::Archived
            | Rejection::WrongConversationKind
            | Rejection::WrongEventKind
            | Rejection::PollClosed => StanzaCondition::NotAllowed,
            Rejection::InvalidValue(_) | Rejection::BodyEmpty => StanzaCondition::BadRequest,
            Rejection::BodyTooLong | Rejection::SlowMode { .. } | Rejection::TimerOutOfBounds => {
                StanzaCondition::PolicyViolation
            }
            Rejection::LastOwner
            | Rejection::AlreadyMember
            | Rejection::ClientRefReused
            | Rejection::ConversationNameTaken => StanzaCondition::Conflict,
            Rejection::Full | Rejection::TooManyConversations | Rejection::TooManyReactions => {
                StanzaCondition::ResourceConstraint
            }
            Rejection::Blocked => {
                return Self::from(StanzaCondition::NotAcceptable)
                    .application("<blocked xmlns='urn:xmpp:blocking:errors'/>");
            }
        };
        let refused = Self::from(condition).text(rejection.to_string());
        match rejection {
            Rejection::SlowMode { .. } => refused.kind(ErrorType::Wait),
            _ => refused,
        }
    }
}

impl From<IdentityRefusal> for Refused {
    fn from(refusal: IdentityRefusal) -> Self {
        let condition = match refusal {
            // Nobody learns whether an account exists.
            IdentityRefusal::UserNotFound => return StanzaCondition::ServiceUnavailable.into(),
            IdentityRefusal::DeviceNotFound | IdentityRefusal::LinkInvalid => StanzaCondition::ItemNotFound,
            IdentityRefusal::NameTaken => StanzaCondition::Conflict,
            IdentityRefusal::NameInvalid | IdentityRefusal::PasswordTooWeak => StanzaCondition::NotAcceptable,
            IdentityRefusal::RegistrationClosed
            | IdentityRefusal::InvitationRequired
            | IdentityRefusal::InvitationInvalid => StanzaCondition::NotAllowed,
            IdentityRefusal::WrongCredentials
            | IdentityRefusal::TokenInvalid
            | IdentityRefusal::AccountDisabled
            | IdentityRefusal::Forbidden => StanzaCondition::Forbidden,
        };
        Self::from(condition).text(refusal.to_string())
    }
}

impl From<RelayRefused> for Refused {
    fn from(_: RelayRefused) -> Self {
        StanzaCondition::ResourceConstraint.into()
    }
}
