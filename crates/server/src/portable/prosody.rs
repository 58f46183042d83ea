//! The data folder of Prosody with its internal storage.
//!
//! # Source
//! Prosody 0.12, "Data storage: internal": one folder for each host and store, one file for each account.

mod list;
mod nodes;
mod rooms;

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
    ("pep", nodes::read),
];
/// The stores that are lists of messages of somebody, oldest first.
const LISTS: &[&str] = &["archive", "offline"];
/// With what the names of stores of items begin.
const ITEMS: &str = "pep_";
/// Takes what was read.
type Take<'t> = &'t mut dyn FnMut(Read) -> anyhow::Result<()>;

/// Gives everything that is kept for a domain, file by file, accounts first.
///
/// # Errors
/// When there is nothing for this domain, or `take` fails.
pub(crate) fn read(data: &Path, domain: &str, take: Take<'_>) -> anyhow::Result<()> {
    let host = data.join(encoded(domain));
    if !host.join("accounts").is_dir() {
        anyhow::bail!(
            "{} has no accounts of {domain}: name the data folder of Prosody, and set domain to the host to import",
            data.display()
        );
    }
    for (store, items) in STORES {
        for file in files(&host.join(store), "dat")? {
            read_file(&file, *items).into_iter().try_for_each(&mut *take)?;
        }
    }
    for store in folders(&host)? {
        if let Some(node) = store.strip_prefix(ITEMS).and_then(decoded) {
            read_list(&host.join(&store), &|owner, item| list::node_item(owner, &node, item), take)?;
        }
    }
    for store in LISTS {
        read_list(&host.join(store), &list::message, take)?;
    }
    let known: Vec<_> = STORES.iter().map(|(store, _)| *store).chain(LISTS.iter().copied()).collect();
    name_unread(&host, &known, take)?;
    rooms::read(data, domain, take)
}

/// Reads the lists of everybody in a store.
fn read_list(store: &Path, map: &dyn Fn(&str, &Value) -> Read, take: Take<'_>) -> anyhow::Result<()> {
    for file in files(store, "list")? {
        let Some(owner) = name_of(&file) else { continue };
        list::each(&file, &mut |item| take(item.and_then(|item| map(&owner, &item))))?;
    }
    Ok(())
}

/// Names the stores of a host that nobody reads.
fn name_unread(host: &Path, known: &[&str], take: Take<'_>) -> anyhow::Result<()> {
    for store in folders(host)? {
        if !known.contains(&store.as_str()) && !store.starts_with(ITEMS) {
            let place = host.join(store).display().to_string();
            take(Err(Unreadable { place, why: "this store is not taken over".to_owned() }))?;
        }
    }
    Ok(())
}

fn folders(host: &Path) -> anyhow::Result<Vec<String>> {
    let what = || format!("cannot read {}", host.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(host).with_context(what)? {
        let entry = entry.with_context(what)?;
        names.extend(entry.file_name().into_string().ok().filter(|_| entry.path().is_dir()));
    }
    names.sort_unstable();
    Ok(names)
}

/// Whose a file is.
fn name_of(file: &Path) -> Option<String> {
    file.file_stem().and_then(|stem| stem.to_str()).and_then(decoded)
}

fn files(folder: &Path, ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let what = || format!("cannot read {}", folder.display());
    let entries = fs::read_dir(folder).with_context(what)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files = entries.collect::<Result<Vec<_>, _>>().with_context(what)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == ending));
    files.sort_unstable();
    Ok(files)
}

fn read_file(file: &Path, items: Store) -> Vec<Read> {
    let unreadable = |why| vec![Err(Unreadable { place: file.display().to_string(), why })];
    let Some(name) = name_of(file) else {
        return unreadable("its name is no account's".to_owned());
    };
    match contents_of(file) {
        Ok(value) => match items(&name, &value) {
            Some(found) => found.into_iter().map(Ok).collect(),
            None => unreadable("no password or verifier that can be used".to_owned()),
        },
        Err(why) => unreadable(why),
    }
}

/// What a file holds, or why it cannot be read.
fn contents_of(file: &Path) -> Result<Value, String> {
    let bytes = contents(file).map_err(|error| error.to_string())?;
    lua::read(&bytes).map_err(|at| format!("not data of Prosody at byte {at}"))
}

fn contents(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text_of<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::text).unwrap_or_default()
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
    Some(alone(owner, VCARD.to_owned(), value).into_iter().collect())
}

fn private(owner: &str, value: &Value) -> Option<Vec<Portable>> {
    let elements = value.entries().iter().filter_map(|(_, kept)| {
        let namespace = kept.get("attr")?.get("xmlns")?.text()?;
        alone(owner, private_node(namespace, kept.get("name")?.text()?), kept)
    });
    Some(elements.collect())
}

fn alone(owner: &str, node: String, value: &Value) -> Option<Portable> {
    Some(Portable::Element { owner: owner.to_owned(), node, payload: element(value, "")? })
}

/// An element as XML, in a namespace unless it says another.
fn element(value: &Value, namespace: &str) -> Option<String> {
    let mut xml = Writer::new();
    let is_said = value.get("attr").is_some_and(|attributes| attributes.get("xmlns").is_some());
    let namespace = Some(namespace).filter(|namespace| !is_said && !namespace.is_empty());
    write(value, namespace, &mut xml)?;
    Some(xml.finish())
}

fn write<'v>(value: &'v Value, namespace: Option<&str>, xml: &mut Writer<'v>) -> Option<()> {
    xml.start(value.get("name")?.text()?);
    xml.attribute_if("xmlns", namespace);
    for (name, attribute) in value.get("attr").map(Value::entries).unwrap_or_default() {
        // Attributes of a namespace hold it before this character. What is in a list got a stamp.
        let is_own =
            |name: &&str| !name.contains('\u{1}') && (*name != "stamp" || value.get("when").is_none());
        if let (Some(name), Some(attribute)) = (name.text().filter(is_own), attribute.text()) {
            xml.attribute(name, attribute);
        }
    }
    for (_, child) in value.entries().iter().filter(|(key, _)| matches!(key, Value::Number(_))) {
        match child.text() {
            Some(text) => {
                xml.text(text);
            }
            None => write(child, None, xml)?,
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
