use super::super::{
    Portable, Read, Unreadable,
    lua::{self, Value},
};
use super::{element, text_of};
use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

/// Largest thing in a list, in bytes.
const ITEM_BYTES_MAX: usize = 1 << 20;
/// With what an item begins and ends, on lines of their own.
const BEGIN: &[u8] = b"item(";
const END: &[u8] = b"});";

/// Reads a list item by item: no more than one of them is held.
///
/// # Errors
/// When the file cannot be read, or `take` fails.
pub(super) fn each(
    file: &Path,
    take: &mut dyn FnMut(Result<Value, Unreadable>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut lines = BufReader::new(File::open(file)?);
    let (mut item, mut number, mut is_too_large) = (Vec::new(), 0_u64, false);
    loop {
        let start = item.len();
        if lines.read_until(b'\n', &mut item)? == 0 {
            return Ok(());
        }
        let is_end = item[start..].trim_ascii_end() == END;
        if item.len() > ITEM_BYTES_MAX {
            is_too_large = true;
            item.clear();
        }
        if is_end {
            number += 1;
            let unreadable = |why: &str| Unreadable {
                place: format!("{} item {number}", file.display()),
                why: why.to_owned(),
            };
            let read = match is_too_large {
                true => Err(unreadable("an element is too large")),
                false => parse(&item).ok_or_else(|| unreadable("not data of Prosody")),
            };
            take(read)?;
            item.clear();
            is_too_large = false;
        }
    }
}

fn parse(item: &[u8]) -> Option<Value> {
    let inner = item.trim_ascii().strip_prefix(BEGIN)?.strip_suffix(b");")?;
    lua::read(&[b"return ", inner].concat()).ok()
}

/// The first thing in a list.
pub(super) fn first(file: &Path) -> Option<Value> {
    let mut found = None;
    // Stops at the first one.
    let _stopped = each(file, &mut |item| {
        found = item.ok();
        anyhow::bail!("enough")
    });
    found
}

/// When something was put into a list, in milliseconds since 1970.
pub(super) fn when(item: &Value) -> Option<u64> {
    match item.get("when") {
        Some(Value::Number(seconds)) if *seconds >= 0.0 => Some((seconds * 1_000.0) as u64),
        _ => None,
    }
}

/// A message of an archive, or one that waits.
pub(super) fn message(owner: &str, item: &Value) -> Read {
    let (owner, id) = (owner.to_owned(), text_of(item, "key").to_owned());
    match when(item).zip(element(item, "jabber:client")) {
        Some((at, stanza)) => Ok(Portable::Message { owner, id, at, stanza }),
        None => Err(Unreadable { place: owner, why: "a message without its time".to_owned() }),
    }
}

/// A message of a room.
pub(super) fn room_message(room: &str, item: &Value) -> Read {
    message(room, item).map(|message| match message {
        Portable::Message { owner: room, id, at, stanza } => Portable::RoomMessage { room, id, at, stanza },
        other => other,
    })
}

/// An item of a node.
pub(super) fn node_item(owner: &str, node: &str, item: &Value) -> Read {
    let (owner, node, id) = (owner.to_owned(), node.to_owned(), text_of(item, "key").to_owned());
    Ok(Portable::Item { owner, node, id, payload: element(item, "").unwrap_or_default() })
}
