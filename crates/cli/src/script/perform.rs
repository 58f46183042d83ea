use super::{
    command::{Command, EventName, Wait},
    shape,
};
use anyhow::{Context, bail};
use parlance_client::{
    Client, Draft,
    api::event::Body,
    error::ClientError,
    model::{Line, What},
};
use serde_json::{Value, json};
use std::time::Duration;

/// Carries out one command.
pub(super) async fn perform(client: &Client, command: Command) -> anyhow::Result<Value> {
    match command {
        Command::State => {
            let state = client.connection_state().await?;
            Ok(json!({"connection": shape::connection(&state), "me": client.me().await?}))
        }
        Command::Conversations => {
            let views = client.conversations().await?;
            Ok(json!(views.iter().map(shape::conversation).collect::<Vec<_>>()))
        }
        Command::Timeline { conversation } => {
            let id = find(client, &conversation).await?;
            Ok(shape::timeline(&client.timeline(&id).await?))
        }
        Command::Send { conversation, text, reply_to, poll, needs_acknowledgement, wait } => {
            let id = find(client, &conversation).await?;
            let draft = Draft { reply_to, poll, needs_acknowledgement, ..Draft::text(text) };
            let client_ref = client.send(&id, draft).await?;
            if wait {
                wait_until_sent(client, &id, &client_ref).await
            } else {
                Ok(json!({"client_ref": client_ref}))
            }
        }
        Command::Edit { conversation, event, text } => {
            let (id, event) = find_event(client, &conversation, event).await?;
            reference(client.edit(&id, &event, Draft::text(text)).await)
        }
        Command::Delete { conversation, event } => {
            let (id, event) = find_event(client, &conversation, event).await?;
            reference(client.delete(&id, &event).await)
        }
        Command::React { conversation, event, emoji } => {
            let (id, event) = find_event(client, &conversation, event).await?;
            reference(client.react(&id, &event, &emoji).await)
        }
        Command::Unreact { conversation, event, emoji } => {
            let (id, event) = find_event(client, &conversation, event).await?;
            reference(client.unreact(&id, &event, &emoji).await)
        }
        Command::Vote { conversation, event, options } => {
            let (id, event) = find_event(client, &conversation, event).await?;
            reference(client.vote(&id, &event, options).await)
        }
        Command::ClosePoll { conversation, event } => {
            let (id, event) = find_event(client, &conversation, event).await?;
            reference(client.close_poll(&id, &event).await)
        }
        Command::Acknowledge { conversation, event } => {
            let (id, event) = find_event(client, &conversation, event).await?;
            reference(client.acknowledge(&id, &event).await)
        }
        Command::MarkRead { conversation, seq } => {
            let id = find(client, &conversation).await?;
            done(client.mark_read(&id, seq.unwrap_or(u64::MAX)).await)
        }
        Command::MarkUnread { conversation, seq } => {
            let id = find(client, &conversation).await?;
            done(client.mark_unread(&id, seq).await)
        }
        Command::Typing { conversation, active } => {
            let id = find(client, &conversation).await?;
            done(client.set_typing(&id, active).await)
        }
        Command::Draft { conversation, text } => {
            let id = find(client, &conversation).await?;
            done(client.set_draft(&id, &text).await)
        }
        Command::Direct { user } => Ok(json!({"conversation": client.open_direct(&user).await?})),
        Command::Group { name, members } => {
            Ok(json!({"conversation": client.create_group(&name, members).await?}))
        }
        Command::Search { query, conversation } => {
            let id = match conversation {
                Some(name) => Some(find(client, &name).await?),
                None => None,
            };
            let found = client.search(&query, id.as_deref()).await?;
            Ok(json!({"hits": found.hits, "is_from_server": found.is_from_server}))
        }
        Command::LoadOlder { conversation } => {
            let id = find(client, &conversation).await?;
            done(client.load_older(&id).await)
        }
        Command::Fill { conversation } => {
            let id = find(client, &conversation).await?;
            let mut last = None;
            while let Some(hole) = client.log(&id).await?.holes().pop() {
                if last.replace(hole) == Some(hole) {
                    bail!("the server has nothing for {} to {}", hole.from, hole.to);
                }
                client.fill(&id, hole).await?;
            }
            Ok(json!({}))
        }
        Command::Unsent => {
            let unsent = client.unsent().await?;
            Ok(json!(unsent.iter().map(shape::unsent).collect::<Vec<_>>()))
        }
        Command::Retry { client_ref } => Ok(json!({"retried": client.retry(&client_ref).await?})),
        Command::Discard { client_ref } => {
            Ok(json!({"discarded": client.discard(&client_ref).await?.is_some()}))
        }
        Command::WaitFor(wait) => wait_for(client, &wait).await,
        Command::Quit => bail!("quit is handled before"),
    }
}

fn reference(result: Result<String, ClientError>) -> anyhow::Result<Value> {
    Ok(json!({"client_ref": result?}))
}

fn done(result: Result<(), ClientError>) -> anyhow::Result<Value> {
    result?;
    Ok(json!({}))
}

/// The id of a conversation that is named by id, title, or the address of a person.
async fn find(client: &Client, name: &str) -> anyhow::Result<String> {
    let views = client.conversations().await?;
    let found = views.iter().find(|view| {
        view.info.conversation == name
            || view.title == name
            || view.info.peer.as_ref().is_some_and(|peer| peer.address == name)
    });
    found.map(|view| view.info.conversation.clone()).ok_or_else(|| ClientError::UnknownConversation.into())
}

async fn find_event(
    client: &Client,
    conversation: &str,
    event: EventName,
) -> anyhow::Result<(String, String)> {
    let id = find(client, conversation).await?;
    let event = match event {
        EventName::Id(event_id) => event_id,
        EventName::Seq(seq) => {
            let log = client.log(&id).await?;
            log.event(seq).with_context(|| format!("nothing is known at seq {seq}"))?.event_id.clone()
        }
    };
    Ok((id, event))
}

async fn wait_until_sent(client: &Client, id: &str, client_ref: &str) -> anyhow::Result<Value> {
    let mut changes = client.subscribe();
    let waiting = async {
        loop {
            let log = client.log(id).await?;
            if let Some(event) =
                log.events().rev().find(|event| event.client_ref.as_deref() == Some(client_ref))
            {
                return Ok(json!({
                    "client_ref": client_ref, "event_id": event.event_id, "seq": event.seq, "at": event.at,
                }));
            }
            let unsent = client.unsent().await?;
            let mine = unsent.iter().find(|entry| entry.client_ref == client_ref);
            if let Some(parlance_client::model::OutboxState::Failed { problem }) =
                mine.map(|entry| &entry.state)
            {
                bail!("{problem}");
            }
            changes.next().await.context("the client has stopped")?;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.context("not sent in 30 s")?
}

async fn wait_for(client: &Client, wait: &Wait) -> anyhow::Result<Value> {
    let mut changes = client.subscribe();
    let waiting = async {
        loop {
            if let Some(found) = holds(client, wait).await? {
                return anyhow::Ok(found);
            }
            changes.next().await.context("the client has stopped")?;
        }
    };
    let waited = tokio::time::timeout(Duration::from_millis(wait.timeout_ms), waiting).await;
    waited.with_context(|| format!("it did not happen within {} ms", wait.timeout_ms))?
}

/// What was waited for, when all of it holds.
async fn holds(client: &Client, wait: &Wait) -> anyhow::Result<Option<Value>> {
    if let Some(wanted) = &wait.connection {
        let state = shape::connection(&client.connection_state().await?);
        if state["state"] != wanted.as_str() {
            return Ok(None);
        }
    }
    if let Some(wanted) = wait.unsent
        && client.unsent().await?.len() != wanted
    {
        return Ok(None);
    }
    match &wait.conversation {
        Some(name) => holds_in(client, wait, name).await,
        None => Ok(Some(json!({}))),
    }
}

async fn holds_in(client: &Client, wait: &Wait, name: &str) -> anyhow::Result<Option<Value>> {
    let Ok(id) = find(client, name).await else { return Ok(None) };
    let view = client.timeline(&id).await?;
    let info = &view.conversation;
    let counts_hold = wait.unread.is_none_or(|unread| info.info.unread == unread)
        && wait.typing.as_ref().is_none_or(|user| info.typing.contains(user))
        && wait.receipt.as_ref().is_none_or(|wanted| {
            shape::progress(view.receipts.progress(wanted.seq, &view.me)) == wanted.state
        });
    if !counts_hold {
        return Ok(None);
    }
    if wait.text.is_none() && wait.seq.is_none() {
        return Ok(Some(shape::conversation(info)));
    }
    let fits = |line: &&Line| match line {
        Line::Hole(_) => false,
        Line::Entry(entry) => {
            let has_text = match (&wait.text, &entry.what) {
                (None, _) => true,
                (Some(wanted), What::Message(message)) => {
                    matches!(&message.body, Body::Text { text, .. } if text == wanted)
                }
                _ => false,
            };
            has_text && wait.seq.is_none_or(|seq| entry.seq == seq)
        }
    };
    Ok(view.lines.iter().rev().find(fits).map(|line| match line {
        Line::Entry(entry) => shape::entry(entry),
        Line::Hole(hole) => json!({"hole": hole}),
    }))
}
