//! Why something did not work.

use parlance_api::error::Problem;

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The server refused; the problem says why and whether to try again.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// There is no connection; the request was not sent.
    #[error("there is no connection to the server")]
    Offline,
    /// The request was sent and the connection ended before an answer: it may have been done or not.
    #[error("the connection ended before the server answered")]
    Lost,
    /// No answer in time: it may have been done or not.
    #[error("the server did not answer in time")]
    TimedOut,
    /// The server could not be reached, or said something that is no answer.
    #[error("cannot talk to {server}: {reason}")]
    Unreachable {
        /// The server's address.
        server: String,
        /// What happened.
        reason: String,
    },
    /// The answer is not of the expected shape.
    #[error("the server's answer cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
}

impl CallError {
    /// The code of a refusal.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => Some(&problem.code),
            _ => None,
        }
    }
}

/// Why a client cannot be started or used.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The local store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no sign-in in the local store.
    #[error("nobody is signed in here yet")]
    NotSignedIn,
    /// The conversation is not among one's own.
    #[error("there is no such conversation")]
    UnknownConversation,
    /// The client was closed.
    #[error("the client is closed")]
    Closed,
}

/// Why the local store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or folder cannot be used.
    #[error("cannot use {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database refused.
    #[error("the local store failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// A row is not of the expected shape.
    #[error("the local store holds something unreadable: {0}")]
    Row(#[from] serde_json::Error),
    /// The file was written by a newer version.
    #[error("the local store was written by a newer version (schema {0})")]
    TooNew(i64),
}
