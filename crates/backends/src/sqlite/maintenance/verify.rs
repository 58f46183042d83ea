use super::{MaintenanceError, Progress, check_exists, seal};
use crate::sqlite::{project, refold::refold, schema};
use rusqlite::{Connection, OpenFlags, Result};
use std::path::Path;

/// What a verification has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many conversations there are, account logs included.
    pub conversations: u64,
    /// How many events were read.
    pub events: u64,
    /// What is wrong, in words; empty when nothing is.
    pub problems: Vec<String>,
}

/// Checks a store or a backup, in use or not, as it is at one moment: the checksum of a backup;
/// pages and indexes; that the places of every log are dense and in order and every event is what
/// was written; and that what stands in all other tables is what follows from the logs. Needs about
/// as much temporary disk space as these tables have. Of what a newer program has added to a store, this
/// one checks only that it is what was written. Progress counts events.
///
/// # Errors
/// [`MaintenanceError`] when it cannot even be read; everything else is in the answer.
pub fn verify(store: &Path, progress: &mut Progress<'_>) -> Result<Verified, MaintenanceError> {
    check_exists(store)?;
    let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_URI;
    let mut connection = Connection::open_with_flags("", flags)?;
    schema::migrate(&mut connection, store)?;
    let escaped = store.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    connection.execute("ATTACH ?1 AS checked", [format!("file:{escaped}?mode=ro")])?;
    let is_newer = schema::check_attached(&connection, "checked", store)?;
    let moment = connection.transaction()?;
    let mut problems = Vec::from_iter(seal::find_damage(store)?);
    problems.extend(check_pages(&moment)?);
    let count = |table| {
        moment.query_row(&format!("SELECT count(*) FROM checked.{table}"), [], |row| row.get::<_, i64>(0))
    };
    let (conversations, events) = (count("conversations")? as u64, count("events")? as u64);
    // Without a log of its own, the log that is folded is the one that is checked.
    moment.execute_batch(
        "DROP TABLE main.events;
         INSERT INTO main.conversations (key, id, domain, kind, epoch)
             SELECT key, id, domain, kind, epoch FROM checked.conversations;",
    )?;
    problems.extend(refold(&moment, &mut |done| progress(done, events))?);
    for table in project::TABLES.iter().chain(&["conversations"]) {
        problems.extend(compare(&moment, table, is_newer)?);
    }
    problems.extend(check_deleted(&moment)?);
    Ok(Verified { conversations, events, problems })
}

/// What SQLite itself finds wrong about pages, rows and indexes.
fn check_pages(connection: &Connection) -> Result<Vec<String>> {
    let found: Vec<String> = connection
        .prepare("PRAGMA checked.integrity_check")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_>>()?;
    Ok(found.into_iter().filter(|said| said != "ok").collect())
}

/// Columns in which a newer program may have kept more than this one knows.
const OPEN_COLUMNS: &[&str] = &["settings", "edited"];

/// Compares the rows of a table with those that follow from the log, in the columns that this program
/// folds.
fn compare(connection: &Connection, table: &str, is_newer: bool) -> Result<Vec<String>> {
    let mut columns = columns(connection, table)?;
    columns.retain(|column| !is_newer || !OPEN_COLUMNS.contains(&column.as_str()));
    let columns = columns.join(", ");
    let count = |one: &str, other: &str| {
        let sql = format!(
            "SELECT count(*) FROM (SELECT {columns} FROM {one}.{table} EXCEPT SELECT {columns} FROM {other}.{table})"
        );
        connection.query_row(&sql, [], |row| row.get::<_, i64>(0))
    };
    let mut problems = Vec::new();
    let (extra, missing) = (count("checked", "main")?, count("main", "checked")?);
    if extra > 0 {
        problems.push(format!("{table}: {extra} rows do not follow from the log"));
    }
    if missing > 0 {
        problems.push(format!("{table}: {missing} rows that follow from the log are not there"));
    }
    Ok(problems)
}

/// The columns of a table as this program makes it.
fn columns(connection: &Connection, table: &str) -> Result<Vec<String>> {
    connection
        .prepare("SELECT name FROM pragma_table_info(?1, 'main')")?
        .query_map([table], |row| row.get(0))?
        .collect()
}

/// Deleted messages have to be empty.
fn check_deleted(connection: &Connection) -> Result<Vec<String>> {
    connection
        .prepare(
            "SELECT e.offset FROM main.deleted d JOIN checked.events e USING (conversation, seq)
             WHERE e.content IS NOT NULL OR e.extras IS NOT NULL",
        )?
        .query_map([], |row| {
            Ok(format!("event {} was deleted and still has content", row.get::<_, i64>(0)?))
        })?
        .collect()
}
