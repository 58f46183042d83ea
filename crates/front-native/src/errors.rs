//! Refusals as problem documents.

use parlance_api::error::{ErrorCode, Problem};
use parlance_core::Rejection;
use parlance_hub::{HubError, IdentityRefusal};

/// A refusal as the client is told.
pub fn problem(error: HubError) -> Problem {
    match error {
        HubError::Rule(rejection) => rule(rejection),
        HubError::Identity(refusal) => identity(refusal).into(),
        HubError::Limited { wait_ms } => Problem::new(ErrorCode::LimitRate).with_retry_after_ms(wait_ms),
        HubError::TooMany => ErrorCode::LimitCount.into(),
        HubError::Unreachable => Problem::new(ErrorCode::UserUnreachable).with_retry_after_ms(30_000),
        HubError::Search(invalid) => Problem::new(ErrorCode::SearchInvalid).with_detail(invalid.to_string()),
        HubError::Unavailable(reason) => {
            tracing::warn!(reason, "unavailable");
            Problem::new(ErrorCode::ServerUnavailable).with_retry_after_ms(1_000)
        }
    }
}

fn rule(rejection: Rejection) -> Problem {
    let code = match rejection {
        Rejection::InvalidValue(what) => {
            return Problem::new(ErrorCode::RequestInvalidValue).with_detail(what);
        }
        Rejection::SlowMode { wait_ms } => {
            return Problem::new(ErrorCode::ConversationSlowMode).with_retry_after_ms(wait_ms);
        }
        Rejection::ConversationNotFound => ErrorCode::ConversationNotFound,
        Rejection::Forbidden => ErrorCode::ConversationForbidden,
        Rejection::Archived => ErrorCode::ConversationArchived,
        Rejection::BodyTooLong => ErrorCode::ConversationBodyTooLong,
        Rejection::BodyEmpty => ErrorCode::ConversationBodyEmpty,
        Rejection::LastOwner => ErrorCode::ConversationLastOwner,
        Rejection::AlreadyMember => ErrorCode::ConversationAlreadyMember,
        Rejection::Banned => ErrorCode::ConversationBanned,
        Rejection::Full => ErrorCode::ConversationFull,
        Rejection::ConversationNameTaken => ErrorCode::ConversationNameTaken,
        Rejection::TooManyConversations => ErrorCode::ConversationTooMany,
        Rejection::WrongConversationKind => ErrorCode::ConversationWrongKind,
        Rejection::Blocked => ErrorCode::UserBlocked,
        Rejection::EventNotFound => ErrorCode::EventNotFound,
        Rejection::NotYours => ErrorCode::EventNotYours,
        Rejection::WrongEventKind => ErrorCode::EventWrongKind,
        Rejection::TooManyReactions => ErrorCode::EventTooManyReactions,
        Rejection::PollClosed => ErrorCode::EventPollClosed,
        Rejection::TimerOutOfBounds => ErrorCode::ConversationTimerOutOfBounds,
        Rejection::RequestNotFound => ErrorCode::ConversationRequestNotFound,
        Rejection::ScheduledNotFound => ErrorCode::ScheduledNotFound,
        Rejection::ReportNotFound => ErrorCode::ReportNotFound,
        Rejection::FolderNotFound => ErrorCode::FolderNotFound,
        Rejection::ClientRefReused => ErrorCode::ClientRefReused,
    };
    code.into()
}

fn identity(refusal: IdentityRefusal) -> ErrorCode {
    match refusal {
        IdentityRefusal::WrongCredentials => ErrorCode::AuthWrongCredentials,
        IdentityRefusal::TokenInvalid => ErrorCode::AuthTokenInvalid,
        IdentityRefusal::AccountDisabled => ErrorCode::AuthAccountDisabled,
        IdentityRefusal::RegistrationClosed => ErrorCode::AuthRegistrationClosed,
        IdentityRefusal::InvitationRequired => ErrorCode::AuthInvitationRequired,
        IdentityRefusal::InvitationInvalid => ErrorCode::AuthInvitationInvalid,
        IdentityRefusal::PasswordTooWeak => ErrorCode::AuthPasswordTooWeak,
        IdentityRefusal::NameTaken => ErrorCode::UserNameTaken,
        IdentityRefusal::NameInvalid => ErrorCode::UserNameInvalid,
        IdentityRefusal::UserNotFound => ErrorCode::UserNotFound,
        IdentityRefusal::DeviceNotFound => ErrorCode::DeviceNotFound,
        IdentityRefusal::LinkInvalid => ErrorCode::ConversationLinkInvalid,
        IdentityRefusal::Forbidden => ErrorCode::AuthForbidden,
    }
}

/// A value that is outside what is allowed.
pub(crate) fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(ErrorCode::RequestInvalidValue).with_detail(detail)
}
