use super::{
    super::{Portable, Read, Unreadable},
    element,
    term::{self, Term},
};
use anyhow::Context;
use parlance_xmpp::{
    forms::{Field, Form, FormType},
    write::Writer,
};
use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

/// Largest term, in bytes.
const TERM_BYTES_MAX: usize = 1 << 20;
const NODE_CONFIG: &str = "http://jabber.org/protocol/pubsub#node_config";

/// What has to be known before the rest: whose nodes have which numbers, and when rooms began.
#[derive(Default)]
struct Known {
    nodes: HashMap<i64, (String, String)>,
    rooms: HashMap<String, u64>,
}

/// Gives nodes, archives and rooms of a domain. No more than one term is held at a time, and of nodes and rooms
/// their names.
///
/// # Errors
/// When the file cannot be read, or `take` fails.
pub(super) fn read(
    file: &Path,
    domain: &str,
    take: &mut dyn FnMut(Read) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut known = Known::default();
    each(file, &mut |term| {
        if let Ok(term) = term {
            known.note(&term, domain);
        }
        Ok(())
    })?;
    each(file, &mut |term| match term {
        Ok(term) => known.read(&term, domain).map_or(Ok(()), |item| take(Ok(item))),
        Err(unreadable) => take(Err(unreadable)),
    })
}

fn each(
    file: &Path,
    take: &mut dyn FnMut(Result<Term, Unreadable>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut lines = BufReader::new(opened);
    let (mut text, mut number, mut is_too_large) = (Vec::new(), 0_u64, false);
    loop {
        let start = text.len();
        if lines.read_until(b'\n', &mut text)? == 0 {
            return Ok(());
        }
        let is_end = text[start..].trim_ascii_end().ends_with(b"}.");
        if text.len() > TERM_BYTES_MAX {
            is_too_large = true;
            text.clear();
        }
        if is_end {
            number += 1;
            let why = if is_too_large { "it is too large" } else { "it is no constant" };
            let unreadable =
                || Unreadable { place: format!("{} term {number}", file.display()), why: why.to_owned() };
            take(
                Some(&text)
                    .filter(|_| !is_too_large)
                    .and_then(|text| term::read(text))
                    .ok_or_else(unreadable),
            )?;
            text.clear();
            is_too_large = false;
        }
    }
}

impl Known {
    fn note(&mut self, term: &Term, domain: &str) -> Option<()> {
        match term.at(0)?.text()? {
            "pubsub_node" => {
                let (owner, host) = pair(term.at(1)?.at(0)?)?;
                let name = term.at(1)?.at(1)?.text()?;
                if host == domain {
                    self.nodes.insert(term.at(2)?.number()?, (owner.to_owned(), name.to_owned()));
                }
            }
            "archive_msg" => {
                let (room, host) = pair(term.at(1)?)?;
                if is_below(host, domain) {
                    self.rooms.entry(room.to_owned()).or_insert(moment(term.at(3)?)?);
                }
            }
            _ => {}
        }
        Some(())
    }

    fn read(&self, term: &Term, domain: &str) -> Option<Portable> {
        match term.at(0)?.text()? {
            "pubsub_node" => {
                let (owner, node) = self.nodes.get(&term.at(2)?.number()?)?.clone();
                let form = form(term.at(6)?);
                Some(Portable::Node { owner, node, form, members: Vec::new(), subscribers: Vec::new() })
            }
            "pubsub_item" => {
                let (owner, node) = self.nodes.get(&term.at(1)?.at(1)?.number()?)?.clone();
                let payload = term.at(5)?.at(0).and_then(element::xml).unwrap_or_default();
                Some(Portable::Item { owner, node, id: term.at(1)?.at(0)?.text()?.to_owned(), payload })
            }
            "archive_msg" => message(term, domain),
            "muc_room" => self.room(term, domain),
            _ => None,
        }
    }

    fn room(&self, term: &Term, domain: &str) -> Option<Portable> {
        let (name, _) = pair(term.at(1)?).filter(|(_, host)| is_below(host, domain))?;
        let options = term.at(2)?;
        let text = |key| options.get(key).and_then(Term::text).unwrap_or_default().to_owned();
        let is_set = |key| options.get(key).and_then(Term::text) == Some("true");
        // A list of texts in several languages.
        let subject = options.get("subject").and_then(|all| all.at(0)?.at(2)?.text().map(str::to_owned));
        let affiliations = options.get("affiliations").map(Term::parts).unwrap_or_default().iter();
        Some(Portable::Room {
            name: name.to_owned(),
            title: text("title"),
            subject: subject.unwrap_or_else(|| text("subject")),
            is_open: !is_set("members_only"),
            is_listed: is_set("public"),
            affiliations: affiliations.filter_map(affiliation).collect(),
            began_at: self.rooms.get(name).copied().unwrap_or_default(),
        })
    }
}

fn message(term: &Term, domain: &str) -> Option<Portable> {
    let (owner, host) = pair(term.at(1)?)?;
    let (id, at, stanza) = (term.at(2)?.text()?.to_owned(), moment(term.at(3)?)?, term.at(6)?);
    if host == domain {
        return Some(Portable::Message { owner: owner.to_owned(), id, at, stanza: element::xml(stanza)? });
    }
    if !is_below(host, domain) {
        return None;
    }
    let (name, server) = pair(term.at(5)?)?;
    let from = format!("{owner}@{host}/{}", term.at(7)?.text()?);
    let stanza = element::said_in(stanza, (&from, &format!("{name}@{server}")))?;
    Some(Portable::RoomMessage { room: owner.to_owned(), id, at, stanza })
}

/// The first two parts of an address or of what belongs to one.
fn pair(term: &Term) -> Option<(&str, &str)> {
    Some((term.at(0)?.text()?, term.at(1)?.text()?))
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|name| name.ends_with('.'))
}

/// Megaseconds, seconds and microseconds, in milliseconds since 1970.
fn moment(term: &Term) -> Option<u64> {
    let part = |place| term.at(place)?.number().and_then(|number| u64::try_from(number).ok());
    Some((part(0)? * 1_000_000 + part(1)?) * 1_000 + part(2)? / 1_000)
}

fn affiliation(pair_of: &Term) -> Option<(String, String)> {
    let (name, host) = pair(pair_of.at(0)?)?;
    let affiliation = pair_of.at(1)?;
    let affiliation = affiliation.text().or_else(|| affiliation.at(0)?.text())?;
    Some((format!("{name}@{host}"), affiliation.to_owned()))
}

fn form(options: &Term) -> String {
    let known = options.parts().iter().filter_map(|pair| Some((pair.at(0)?.text()?, values(pair.at(1)?))));
    let form = known.fold(Form::of_type(FormType::Form, NODE_CONFIG), |form, (name, values)| {
        let field = Field::new(&format!("pubsub#{name}"));
        form.field(values.iter().fold(field, |field, value| field.value(value)))
    });
    let mut xml = Writer::new();
    form.write(&mut xml);
    xml.finish()
}

fn values(term: &Term) -> Vec<String> {
    match term {
        Term::List(parts) => parts.iter().filter_map(|part| part.text().map(str::to_owned)).collect(),
        Term::Number(number) => vec![number.to_string()],
        other => other.text().map(str::to_owned).into_iter().collect(),
    }
}
