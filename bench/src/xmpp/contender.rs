use super::scram::Hash;
use clap::ValueEnum;

/// A server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub(crate) enum Product {
    /// Ours.
    Parlance,
    /// From Debian's package, without an archive, with one in Mnesia and with one in PostgreSQL.
    Ejabberd,
    /// From Debian's package, without an archive and with one in files.
    Prosody,
}

/// A server with a way of keeping messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contender {
    /// Keeps every message.
    Parlance,
    Ejabberd,
    EjabberdMnesia,
    EjabberdPostgres,
    Prosody,
    ProsodyFiles,
}

impl Product {
    pub(crate) const ALL: [Self; 3] = [Self::Parlance, Self::Ejabberd, Self::Prosody];

    /// Its ways of keeping messages, the cheapest first.
    pub(crate) fn contenders(self) -> &'static [Contender] {
        match self {
            Self::Parlance => &[Contender::Parlance],
            Self::Ejabberd => &[Contender::Ejabberd, Contender::EjabberdMnesia, Contender::EjabberdPostgres],
            Self::Prosody => &[Contender::Prosody, Contender::ProsodyFiles],
        }
    }

    /// The cheapest of them.
    pub(crate) fn plainest(self) -> Contender {
        self.contenders()[0]
    }

    /// The folder in which its accounts live. A server of others keeps passwords for one hash only.
    pub(crate) fn folder(self, hash: Hash) -> &'static str {
        match (self, hash) {
            (Self::Parlance, _) => "parlance",
            (Self::Ejabberd, Hash::Sha1) => "ejabberd-sha-1",
            (Self::Ejabberd, Hash::Sha256) => "ejabberd-sha-256",
            (Self::Prosody, Hash::Sha1) => "prosody-sha-1",
            (Self::Prosody, Hash::Sha256) => "prosody-sha-256",
        }
    }
}

impl Contender {
    pub(crate) const ALL: [Self; 6] = [
        Self::Parlance,
        Self::Ejabberd,
        Self::EjabberdMnesia,
        Self::EjabberdPostgres,
        Self::Prosody,
        Self::ProsodyFiles,
    ];

    /// Whether messages are still there when both sides have received them.
    pub(crate) fn keeps_messages(self) -> bool {
        !matches!(self, Self::Ejabberd | Self::Prosody)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Parlance => "Parlance",
            Self::Ejabberd => "ejabberd, no archive",
            Self::EjabberdMnesia => "ejabberd, archive in Mnesia",
            Self::EjabberdPostgres => "ejabberd, archive in PostgreSQL",
            Self::Prosody => "Prosody, no archive",
            Self::ProsodyFiles => "Prosody, archive in files",
        }
    }

    /// The head of its column: two lines.
    pub(crate) fn heads(self) -> [&'static str; 2] {
        match self {
            Self::Parlance => ["Parlance", ""],
            Self::Ejabberd => ["ejabberd", "none"],
            Self::EjabberdMnesia => ["ejabberd", "Mnesia"],
            Self::EjabberdPostgres => ["ejabberd", "PostgreSQL"],
            Self::Prosody => ["Prosody", "none"],
            Self::ProsodyFiles => ["Prosody", "files"],
        }
    }
}
