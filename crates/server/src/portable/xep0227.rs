//! The portable form of what a server of XMPP keeps.
//!
//! # Source
//! XEP-0227 (1.1) sections 4 and 5.

mod map;
mod nodes;
mod tree;

use self::{
    map::Part,
    tree::{Document, Tree},
};
use super::{Read, Unreadable};
use anyhow::Context;
use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

const PIE: &str = "urn:xmpp:pie:0";
const XINCLUDE: &str = "http://www.w3.org/2001/XInclude";

/// Gives everything that a document holds for a domain, in the order of the document. No more than one
/// element of one person is held at a time, and of their nodes how they are set up.
///
/// # Errors
/// When it is no such document, or `take` fails.
pub(crate) fn read(
    path: &Path,
    domain: &str,
    take: &mut dyn FnMut(Read) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let path = path.canonicalize().with_context(|| format!("cannot read {}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    let mut reading = Reading { folder, domain, take, is_there: false };
    let mut document = open(&path)?;
    let root = document.next_child()?.filter(|root| root.namespace() == PIE);
    match root {
        Some(root) if root.name() == "server-data" => reading.hosts(&mut document, &path)?,
        Some(root) if root.name() == "host" => reading.host(&mut document, &root, &path)?,
        _ => anyhow::bail!("{} is not in the format of XEP-0227", path.display()),
    }
    match reading.is_there {
        true => Ok(()),
        false => {
            anyhow::bail!("{} holds nothing of {domain}: set domain to the host to import", path.display())
        }
    }
}

type Open = Document<BufReader<File>>;

fn open(path: &Path) -> anyhow::Result<Open> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Document::new(BufReader::new(file)))
}

struct Reading<'r> {
    /// Parts in other folders are not followed.
    folder: PathBuf,
    domain: &'r str,
    take: &'r mut dyn FnMut(Read) -> anyhow::Result<()>,
    is_there: bool,
}

impl Reading<'_> {
    fn hosts(&mut self, document: &mut Open, path: &Path) -> anyhow::Result<()> {
        while let Some(child) = document.next_child()? {
            match child.is(XINCLUDE, "include") {
                true => self.include(document, &child, path, Self::host)?,
                false => self.host(document, &child, path)?,
            }
        }
        Ok(())
    }

    fn host(&mut self, document: &mut Open, host: &Tree, path: &Path) -> anyhow::Result<()> {
        let is_asked = host.is(PIE, "host") && host.attribute("jid").is_some_and(|jid| jid == self.domain);
        if !is_asked {
            return document.skip();
        }
        self.is_there = true;
        while let Some(child) = document.next_child()? {
            match child.is(XINCLUDE, "include") {
                true => self.include(document, &child, path, Self::user)?,
                false => self.user(document, &child, path)?,
            }
        }
        Ok(())
    }

    /// Reads what stands in another file of the folder instead.
    ///
    /// # Source
    /// XEP-0227 (1.1) section 5.
    fn include(
        &mut self,
        document: &mut Open,
        include: &Tree,
        path: &Path,
        read: fn(&mut Self, &mut Open, &Tree, &Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        document.skip()?;
        let href = include.attribute("href").unwrap_or_default();
        let beside = path.parent().unwrap_or(Path::new("/"));
        let found = beside.join(href).canonicalize().ok().filter(|part| part.starts_with(&self.folder));
        let Some(part) = found else {
            let why = "it is not a file in the folder of the document".to_owned();
            return (self.take)(Err(Unreadable { place: href.to_owned(), why }));
        };
        let mut document = open(&part)?;
        match document.next_child()? {
            Some(root) => read(self, &mut document, &root, &part),
            None => Ok(()),
        }
    }

    fn user(&mut self, document: &mut Open, user: &Tree, _: &Path) -> anyhow::Result<()> {
        let Some(name) = user.attribute("name").filter(|_| user.is(PIE, "user")) else {
            return document.skip();
        };
        let mut credentials = map::Credentials::new(user.attribute("password"));
        while let Some(child) = document.next_child()? {
            match Part::of(&child) {
                Part::Each(map) => self.each(document, name, map)?,
                Part::Items => self.items(document, name)?,
                Part::SetUps => self.set_ups(document, name)?,
                Part::Whole => match document.fill(child)? {
                    Some(child) if credentials.takes(&child) => {}
                    Some(child) => map::child(name, &child).into_iter().try_for_each(&mut *self.take)?,
                    None => (self.take)(Err(too_large(name)))?,
                },
            }
        }
        (self.take)(credentials.account(name))
    }

    /// Reads the children of an element one by one.
    fn each(&mut self, document: &mut Open, name: &str, map: Map) -> anyhow::Result<()> {
        while let Some(child) = document.next_child()? {
            match document.fill(child)? {
                Some(child) => (self.take)(map(name, &child))?,
                None => (self.take)(Err(too_large(name)))?,
            }
        }
        Ok(())
    }
}

/// What a child of an element stands for.
type Map = fn(&str, &Tree) -> Read;

fn too_large(name: &str) -> Unreadable {
    Unreadable { place: name.to_owned(), why: "an element is too large".to_owned() }
}

#[cfg(test)]
mod tests;
