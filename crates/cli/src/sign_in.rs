//! Signing in before there is a screen.

use crate::arguments::Arguments;
use anyhow::{Context, bail};
use crossterm::{
    event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
    terminal,
};
use parlance_client::{Client, api::ops, server::Server, store::Store};
use std::io::{BufRead, IsTerminal, Write};

/// Signs in, or makes the account, and keeps the sign-in in the store.
pub(crate) async fn sign_in(arguments: &Arguments, store: &Store) -> anyhow::Result<()> {
    let server = match &arguments.server {
        Some(address) => Server::parse(address)?,
        None => Server::of_domain(arguments.domain())?,
    };
    let password = password(arguments)?;
    let device_name = device_name();
    if arguments.invite.is_some() || arguments.register {
        let request = ops::Register {
            name: arguments.name().to_owned(),
            password,
            display_name: None,
            invitation: arguments.invite.clone(),
            device_name,
        };
        Client::register(&server, store, &request).await?;
    } else {
        let request = ops::SignIn { user: arguments.user.clone(), password, device_name };
        Client::sign_in(&server, store, &request).await?;
    }
    Ok(())
}

/// The same account at another address of its server.
pub(crate) fn move_to(address: &str, store: &mut Store) -> anyhow::Result<()> {
    let server = Server::parse(address)?.to_string();
    if let Some(mut sign_in) = store.load_sign_in()?.filter(|kept| kept.server != server) {
        sign_in.server = server;
        store.save_sign_in(&sign_in)?;
    }
    Ok(())
}

fn password(arguments: &Arguments) -> anyhow::Result<String> {
    if arguments.password_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("read the password from standard input")?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    if !std::io::stdin().is_terminal() {
        bail!("nobody is signed in as {} here yet: say --password-stdin", arguments.user);
    }
    ask_hidden(&format!("Password of {}: ", arguments.user))
}

fn ask_hidden(question: &str) -> anyhow::Result<String> {
    eprint!("{question}");
    std::io::stderr().flush()?;
    terminal::enable_raw_mode().context("hide the password")?;
    let typed = read_hidden();
    terminal::disable_raw_mode()?;
    eprintln!();
    typed
}

fn read_hidden() -> anyhow::Result<String> {
    let mut typed = String::new();
    loop {
        match crossterm::event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => match key {
                KeyEvent { code: KeyCode::Enter, .. } => return Ok(typed),
                KeyEvent { code: KeyCode::Esc, .. } => bail!("given up"),
                KeyEvent { code: KeyCode::Char('c' | 'd'), modifiers: KeyModifiers::CONTROL, .. } => {
                    bail!("given up")
                }
                KeyEvent { code: KeyCode::Char('u'), modifiers: KeyModifiers::CONTROL, .. } => typed.clear(),
                KeyEvent { code: KeyCode::Backspace, .. } => drop(typed.pop()),
                KeyEvent { code: KeyCode::Char(letter), .. } => typed.push(letter),
                _ => {}
            },
            Event::Paste(text) => typed.push_str(text.trim_end()),
            _ => {}
        }
    }
}

fn device_name() -> String {
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    match host.trim() {
        "" => "Terminal".to_owned(),
        host => format!("Terminal on {host}"),
    }
}
