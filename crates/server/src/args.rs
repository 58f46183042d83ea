//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A self-hosted server for instant messaging, and its administration.
#[derive(Debug, Parser)]
#[command(name = "parlance", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Answer in JSON, for programs.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which server is meant.
#[derive(Clone, Debug, Args)]
pub(crate) struct Place {
    /// The settings file; without it parlance.toml in the current folder, if there is one.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The data folder; goes before data.dir in the settings.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    Serve {
        /// Write one JSON object with all bound addresses here, once everything accepts.
        #[arg(long, value_name = "FILE")]
        ready_file: Option<PathBuf>,
    },
    /// Accounts.
    #[command(subcommand)]
    User(UserCommand),
    /// Conversations.
    #[command(subcommand)]
    Conversation(ConversationCommand),
    /// What people told about others.
    #[command(subcommand)]
    Report(ReportCommand),
    /// Write a copy of everything into a new file; the server may run.
    Backup { file: PathBuf },
    /// Bring back a copy; the server must be stopped.
    Restore { file: PathBuf },
    /// Read everything and check that it hangs together.
    Verify,
    /// Take over what another server kept; what is here already stays.
    Import {
        /// Where it comes from.
        kind: ImportKind,
        /// The file or folder.
        path: PathBuf,
        /// Only say what would become of it.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write everything that people keep into a new file, for another server; the server may run.
    Export {
        /// In which form.
        kind: ExportKind,
        /// The file, which only you will be able to read.
        file: PathBuf,
    },
    /// Settings.
    #[command(subcommand)]
    Settings(SettingsCommand),
    /// Check this machine and the server, and say what to do.
    Doctor,
    /// Say which version this is.
    Version,
}

/// What an import reads.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ImportKind {
    /// A file in the format of XEP-0227.
    Xep0227,
    /// The data folder of a Prosody that is stopped.
    Prosody,
    /// The folder that ejabberd exported into.
    Ejabberd,
}

/// What an export writes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ExportKind {
    /// A file in the format of XEP-0227.
    Xep0227,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make an account; without a further word a password is made up and shown.
    Add {
        name: String,
        /// Let them administer the server.
        #[arg(long)]
        admin: bool,
        /// Read the password from standard input.
        #[arg(long, conflicts_with = "invite")]
        password_stdin: bool,
        /// Make a link with which they choose a password.
        #[arg(long)]
        invite: bool,
    },
    /// List all accounts.
    List,
    /// Show one account.
    Show { name: String },
    /// Sign somebody out everywhere and let them in no more.
    Disable { name: String },
    /// Let somebody in again.
    Enable { name: String },
    /// Remove an account.
    Remove { name: String },
    /// Replace a password and sign out all devices; without a further word a password is made up and shown.
    SetPassword {
        name: String,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Make many accounts from a file with a name and a password on each line; - is standard input.
    Import { file: PathBuf },
    /// Make a token for programs.
    Token { name: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConversationCommand {
    /// List all conversations.
    List,
    /// Show one conversation.
    Show { id: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// List all reports, newest first.
    List,
    /// Show one report with its messages as they are now.
    Show { id: String },
    /// Forget a report that was dealt with.
    Dismiss { id: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SettingsCommand {
    /// Read and check the settings without starting.
    Check,
    /// Say what one setting means.
    Explain {
        #[arg(value_name = "KEY")]
        key: String,
    },
    /// Print a settings file with every setting at its default.
    Example,
    /// Print the reference page.
    Reference,
    /// Print the JSON schema of the settings file.
    Schema,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
