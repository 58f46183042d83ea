//! Versions of the schema, and how one becomes the next.
//!
//! A migration is made in two releases: the first only adds, so that the program before still works
//! on the database and an update can be taken back; the second takes away what nobody uses any more.
//! The database records which programs can use it.

use super::{OpenError, refold};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;

/// One step from a version to the next.
#[derive(Clone, Copy, Debug)]
struct Migration {
    title: &'static str,
    kind: MigrationKind,
    /// Whether what it adds is made of the log by folding it anew.
    folds_anew: bool,
    sql: &'static str,
}

/// What a migration means to the programs before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationKind {
    /// It only adds: tables, columns with a default, kinds of events that change no row an older
    /// program knows. Older programs go on working.
    Expand,
    /// It takes away or changes what older programs use.
    Contract {
        /// The oldest version whose programs still work.
        compatible_from: u32,
    },
}

impl std::fmt::Display for MigrationKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Expand => f.write_str("expand: the program before still works afterwards"),
            Self::Contract { compatible_from } => {
                write!(f, "contract: programs for schemas before {compatible_from} no longer work afterwards")
            }
        }
    }
}

/// A migration that a database has not had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingMigration {
    /// The version the database will have.
    pub version: u32,
    /// What changes, in words.
    pub title: &'static str,
    /// What it means to the programs before it.
    pub kind: MigrationKind,
}

/// In order; the version of a database is how many of them it has had.
const MIGRATIONS: &[Migration] = &[
    Migration {
        title: "conversations, their logs, what is folded from them, and accounts",
        kind: MigrationKind::Contract { compatible_from: 1 },
        folds_anew: false,
        sql: include_str!("schema/0001_first.sql"),
    },
    Migration {
        title: "what was read before it was marked as unread",
        kind: MigrationKind::Contract { compatible_from: 2 },
        folds_anew: false,
        sql: include_str!("schema/0002_unread.sql"),
    },
    Migration {
        title: "which programs can use a database, addresses of conversations, and more about contacts",
        // Programs before look at the version alone.
        kind: MigrationKind::Contract { compatible_from: COMPATIBILITY_SINCE as u32 },
        folds_anew: true,
        sql: include_str!("schema/0003_rooms.sql"),
    },
    Migration {
        title: "devices that are found again by a name of their own, and reconnect with a token",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0004_device_keys.sql"),
    },
    Migration {
        title: "what protocols keep for people and conversations",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0005_nodes.sql"),
    },
    Migration {
        title: "invitations that make contacts",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0006_invited_contacts.sql"),
    },
    Migration {
        title: "people on other servers",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0007_remotes.sql"),
    },
    Migration {
        title: "where devices that are away are notified",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0008_pushes.sql"),
    },
    Migration {
        title: "notifications of mentions alone",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0009_mentions_only.sql"),
    },
    Migration {
        title: "what people told administrators about others",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0010_reports.sql"),
    },
    Migration {
        title: "messages that are sent at a later time",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0011_scheduled.sql"),
    },
    Migration {
        title: "folders, favourites in order, and when conversations were hidden",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0012_arrangements.sql"),
    },
    Migration {
        title: "messages that disappear",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0013_expiring.sql"),
    },
    Migration {
        title: "polls, and messages to be acknowledged",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0014_answers.sql"),
    },
    Migration {
        title: "reports that moderators are done with",
        kind: MigrationKind::Expand,
        folds_anew: false,
        sql: include_str!("schema/0015_settled_reports.sql"),
    },
];

/// The first version that records which programs can use it.
const COMPATIBILITY_SINCE: usize = 3;

/// "Parl": tells our files from those of other programs.
const APPLICATION_ID: i64 = 0x5061_726C;

/// What opening the database at this path would change; nothing is changed.
///
/// # Errors
/// Those of opening a store; a missing file is one that needs every migration.
pub fn pending_migrations(path: &Path) -> Result<Vec<PendingMigration>, OpenError> {
    if !path.exists() {
        return Ok(pending_from(0));
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    Ok(pending_from(version(&connection, path)?))
}

/// Brings a database to the newest version that this program knows. All or nothing.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    migrate_to(MIGRATIONS, connection, path)
}

fn migrate_to(migrations: &[Migration], connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let known = migrations.len();
    if Standing::read(connection, "main", path, known)?.is_left_by(known) {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = Standing::read(&transaction, "main", path, known)?;
    for (done, migration) in migrations.iter().enumerate().skip(found.version) {
        tracing::info!(version = done + 1, title = migration.title, kind = %migration.kind, "migrating the database");
        transaction.execute_batch(migration.sql)?;
    }
    if found.version < known {
        transaction.pragma_update(None, "user_version", known as i64)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.execute("UPDATE store SET compatible_from = ?1", [compatible_from(migrations)])?;
    }
    let adds_folds = migrations.iter().skip(found.version).any(|migration| migration.folds_anew);
    if adds_folds || found.lacks_folds_of(known) {
        tracing::info!("folding the log anew, because rows are missing that older programs do not make");
        if let Some(problem) = refold::fold_anew(&transaction, &mut |_| {})?.into_iter().next() {
            return Err(OpenError::Damaged(problem));
        }
    }
    transaction.execute("UPDATE store SET written_by = ?1", [known as i64])?;
    transaction.commit()?;
    Ok(())
}

/// The version of a database that this program can use.
pub(super) fn version(connection: &Connection, path: &Path) -> Result<usize, OpenError> {
    Ok(Standing::read(connection, "main", path, MIGRATIONS.len())?.version)
}

/// Refuses an attached database whose rows are not what this program would fold. Answers whether the
/// database is newer than the program.
pub(super) fn check_attached(connection: &Connection, name: &str, path: &Path) -> Result<bool, OpenError> {
    let known = MIGRATIONS.len();
    let found = Standing::read(connection, name, path, known)?;
    if found.version < known || found.lacks_folds_of(known) {
        return Err(OpenError::Older {
            found: found.version.min(found.written_by) as u32,
            known: known as u32,
        });
    }
    Ok(found.version > known)
}

/// What a database says of itself.
#[derive(Clone, Copy, Debug)]
struct Standing {
    version: usize,
    /// The version of the program that wrote last.
    written_by: usize,
}

impl Standing {
    /// Looks at a database, and refuses one that a program which knows `known` versions cannot use.
    fn read(connection: &Connection, name: &str, path: &Path, known: usize) -> Result<Self, OpenError> {
        let pragma = |pragma| connection.pragma_query_value(Some(name), pragma, |row| row.get::<_, i64>(0));
        let version = pragma("user_version")?.max(0) as usize;
        let is_ours = pragma("application_id")? == APPLICATION_ID;
        if !is_ours && !is_empty(connection, name)? {
            return Err(OpenError::NotParlance(path.to_owned()));
        }
        if version < COMPATIBILITY_SINCE {
            return Ok(Self { version, written_by: version });
        }
        let sql = format!("SELECT compatible_from, written_by FROM {name}.store");
        let (compatible_from, written_by) =
            connection.query_row(&sql, [], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?)))?;
        if version > known && compatible_from as usize > known {
            return Err(OpenError::Newer { found: version as u32, compatible_from, known: known as u32 });
        }
        Ok(Self { version, written_by: written_by as usize })
    }

    /// Whether nothing is to be done for a program that knows so many versions.
    fn is_left_by(self, known: usize) -> bool {
        self.version >= known && self.written_by == known
    }

    /// Whether an older program has written, and so has not folded everything that this one knows.
    fn lacks_folds_of(self, known: usize) -> bool {
        self.written_by < self.version.min(known)
    }
}

/// The oldest version whose programs can use a database that has had all of these.
fn compatible_from(migrations: &[Migration]) -> u32 {
    let contractions = migrations.iter().filter_map(|migration| match migration.kind {
        MigrationKind::Expand => None,
        MigrationKind::Contract { compatible_from } => Some(compatible_from),
    });
    contractions.max().unwrap_or(1)
}

fn is_empty(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let sql = format!("SELECT NOT EXISTS (SELECT 1 FROM {name}.sqlite_schema)");
    connection.query_row(&sql, [], |row| row.get(0))
}

fn pending_from(version: usize) -> Vec<PendingMigration> {
    let all = MIGRATIONS.iter().enumerate();
    all.skip(version)
        .map(|(done, migration)| PendingMigration {
            version: done as u32 + 1,
            title: migration.title,
            kind: migration.kind,
        })
        .collect()
}

#[cfg(test)]
mod tests;
