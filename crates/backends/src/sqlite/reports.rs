use super::{
    SqliteStore,
    codec::{json, n, number, to_json, uuid},
};
use async_trait::async_trait;
use parlance_core::id::{ConversationId, PrincipalId, UnixMillis};
use parlance_hub::ports::{Report, ReportBounds, ReportId, Reports, StoreError};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// What [`from_row`] reads.
macro_rules! select_reports {
    ($rest:literal) => {
        concat!(
            "SELECT id, at, reporter, reported, reason, text, messages, settled FROM reports WHERE ",
            $rest
        )
    };
}

#[async_trait]
impl Reports for SqliteStore {
    async fn keep_report(&self, report: Report, bounds: ReportBounds) -> Result<usize, StoreError> {
        self.write(move |connection| keep(connection, &report, bounds)).await
    }

    async fn list_reports(&self, before: Option<ReportId>, limit: usize) -> Result<Vec<Report>, StoreError> {
        let before = before.map(|before| *before.0.as_bytes());
        self.readers
            .read(move |connection| {
                connection
                    .prepare_cached(select_reports!("?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2"))?
                    .query_map(params![before, limit as i64], from_row)?
                    .collect()
            })
            .await
    }

    async fn find_report(&self, id: ReportId) -> Result<Option<Report>, StoreError> {
        self.readers
            .read(move |connection| {
                let mut statement = connection.prepare_cached(select_reports!("id = ?1"))?;
                statement.query_row([id.0.as_bytes()], from_row).optional()
            })
            .await
    }

    async fn settle_report(&self, id: ReportId, conversation: ConversationId) -> Result<bool, StoreError> {
        self.write(move |connection| settle(connection, id, conversation)).await
    }

    async fn remove_report(&self, id: ReportId) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let mut delete = connection.prepare_cached("DELETE FROM reports WHERE id = ?1")?;
            Ok(delete.execute([id.0.as_bytes()])? > 0)
        })
        .await
    }

    async fn erase_reports(&self, reporter: PrincipalId) -> Result<(), StoreError> {
        self.write(move |connection| {
            let mut delete = connection.prepare_cached("DELETE FROM reports WHERE reporter = ?1")?;
            delete.execute([reporter.0.as_bytes()]).map(drop)
        })
        .await
    }
}

fn from_row(row: &Row<'_>) -> Result<Report> {
    Ok(Report {
        id: ReportId(uuid(row, 0)?),
        at: UnixMillis(number(row, 1)?),
        reporter: PrincipalId(uuid(row, 2)?),
        reported: row.get(3)?,
        reason: json(row, 4)?,
        text: row.get(5)?,
        messages: json(row, 6)?,
        settled: json(row, 7)?,
    })
}

fn settle(connection: &Connection, id: ReportId, conversation: ConversationId) -> Result<bool> {
    let report = connection
        .prepare_cached(select_reports!("id = ?1"))?
        .query_row([id.0.as_bytes()], from_row)
        .optional()?;
    let Some(mut report) = report.filter(|report| !report.settled.contains(&conversation)) else {
        return Ok(false);
    };
    report.settled.push(conversation);
    connection
        .prepare_cached("UPDATE reports SET settled = ?2 WHERE id = ?1")?
        .execute(params![id.0.as_bytes(), to_json(&report.settled)?])?;
    Ok(true)
}

fn keep(connection: &Connection, report: &Report, bounds: ReportBounds) -> Result<usize> {
    let reporter = report.reporter.0.as_bytes();
    connection
        .prepare_cached(
            "INSERT INTO reports (id, at, reporter, reported, reason, text, messages, settled)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            report.id.0.as_bytes(),
            n(report.at.0),
            reporter,
            report.reported,
            to_json(&report.reason)?,
            report.text,
            to_json(&report.messages)?,
            to_json(&report.settled)?,
        ])?;
    let of_reporter = connection
        .prepare_cached(
            "DELETE FROM reports WHERE reporter = ?1 AND id NOT IN
                 (SELECT id FROM reports WHERE reporter = ?1 ORDER BY id DESC LIMIT ?2)",
        )?
        .execute(params![reporter, bounds.per_reporter as i64])?;
    let others = connection
        .prepare_cached(
            "DELETE FROM reports WHERE id NOT IN (SELECT id FROM reports ORDER BY id DESC LIMIT ?1)",
        )?
        .execute([bounds.total as i64])?;
    Ok(of_reporter + others)
}
