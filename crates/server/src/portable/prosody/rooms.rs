use super::{
    super::{Portable, Read, Unreadable, lua::Value},
    Take, contents_of, encoded, files, list, name_of, text_of,
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// What a component of rooms keeps for itself.
pub(super) const OWN: &[&str] = &["config", "muc_log", "state", "persistent", "muc_log_cleanup"];

/// Gives the rooms of all components below a domain, and what was said in them.
///
/// # Source
/// Prosody 0.12, mod_muc and mod_muc_mam.
pub(super) fn read(data: &Path, domain: &str, take: Take<'_>) -> anyhow::Result<()> {
    for component in components(data, domain)? {
        for file in files(&component.join("config"), "dat")? {
            take(room(&component, &file))?;
        }
        for file in files(&component.join("muc_log"), "list")? {
            let Some(name) = name_of(&file) else { continue };
            list::each(&file, &mut |item| take(item.and_then(|item| list::room_message(&name, &item))))?;
        }
        super::name_unread(&component, OWN, take)?;
    }
    Ok(())
}

fn components(data: &Path, domain: &str) -> anyhow::Result<Vec<PathBuf>> {
    let ending = format!("%2e{}", encoded(domain));
    let entries = fs::read_dir(data)?.map(|entry| entry.map(|entry| entry.path()));
    let mut found = entries.collect::<Result<Vec<_>, _>>()?;
    found.retain(|path| {
        let is_below =
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with(&ending));
        is_below && path.join("config").is_dir()
    });
    found.sort_unstable();
    Ok(found)
}

fn room(component: &Path, file: &Path) -> Read {
    let unreadable = |why| Unreadable { place: file.display().to_string(), why };
    let name = name_of(file).ok_or_else(|| unreadable("its name is no room's".to_owned()))?;
    let value = contents_of(file).map_err(unreadable)?;
    let log = component.join("muc_log").join(file.with_extension("list").file_name().unwrap_or_default());
    let began_at =
        list::first(&log).as_ref().and_then(list::when).or_else(|| changed_at(file)).unwrap_or_default();
    let data = value.get("_data").cloned().unwrap_or(Value::Nil);
    let is_set = |name| data.get(name) == Some(&Value::Bool(true));
    Ok(Portable::Room {
        name,
        title: text_of(&data, "name").to_owned(),
        subject: text_of(&data, "subject").to_owned(),
        is_open: !is_set("members_only"),
        is_listed: !is_set("hidden"),
        affiliations: affiliations(&value),
        began_at,
    })
}

/// Prosody 0.12 has them beside what else it keeps of a room, earlier versions in a table of their own.
fn affiliations(room: &Value) -> Vec<(String, String)> {
    let older = room.get("_affiliations").map(Value::entries).unwrap_or_default();
    let all = room.entries().iter().chain(older);
    let people = all.filter_map(|(who, affiliation)| Some((who.text()?, affiliation.text()?)));
    let people = people.filter(|(who, _)| who.contains('@'));
    people.map(|(who, affiliation)| (who.to_owned(), affiliation.to_owned())).collect()
}

fn changed_at(file: &Path) -> Option<u64> {
    let changed = fs::metadata(file).ok()?.modified().ok()?;
    u64::try_from(changed.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}
