use super::administrator::{malformed, refused};
use crate::admin::{AdminAnswer, AdminError, ReportDetails, ReportLine, ReportLines, ReportedMessage};
use parlance_front_native::format_time;
use parlance_hub::{
    Hub,
    ports::{Report, ReportId, ReportReason},
};

/// How many lines one page of a list holds.
const PAGE: usize = 500;

pub(super) async fn list(hub: &Hub, cursor: Option<String>) -> Result<AdminAnswer, AdminError> {
    let before = cursor.as_deref().map(id).transpose()?;
    let found = hub.administration().reports(before, PAGE).await.map_err(refused)?;
    let next = (found.len() == PAGE).then(|| found.last().map(|last| last.id.to_string())).flatten();
    let mut items = Vec::with_capacity(found.len());
    for report in found {
        items.push(line(hub, report).await);
    }
    Ok(AdminAnswer::Reports(ReportLines { items, next }))
}

pub(super) async fn show(hub: &Hub, text: &str) -> Result<AdminAnswer, AdminError> {
    let found = hub.administration().report(id(text)?).await.map_err(refused)?;
    let (report, messages) = found.ok_or_else(unknown)?;
    let messages = messages.into_iter().map(|message| ReportedMessage {
        id: message.id.to_string(),
        at: format_time(message.at),
        text: message.text,
    });
    let messages = messages.collect();
    Ok(AdminAnswer::Report(ReportDetails { report: line(hub, report).await, messages }))
}

pub(super) async fn dismiss(hub: &Hub, text: &str) -> Result<AdminAnswer, AdminError> {
    match hub.administration().dismiss_report(id(text)?).await.map_err(refused)? {
        true => Ok(AdminAnswer::Done {}),
        false => Err(unknown()),
    }
}

fn id(text: &str) -> Result<ReportId, AdminError> {
    text.parse().map_err(|_| unknown())
}

fn unknown() -> AdminError {
    malformed("there is no such report")
}

async fn line(hub: &Hub, report: Report) -> ReportLine {
    let reporter = hub.person(report.reporter).await;
    ReportLine {
        id: report.id.to_string(),
        at: format_time(report.at),
        reporter: reporter.map(|person| person.address.to_string()).unwrap_or_default(),
        reported: report.reported,
        reason: match report.reason {
            ReportReason::Spam => "spam",
            ReportReason::Abuse => "abuse",
        }
        .to_owned(),
        text: report.text,
    }
}
