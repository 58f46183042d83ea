//! The data folder of Prosody with its internal storage.
//!
//! # Source
//! Prosody 0.12, "Data storage: internal": one folder for each host and store, one file for each account.

use super::{
    Portable, Read, Unreadable, VCARD,
    lua::{self, Value},
    private_node,
};
use anyhow::Context;
use parlance_core::{
    account::Contact,
    subscription::{Direction, Subscription},
};
use parlance_hub::{
    Redacted,
    ports::{ScramHash, ScramVerifier},
};
use parlance_xmpp::write::Writer;
use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

/// Largest file of one account.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// What a file of a store holds for somebody; `None` when it is of no use.
type Store = fn(&str, &Value) -> Option<Vec<Portable>>;
/// The stores that are read, accounts first.
const STORES: &[(&str, Store)] = &[
    ("accounts", account),
    ("roster", roster),
    ("blocklist", blocked),
    ("vcard", vcard),
    ("private", private),
];

/// Gives everything that is kept for a domain, file by file, accounts first.
///
/// # Errors
/// When there is nothing for this domain, or `take` fails.
pub(crate) fn read(
    data: &Path,
    domain: &str,
    take: &mut dyn FnMut(Read) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let host = data.join(encoded(domain));
    if !host.join("accounts").is_dir() {
        anyhow::bail!(
            "{} has no accounts of {domain}: name the data folder of Prosody, and set domain to the host to import",
            data.display()
        );
    }
    for (store, items) in STORES {
        for file in files(&host.join(store))? {
            read_file(&file, *items).into_iter().try_for_each(&mut *take)?;
        }
    }
    Ok(())
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let what = || format!("cannot read {}", folder.display());
    let entries = fs::read_dir(folder).with_context(what)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files = entries.collect::<Result<Vec<_>, _>>().with_context(what)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "dat"));
    files.sort_unstable();
    Ok(files)
}

fn read_file(file: &Path, items: Store) -> Vec<Read> {
    let unreadable = |why| vec![Err(Unreadable { place: file.display().to_string(), why })];
    let Some(name) = file.file_stem().and_then(|stem| stem.to_str()).and_then(decoded) else {
        return unreadable("its name is no account's".to_owned());
    };
    let bytes = match contents(file) {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(error.to_string()),
    };
    match lua::read(&bytes) {
        Ok(value) => match items(&name, &value) {
            Some(found) => found.into_iter().map(Ok).collect(),
            None => unreadable("no password or verifier that can be used".to_owned()),
        },
        Err(at) => unreadable(format!("not data of Prosody at byte {at}")),
    }
}

fn contents(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn account(name: &str, value: &Value) -> Option<Vec<Portable>> {
    let name = name.to_owned();
    if let Some(password) = value.get("password").and_then(Value::text) {
        return Some(vec![Portable::Password { name, password: Redacted::new(password.to_owned()) }]);
    }
    let verifiers = vec![verifier(value)?];
    Some(vec![Portable::Verifiers { name, verifiers }])
}

/// Which hash function it is stands nowhere but in the settings of that server; the keys are as long as it.
fn verifier(value: &Value) -> Option<ScramVerifier> {
    let stored_key = hex(value.get("stored_key")?.text()?)?;
    Some(ScramVerifier {
        hash: if stored_key.len() == 20 { ScramHash::Sha1 } else { ScramHash::Sha256 },
        salt: value.get("salt")?.bytes()?.to_vec(),
        iterations: value.get("iteration_count")?.whole()?,
        server_key: hex(value.get("server_key")?.text()?)?,
        stored_key,
    })
}

fn roster(owner: &str, value: &Value) -> Option<Vec<Portable>> {
    let people = value.entries().iter().filter_map(|(key, item)| Some((key.text()?, item)));
    let people = people.filter(|(who, _)| who.contains('@'));
    Some(people.map(|(who, item)| contact(owner, who, listed(item))).collect())
}

fn contact(owner: &str, who: &str, contact: Contact) -> Portable {
    Portable::Contact { owner: owner.to_owned(), who: who.to_owned(), contact }
}

fn listed(item: &Value) -> Contact {
    let text = |name| item.get(name).and_then(Value::text).unwrap_or_default();
    let groups = item.get("groups").map(Value::entries).unwrap_or_default();
    Contact {
        alias: text("name").to_owned(),
        groups: groups.iter().filter_map(|(group, _)| group.text().map(str::to_owned)).collect(),
        is_listed: true,
        subscription: subscription(text("subscription"), text("ask") == "subscribe"),
        ..Contact::nobody()
    }
}

/// The states of a roster.
///
/// # Source
/// RFC 6121 section 2.1.2.5.
pub(super) fn subscription(state: &str, is_asking: bool) -> Subscription {
    let granted = |is_granted| if is_granted { Direction::Granted } else { Direction::None };
    let outgoing = match granted(matches!(state, "to" | "both")) {
        Direction::None if is_asking => Direction::Pending,
        outgoing => outgoing,
    };
    Subscription { outgoing, incoming: granted(matches!(state, "from" | "both")), is_approved: false }
}

fn blocked(owner: &str, value: &Value) -> Option<Vec<Portable>> {
    let people = value.entries().iter().filter_map(|(key, _)| key.text());
    let block = || Contact { blocked: true, ..Contact::nobody() };
    Some(people.filter(|who| who.contains('@')).map(|who| contact(owner, who, block())).collect())
}

fn vcard(owner: &str, value: &Value) -> Option<Vec<Portable>> {
    Some(element(owner, VCARD.to_owned(), value).into_iter().collect())
}

fn private(owner: &str, value: &Value) -> Option<Vec<Portable>> {
    let elements = value.entries().iter().filter_map(|(_, kept)| {
        let namespace = kept.get("attr")?.get("xmlns")?.text()?;
        element(owner, private_node(namespace, kept.get("name")?.text()?), kept)
    });
    Some(elements.collect())
}

fn element(owner: &str, node: String, value: &Value) -> Option<Portable> {
    let mut xml = Writer::new();
    write(value, &mut xml)?;
    Some(Portable::Element { owner: owner.to_owned(), node, payload: xml.finish() })
}

fn write<'v>(value: &'v Value, xml: &mut Writer<'v>) -> Option<()> {
    xml.start(value.get("name")?.text()?);
    for (name, attribute) in value.get("attr").map(Value::entries).unwrap_or_default() {
        // Attributes of a namespace hold it before this character.
        if let (Some(name), Some(attribute)) =
            (name.text().filter(|name| !name.contains('\u{1}')), attribute.text())
        {
            xml.attribute(name, attribute);
        }
    }
    for (_, child) in value.entries().iter().filter(|(key, _)| matches!(key, Value::Number(_))) {
        match child.text() {
            Some(text) => {
                xml.text(text);
            }
            None => write(child, xml)?,
        }
    }
    xml.end();
    Some(())
}

/// Prosody writes all but letters and digits of a name as `%` and two hexadecimal digits.
fn encoded(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02x}"),
        })
        .collect()
}

fn decoded(name: &str) -> Option<String> {
    let mut parts = name.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let pairs = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok());
    pairs.collect()
}
