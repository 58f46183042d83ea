use super::{Server, all_pages, unexpected};
use crate::{
    admin::{AdminAnswer, AdminCommand, Credential, DeviceLine, ImportLine, Imported, NewUser, UserLine},
    args::UserCommand,
    output::{Output, WrongUsage, print, table},
};
use anyhow::Context;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use parlance_hub::Redacted;
use serde_json::json;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

/// How many accounts go to the server at once: enough to keep it busy, few enough to see progress.
const IMPORT_PART: usize = 500;
const HEAD: &[&str] = &["ADDRESS", "NAME", "ADMIN", "STATE", "SINCE"];
const DEVICES_HEAD: &[&str] = &["DEVICE", "NAME", "SINCE", "LAST SEEN"];
/// 96 bits, sixteen letters.
const MADE_UP_PASSWORD_BYTES: usize = 12;

pub(super) async fn run(command: UserCommand, server: &Server, output: Output) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { name, admin, password_stdin, invite } => {
            add(name, admin, credential(password_stdin, invite)?, server, output).await
        }
        UserCommand::List => list(server, output).await,
        UserCommand::Show { name } => show(name, server, output).await,
        UserCommand::Disable { name } => {
            change(
                AdminCommand::UserDisable { name },
                "They are signed out and cannot sign in.",
                server,
                output,
            )
            .await
        }
        UserCommand::Enable { name } => {
            change(AdminCommand::UserEnable { name }, "They can sign in again.", server, output).await
        }
        UserCommand::Remove { name } => {
            change(AdminCommand::UserRemove { name }, "The account is removed.", server, output).await
        }
        UserCommand::SetPassword { name, password_stdin } => {
            set_password(name, password_stdin, server, output).await
        }
        UserCommand::Import { file } => import(&file, server, output).await,
        UserCommand::Token { name } => token(name, server, output).await,
    }
}

/// How the new person gets in, and the password to show when it was made up here.
struct Chosen {
    credential: Credential,
    made_up: Option<String>,
}

fn credential(password_stdin: bool, invite: bool) -> anyhow::Result<Chosen> {
    if invite {
        return Ok(Chosen { credential: Credential::Invitation, made_up: None });
    }
    let (password, made_up) = password(password_stdin)?;
    Ok(Chosen { credential: Credential::Password(password), made_up })
}

fn password(from_stdin: bool) -> anyhow::Result<(Redacted<String>, Option<String>)> {
    if from_stdin {
        return Ok((read_password()?, None));
    }
    let made_up = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; MADE_UP_PASSWORD_BYTES]>());
    Ok((Redacted::new(made_up.clone()), Some(made_up)))
}

fn read_password() -> anyhow::Result<Redacted<String>> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("cannot read the password from standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(WrongUsage("--password-stdin needs the password on standard input".to_owned()).into());
    }
    Ok(Redacted::new(password.to_owned()))
}

async fn add(
    name: String,
    admin: bool,
    chosen: Chosen,
    server: &Server,
    output: Output,
) -> anyhow::Result<()> {
    let user = NewUser { name, admin, credential: chosen.credential };
    match server.run(AdminCommand::UserAdd(user)).await? {
        AdminAnswer::Added(added) => {
            let secret = chosen.made_up;
            let answer =
                json!({ "address": added.address, "invitation": added.invitation, "password": secret });
            output.answer(&answer, || match (added.invitation, secret) {
                (Some(link), _) => format!("{} can choose a password here: {link}", added.address),
                (None, Some(password)) => {
                    format!("{} can sign in with the password {password}", added.address)
                }
                (None, None) => format!("{} can sign in.", added.address),
            })
        }
        other => Err(unexpected(&other)),
    }
}

async fn list(server: &Server, output: Output) -> anyhow::Result<()> {
    let ask = |cursor| AdminCommand::UserList { cursor };
    let items = all_pages(server, ask, |answer| match answer {
        AdminAnswer::Users(page) => Ok((page.items, page.next)),
        other => Err(unexpected(&other)),
    })
    .await?;
    output.answer(&json!({ "users": items }), || {
        let rows: Vec<_> = items.iter().map(row).collect();
        table(HEAD, &rows)
    })
}

async fn show(name: String, server: &Server, output: Output) -> anyhow::Result<()> {
    match server.run(AdminCommand::UserShow { name }).await? {
        AdminAnswer::User(details) => output.answer(&details, || {
            let devices: Vec<_> = details.devices.iter().map(device_row).collect();
            let user = table(HEAD, &[row(&details.user)]);
            if devices.is_empty() { user } else { user + "\n" + &table(DEVICES_HEAD, &devices) }
        }),
        other => Err(unexpected(&other)),
    }
}

fn device_row(device: &DeviceLine) -> Vec<String> {
    vec![device.id.clone(), device.name.clone(), device.created_at.clone(), device.last_seen_at.clone()]
}

fn row(user: &UserLine) -> Vec<String> {
    let admin = if user.admin { "yes" } else { "" };
    let state = if user.disabled { "disabled" } else { "active" };
    vec![
        user.address.clone(),
        user.display_name.clone(),
        admin.to_owned(),
        state.to_owned(),
        user.created_at.clone(),
    ]
}

async fn change(command: AdminCommand, done: &str, server: &Server, output: Output) -> anyhow::Result<()> {
    match server.run(command).await? {
        AdminAnswer::Done {} => output.answer(&json!({ "done": true }), || done.to_owned()),
        other => Err(unexpected(&other)),
    }
}

async fn set_password(name: String, from_stdin: bool, server: &Server, output: Output) -> anyhow::Result<()> {
    let (password, made_up) = password(from_stdin)?;
    match server.run(AdminCommand::UserSetPassword { name, password }).await? {
        AdminAnswer::Done {} => {
            output.answer(&json!({ "done": true, "password": made_up }), || match made_up {
                Some(password) => format!("The new password is {password}"),
                None => "The password is changed; all devices have to sign in again.".to_owned(),
            })
        }
        other => Err(unexpected(&other)),
    }
}

async fn token(name: String, server: &Server, output: Output) -> anyhow::Result<()> {
    match server.run(AdminCommand::UserToken { name }).await? {
        AdminAnswer::Token(made) => output.answer(&made, || made.token.expose().clone()),
        other => Err(unexpected(&other)),
    }
}

async fn import(file: &Path, server: &Server, output: Output) -> anyhow::Result<()> {
    let source: Box<dyn Read + Send> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file).with_context(|| format!("cannot read {}", file.display()))?)
    };
    let mut lines = BufReader::new(source).lines().enumerate();
    let mut total = Imported::default();
    loop {
        let part = read_part(&mut lines)?;
        if part.is_empty() {
            break;
        }
        match server.run(AdminCommand::UserImport { users: part }).await? {
            AdminAnswer::Imported(imported) => {
                total.added += imported.added;
                total.skipped.extend(imported.skipped);
            }
            other => return Err(unexpected(&other)),
        }
    }
    print_imported(&total, output)
}

fn print_imported(total: &Imported, output: Output) -> anyhow::Result<()> {
    if output.json {
        return output.answer(total, String::new);
    }
    for skipped in &total.skipped {
        print(&format!("{}: {}\n", skipped.name, skipped.code))?;
    }
    print(&format!("{} accounts made, {} left out\n", total.added, total.skipped.len()))
}

fn read_part(
    lines: &mut impl Iterator<Item = (usize, io::Result<String>)>,
) -> anyhow::Result<Vec<ImportLine>> {
    let mut part = Vec::new();
    for (number, line) in lines {
        let line = line.context("cannot read the file to its end")?;
        if line.trim().is_empty() {
            continue;
        }
        part.push(read_line(number + 1, &line)?);
        if part.len() == IMPORT_PART {
            break;
        }
    }
    Ok(part)
}

/// Reads a name and, after white space, a password, which may itself hold spaces.
fn read_line(number: usize, line: &str) -> anyhow::Result<ImportLine> {
    let line = line.trim_end_matches('\r').trim_start();
    let (name, password) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let password = password.trim_start();
    if password.is_empty() {
        return Err(WrongUsage(format!("line {number} needs a name, a space and a password")).into());
    }
    Ok(ImportLine { name: name.to_owned(), password: Redacted::new(password.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_an_import_is_a_name_and_a_password() {
        let check = |line: &str| {
            read_line(7, line)
                .map(|line| (line.name, line.password.expose().clone()))
                .map_err(|error| error.to_string())
        };
        assert_eq!(check("anna secret words"), Ok(("anna".to_owned(), "secret words".to_owned())));
        assert_eq!(check("anna\tsecret\r"), Ok(("anna".to_owned(), "secret".to_owned())));
        assert_eq!(check("anna "), Err("line 7 needs a name, a space and a password".to_owned()));
    }
}
