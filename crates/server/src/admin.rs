//! Administration: commands as values, the service that runs them, and the local socket on which a
//! running server takes them.

mod adopted;
mod client;
mod command;
mod exported;
mod lock;
mod reported;
pub(crate) mod secret;
mod socket;

pub(crate) use self::{
    adopted::{Adopted, Outcome},
    client::{SocketService, connect},
    command::{
        Added, AdminAnswer, AdminCommand, AdminError, AdminService, BackupMade, ConversationLine,
        Conversations, Credential, DeviceLine, Facts, ImportLine, Imported, NewUser, Skipped, TokenMade,
        UserDetails, UserLine, Users, Verified,
    },
    exported::{ExportPart, ExportStep},
    lock::DataLock,
    reported::{ReportDetails, ReportLine, ReportLines, ReportedMessage},
    socket::AdminSocket,
};
