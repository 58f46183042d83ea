//! The portable form of what a server of XMPP keeps.
//!
//! # Source
//! XEP-0227 (1.1) sections 4 and 5.

mod map;
mod tree;

use self::tree::{Document, Tree};
use super::{Read, Unreadable};
use std::{io::BufRead, path::Path};

const PIE: &str = "urn:xmpp:pie:0";

/// Gives everything that a document holds for a domain, in the order of the document. No more than one
/// element of one person is held at a time.
///
/// # Errors
/// When it is no such document, or `take` fails.
pub(crate) fn read(
    source: impl BufRead,
    path: &Path,
    domain: &str,
    take: &mut dyn FnMut(Read) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut document = Document::new(source);
    let is_ours = document.next_child()?.is_some_and(|root| root.is(PIE, "server-data"));
    if !is_ours {
        anyhow::bail!("{} is not in the format of XEP-0227", path.display());
    }
    let mut is_there = false;
    while let Some(host) = document.next_child()? {
        let is_asked = host.is(PIE, "host") && host.attribute("jid").is_some_and(|jid| jid == domain);
        match is_asked {
            true => {
                is_there = true;
                read_users(&mut document, take)?;
            }
            false => document.skip()?,
        }
    }
    match is_there {
        true => Ok(()),
        false => {
            anyhow::bail!("{} holds nothing of {domain}: set domain to the host to import", path.display())
        }
    }
}

fn read_users(
    document: &mut Document<impl BufRead>,
    take: &mut dyn FnMut(Read) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    while let Some(user) = document.next_child()? {
        match user.attribute("name").filter(|_| user.is(PIE, "user")) {
            Some(name) => read_user(document, name, &user, take)?,
            None => document.skip()?,
        }
    }
    Ok(())
}

fn read_user(
    document: &mut Document<impl BufRead>,
    name: &str,
    user: &Tree,
    take: &mut dyn FnMut(Read) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut credentials = map::Credentials::new(user.attribute("password"));
    while let Some(child) = document.next_child()? {
        match document.fill(child)? {
            Some(child) if credentials.takes(&child) => {}
            Some(child) => map::child(name, &child).into_iter().try_for_each(&mut *take)?,
            None => take(Err(too_large(name)))?,
        }
    }
    take(credentials.account(name))
}

fn too_large(name: &str) -> Unreadable {
    Unreadable { place: name.to_owned(), why: "an element is too large".to_owned() }
}

#[cfg(test)]
mod tests;
