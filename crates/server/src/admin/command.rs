use super::{
    adopted::Adopted,
    exported::{ExportPart, ExportStep},
    reported::{ReportDetails, ReportLines},
    secret,
};
use crate::portable::Portable;
use async_trait::async_trait;
use parlance_api::error::{ErrorCode, Problem};
use parlance_hub::Redacted;
use serde::{Deserialize, Serialize};
use std::{fmt, path::PathBuf};

/// Runs administration commands: in a running server, over its socket, or on the store of a stopped one.
#[async_trait]
pub(crate) trait AdminService: Send + Sync {
    /// Runs one command to its end.
    ///
    /// # Errors
    /// The problem from the catalogue that says why it was not done.
    async fn run(&self, command: AdminCommand) -> Result<AdminAnswer, AdminError>;
}

/// Something an administrator asks for. Over the socket the name is the last part of the path and
/// the fields are the body.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "command", content = "fields", rename_all = "snake_case")]
pub(crate) enum AdminCommand {
    /// Makes an account. Answer: `added`.
    UserAdd(NewUser),
    /// A page of accounts, by address. Answer: `users`.
    UserList {
        /// Where the last page ended.
        cursor: Option<String>,
    },
    /// One account. Answer: `user`.
    UserShow {
        /// The name before the `@`.
        name: String,
    },
    /// Signs somebody out everywhere and lets them in no more. Answer: `done`.
    UserDisable {
        /// The name before the `@`.
        name: String,
    },
    /// Lets somebody in again. Answer: `done`.
    UserEnable {
        /// The name before the `@`.
        name: String,
    },
    /// Removes an account; its name stays taken. Answer: `done`.
    UserRemove {
        /// The name before the `@`.
        name: String,
    },
    /// Replaces a password and signs out all devices. Answer: `done`.
    UserSetPassword {
        /// The name before the `@`.
        name: String,
        /// The new password.
        #[serde(with = "secret")]
        password: Redacted<String>,
    },
    /// Makes many accounts. Answer: `imported`.
    UserImport {
        /// The accounts, in the order of the file.
        users: Vec<ImportLine>,
    },
    /// Takes over what another server kept. Answer: `adopted`.
    Adopt {
        /// What it kept, in the order of its files.
        items: Vec<Portable>,
        /// Only say what would become of it.
        dry_run: bool,
    },
    /// A part of everything that people keep. Answer: `exported`.
    Export {
        /// Which part.
        step: ExportStep,
    },
    /// Makes a token for programs. Answer: `token`.
    UserToken {
        /// The name before the `@`.
        name: String,
    },
    /// A page of conversations, newest first. Answer: `conversations`.
    ConversationList {
        /// Where the last page ended.
        cursor: Option<String>,
    },
    /// One conversation. Answer: `conversation`.
    ConversationShow {
        /// Its id.
        id: String,
    },
    /// A page of reports, newest first. Answer: `reports`.
    ReportList {
        /// Where the last page ended.
        cursor: Option<String>,
    },
    /// One report. Answer: `report`.
    ReportShow {
        /// Its id.
        id: String,
    },
    /// Forgets a report. Answer: `done`.
    ReportDismiss {
        /// Its id.
        id: String,
    },
    /// Writes a copy of everything, while the server goes on. Answer: `backup`.
    Backup {
        /// The file to write, absolute; must not exist.
        path: PathBuf,
    },
    /// Reads everything and checks that it hangs together. Answer: `verified`.
    Verify {},
    /// What the server knows about its own health. Answer: `facts`.
    Doctor {},
}

/// An account to make.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct NewUser {
    /// The name before the `@`.
    pub(crate) name: String,
    /// Whether they may administer the server.
    pub(crate) admin: bool,
    /// How they get in.
    pub(crate) credential: Credential,
}

/// How a new person gets in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Credential {
    /// With this password.
    Password(#[serde(with = "secret")] Redacted<String>),
    /// By a link that lets them choose a password.
    Invitation,
}

/// One line of an import.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ImportLine {
    /// The name before the `@`.
    pub(crate) name: String,
    /// The password.
    #[serde(with = "secret")]
    pub(crate) password: Redacted<String>,
}

/// What was done or found.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AdminAnswer {
    Done {},
    Added(Added),
    User(UserDetails),
    Users(Users),
    Imported(Imported),
    Adopted(Adopted),
    Exported(ExportPart),
    Token(TokenMade),
    Conversation(ConversationLine),
    Conversations(Conversations),
    Report(ReportDetails),
    Reports(ReportLines),
    Backup(BackupMade),
    Verified(Verified),
    Facts(Facts),
}

/// An account that was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Added {
    /// `name@domain`.
    pub(crate) address: String,
    /// The link to give to the person, when they were invited.
    pub(crate) invitation: Option<String>,
}

/// An account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UserLine {
    /// `name@domain`.
    pub(crate) address: String,
    /// The name shown to others.
    pub(crate) display_name: String,
    /// Whether they may administer the server.
    pub(crate) admin: bool,
    /// Whether they are kept out.
    pub(crate) disabled: bool,
    /// Since when, RFC 3339.
    pub(crate) created_at: String,
}

/// An account with what belongs to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UserDetails {
    #[serde(flatten)]
    pub(crate) user: UserLine,
    /// Whether they can sign in with a password.
    pub(crate) has_password: bool,
    /// Whether the account was removed.
    pub(crate) removed: bool,
    /// Where they are signed in, newest first.
    pub(crate) devices: Vec<DeviceLine>,
}

/// A device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DeviceLine {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Since when, RFC 3339.
    pub(crate) created_at: String,
    /// When it was last here, RFC 3339.
    pub(crate) last_seen_at: String,
}

/// A page of accounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Users {
    pub(crate) items: Vec<UserLine>,
    /// Ask again with this for what follows.
    pub(crate) next: Option<String>,
}

/// What became of an import.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Imported {
    /// How many accounts were made.
    pub(crate) added: u64,
    /// Those that were not made.
    pub(crate) skipped: Vec<Skipped>,
}

/// An account that was not made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Skipped {
    pub(crate) name: String,
    /// The code from the catalogue of errors.
    pub(crate) code: String,
}

/// A token for programs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TokenMade {
    /// `name@domain`.
    pub(crate) address: String,
    /// The token; it cannot be shown again.
    #[serde(with = "secret")]
    pub(crate) token: Redacted<String>,
}

/// A conversation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ConversationLine {
    pub(crate) id: String,
    /// `direct`, `group`, `channel` or `notes`.
    pub(crate) kind: String,
    /// The name, where there is one.
    pub(crate) name: Option<String>,
    pub(crate) members: u64,
    /// The place of the newest event; 0 when there is none.
    pub(crate) head: u64,
    /// When the newest event was written, RFC 3339.
    pub(crate) last_at: String,
}

/// A page of conversations.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Conversations {
    pub(crate) items: Vec<ConversationLine>,
    /// Ask again with this for what follows.
    pub(crate) next: Option<String>,
}

/// A backup that was written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BackupMade {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

/// What reading everything found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Verified {
    pub(crate) conversations: u64,
    pub(crate) events: u64,
    /// What does not hang together, a sentence each; empty when all is well.
    pub(crate) faults: Vec<String>,
}

/// What a server knows about its own health.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) version: String,
    pub(crate) users: u64,
    pub(crate) conversations: u64,
    pub(crate) events: u64,
}

/// Why a command was not done: a problem of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AdminError(Box<Problem>);

impl AdminError {
    /// The problem document.
    pub(crate) fn problem(&self) -> &Problem {
        &self.0
    }
}

impl From<Problem> for AdminError {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<ErrorCode> for AdminError {
    fn from(code: ErrorCode) -> Self {
        Problem::new(code).into()
    }
}

impl fmt::Display for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { title, detail, help, .. } = &*self.0;
        let detail = detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        write!(f, "{}{detail} {help}", title)
    }
}

impl std::error::Error for AdminError {}
