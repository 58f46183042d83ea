//! The line mode: one JSON command a line in, one JSON answer or event a line out.
//!
//! Each command is an object with `do` and its fields, and may carry an `id` of any kind. Its answer
//! is `{"id": …, "ok": …}` or `{"id": …, "error": {"code": …, "message": …}}`. Commands are carried
//! out one after the other. In between come `{"event": …}` lines: `message` for each message of
//! somebody else as it arrives, `connection` for each change of the connection.

mod command;
mod perform;
mod shape;

use command::Line;
use parlance_client::{Client, Notice};
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use tokio::sync::mpsc;

/// Reads commands until the input ends or says `quit`.
pub(crate) async fn run(client: Client) -> anyhow::Result<()> {
    let (out, mut lines_out) = mpsc::unbounded_channel();
    let watching = watch(client.clone(), out.clone());
    let working = work(client, out);
    let printing = async {
        while let Some(line) = lines_out.recv().await {
            print(&line)?;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        worked = working => worked?,
        watched = watching => watched?,
        printed = printing => printed?,
    }
    while let Ok(line) = lines_out.try_recv() {
        print(&line)?;
    }
    Ok(())
}

async fn work(client: Client, out: mpsc::UnboundedSender<Value>) -> anyhow::Result<()> {
    let mut input = read_lines();
    while let Some(text) = input.recv().await {
        let text = text?;
        if text.trim().is_empty() {
            continue;
        }
        let line = serde_json::from_str::<Value>(&text);
        let id = line.as_ref().ok().and_then(|line| line.get("id")).cloned().unwrap_or_default();
        let answer = match line.and_then(serde_json::from_value::<Line>) {
            Ok(Line { id, command: command::Command::Quit }) => {
                out.send(json!({"id": id, "ok": {}}))?;
                return Ok(());
            }
            Ok(Line { id, command }) => match perform::perform(&client, command).await {
                Ok(ok) => json!({"id": id, "ok": ok}),
                Err(error) => json!({"id": id, "error": shape::error(&error)}),
            },
            Err(error) => {
                json!({"id": id, "error": {"code": "script.malformed", "message": error.to_string()}})
            }
        };
        out.send(answer)?;
    }
    Ok(())
}

/// The lines of standard input, read beside everything else; the end of the program does not wait for it.
fn read_lines() -> mpsc::Receiver<std::io::Result<String>> {
    let (out, lines) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if out.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

async fn watch(client: Client, out: mpsc::UnboundedSender<Value>) -> anyhow::Result<()> {
    let mut changes = client.subscribe();
    let mut connection = None;
    loop {
        let state = shape::connection(&client.connection_state().await?);
        if connection.as_ref() != Some(&state) {
            out.send(json!({"event": "connection", "connection": state}))?;
            connection = Some(state);
        }
        match changes.next().await {
            Some(Notice::Message { conversation, seq }) => {
                if let Some(entry) = client.log(&conversation).await.ok().and_then(|log| log.entry(seq)) {
                    let message = shape::entry(&entry);
                    out.send(json!({"event": "message", "conversation": conversation, "message": message}))?;
                }
            }
            Some(Notice::Broken { reason }) => anyhow::bail!(reason),
            Some(_) => {}
            None => return Ok(()),
        }
    }
}

fn print(line: &Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
