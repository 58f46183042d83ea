use super::{Server, unexpected};
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
    let mut cursor = None;
    let mut items = Vec::new();
    loop {
        match server.run(AdminCommand::ConversationList { cursor }).await? {
            AdminAnswer::Conversations(page) => {
                items.extend(page.items);
                cursor = page.next;
            }
            other => return Err(unexpected(&other)),
        }
        if cursor.is_none() {
            break;
        }
    }
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
