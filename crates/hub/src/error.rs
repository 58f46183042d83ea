use crate::ports::{AppendError, NodeError, StoreError};
use parlance_core::{Rejection, search::InvalidQuery};

/// Why a use case did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The rules of the conversation say no.
    #[error(transparent)]
    Rule(#[from] Rejection),
    /// Who asks, or who is asked about, is the reason.
    #[error(transparent)]
    Identity(#[from] IdentityRefusal),
    /// Too often; wait so many milliseconds.
    #[error("too many requests; wait {wait_ms} ms")]
    Limited {
        /// How long to wait.
        wait_ms: u64,
    },
    /// As many as there may be.
    #[error("there are as many of these as there may be")]
    TooMany,
    /// Whom it is for is on another server that cannot be reached now, or for which too much waits already.
    #[error("their server cannot be reached now")]
    Unreachable,
    /// The search cannot be understood.
    #[error(transparent)]
    Search(#[from] InvalidQuery),
    /// The world failed; the same call can be made again.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Refusals that are about accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum IdentityRefusal {
    #[error("wrong name or password")]
    WrongCredentials,
    #[error("the token is not valid")]
    TokenInvalid,
    #[error("the account is switched off")]
    AccountDisabled,
    #[error("registration is closed")]
    RegistrationClosed,
    #[error("an invitation is required")]
    InvitationRequired,
    #[error("the invitation does not work")]
    InvitationInvalid,
    #[error("the password is too weak")]
    PasswordTooWeak,
    #[error("the name is taken")]
    NameTaken,
    #[error("the name cannot be used")]
    NameInvalid,
    #[error("nobody has this address")]
    UserNotFound,
    #[error("no such device")]
    DeviceNotFound,
    #[error("no such link, or it no longer works")]
    LinkInvalid,
    #[error("only administrators may do this")]
    Forbidden,
}

impl From<StoreError> for HubError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<AppendError> for HubError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::ClientRefReused => Self::Rule(Rejection::ClientRefReused),
            AppendError::NameTaken => Self::Rule(Rejection::ConversationNameTaken),
            AppendError::NoConversation => Self::Rule(Rejection::ConversationNotFound),
            AppendError::Conflict => Self::Unavailable("the rules kept changing".into()),
            AppendError::Store(error) => error.into(),
        }
    }
}

/// What whoever moves nodes in or out is told.
impl From<NodeError> for HubError {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::NameInvalid | NodeError::TooLarge => {
                Rejection::InvalidValue("node: a name of up to 1023 bytes, an item of up to 256 KiB").into()
            }
            NodeError::NoOwner => IdentityRefusal::UserNotFound.into(),
            NodeError::Store(error) => error.into(),
            _ => Self::TooMany,
        }
    }
}
