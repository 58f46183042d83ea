use super::{Server, all_pages, unexpected};
use crate::{
    admin::{AdminAnswer, AdminCommand, ConversationLine},
    args::ConversationCommand,
    output::{Output, table},
};
use serde_json::json;

const HEAD: &[&str] = &["ID", "KIND", "NAME", "MEMBERS", "EVENTS", "LAST"];

pub(super) async fn run(command: ConversationCommand, server: &Server, output: Output) -> anyhow::Result<()> {
    match command {
        ConversationCommand::List => list(server, output).await,
        ConversationCommand::Show { id } => show(id, server, output).await,
    }
}

async fn list(server: &Server, output: Output) -> anyhow::Result<()> {
    let ask = |cursor| AdminCommand::ConversationList { cursor };
    let items = all_pages(server, ask, |answer| match answer {
        AdminAnswer::Conversations(page) => Ok((page.items, page.next)),
        other => Err(unexpected(&other)),
    })
    .await?;
    output.answer(&json!({ "conversations": items }), || {
        let rows: Vec<_> = items.iter().map(row).collect();
        table(HEAD, &rows)
    })
}

async fn show(id: String, server: &Server, output: Output) -> anyhow::Result<()> {
    match server.run(AdminCommand::ConversationShow { id }).await? {
        AdminAnswer::Conversation(conversation) => {
            output.answer(&conversation, || table(HEAD, &[row(&conversation)]))
        }
        other => Err(unexpected(&other)),
    }
}

fn row(conversation: &ConversationLine) -> Vec<String> {
    vec![
        conversation.id.clone(),
        conversation.kind.clone(),
        conversation.name.clone().unwrap_or_default(),
        conversation.members.to_string(),
        conversation.head.to_string(),
        conversation.last_at.clone(),
    ]
}
