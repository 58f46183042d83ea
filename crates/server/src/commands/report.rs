use super::{Server, all_pages, unexpected};
use crate::{
    admin::{AdminAnswer, AdminCommand, ReportDetails, ReportLine},
    args::ReportCommand,
    output::{Output, table},
};
use serde_json::json;

const HEAD: &[&str] = &["ID", "AT", "REASON", "ABOUT", "BY"];
const MESSAGES_HEAD: &[&str] = &["MESSAGE", "AT", "TEXT"];
/// What stands for a message that is gone, or that only other programs can open.
const NOT_READABLE: &str = "(deleted or encrypted)";

pub(super) async fn run(command: ReportCommand, server: &Server, output: Output) -> anyhow::Result<()> {
    match command {
        ReportCommand::List => list(server, output).await,
        ReportCommand::Show { id } => show(id, server, output).await,
        ReportCommand::Dismiss { id } => match server.run(AdminCommand::ReportDismiss { id }).await? {
            AdminAnswer::Done {} => output.answer(&json!({}), || "The report is forgotten.".to_owned()),
            other => Err(unexpected(&other)),
        },
    }
}

async fn list(server: &Server, output: Output) -> anyhow::Result<()> {
    let ask = |cursor| AdminCommand::ReportList { cursor };
    let items = all_pages(server, ask, |answer| match answer {
        AdminAnswer::Reports(page) => Ok((page.items, page.next)),
        other => Err(unexpected(&other)),
    })
    .await?;
    output.answer(&json!({ "reports": items }), || {
        let rows: Vec<_> = items.iter().map(row).collect();
        table(HEAD, &rows)
    })
}

async fn show(id: String, server: &Server, output: Output) -> anyhow::Result<()> {
    match server.run(AdminCommand::ReportShow { id }).await? {
        AdminAnswer::Report(found) => output.answer(&found, || for_people(&found)),
        other => Err(unexpected(&other)),
    }
}

fn for_people(found: &ReportDetails) -> String {
    let messages = found.messages.iter().map(|message| {
        let text = message.text.as_deref().unwrap_or(NOT_READABLE);
        vec![message.id.clone(), message.at.clone(), text.to_owned()]
    });
    let messages: Vec<_> = messages.collect();
    let text = match found.report.text.as_str() {
        "" => String::new(),
        text => format!("\n{text}\n"),
    };
    format!("{}{text}\n{}", table(HEAD, &[row(&found.report)]), table(MESSAGES_HEAD, &messages))
}

fn row(report: &ReportLine) -> Vec<String> {
    let ReportLine { id, at, reason, reported, reporter, .. } = report;
    [id, at, reason, reported, reporter].map(String::clone).to_vec()
}
