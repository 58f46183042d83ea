//! What ejabberd writes for those who move: documents in the form of XEP-0227, and for rooms, archives and
//! nodes, which those lack, the text of its database.
//!
//! # Source
//! ejabberd 23.01, commands `export_piefxis`, `export_piefxis_host` and `dump`.

mod dump;
mod element;
mod term;

use super::{Read, Unreadable, xep0227};
use anyhow::Context;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The file that `ejabberdctl dump` is to write.
const DUMP: &str = "dump";

/// Gives everything that a folder holds for a domain.
///
/// # Errors
/// When there is nothing for this domain, or `take` fails.
pub(crate) fn read(
    folder: &Path,
    domain: &str,
    take: &mut dyn FnMut(Read) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let document = newest(folder)?;
    xep0227::read(&document, domain, take)?;
    let dump = folder.join(DUMP);
    if dump.is_file() {
        return dump::read(&dump, domain, take);
    }
    let why = "it is not there, so rooms, archives and what clients published are left out".to_owned();
    take(Err(Unreadable { place: dump.display().to_string(), why }))
}

/// The document of the newest export: its name begins with its time, and that of a whole server is shorter
/// than those of the hosts it includes.
fn newest(folder: &Path) -> anyhow::Result<PathBuf> {
    let what = || format!("cannot read {}", folder.display());
    let entries = fs::read_dir(folder).with_context(what)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files = entries.collect::<Result<Vec<_>, _>>().with_context(what)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "xml"));
    let begun = |file: &PathBuf| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (name.split('_').next().unwrap_or_default().to_owned(), std::cmp::Reverse(name.len()))
    };
    let found = files.into_iter().max_by_key(begun);
    found.with_context(|| {
        format!("{} has no documents: name the folder of ejabberdctl export_piefxis", folder.display())
    })
}
