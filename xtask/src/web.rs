//! The web client: whether its parts are there and fresh, and building them.

use crate::{
    Outcome,
    command::{at, npm, show},
    needs,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Whether the project has a web client.
pub(crate) fn exists() -> bool {
    at("web/package.json").is_file()
}

/// Fetches the client's packages unless they are those of the lock file.
pub(crate) fn install() -> Outcome {
    let lock = modified(&at("web/package-lock.json"));
    if lock.is_some() && modified(&at("web/node_modules/.package-lock.json")) >= lock {
        return Ok(());
    }
    show(npm(["ci"]))
}

/// Builds the client unless what was built is newer than everything it is made of.
pub(crate) fn build() -> Outcome {
    let newest = newest_source().map_err(|error| format!("web: {error}"))?;
    if modified(&at("web/dist/index.html")) >= newest {
        return Ok(());
    }
    show(npm(["run", "build"]))
}

/// Takes a picture of every screen of the client in a browser, into docs/.
pub(crate) fn pictures() -> Outcome {
    let chromium = needs::find("chromium").expect("chromium is in the table");
    if !chromium.is_there() {
        chromium.install()?;
    }
    install()?;
    show(npm(["run", "pictures"]))
}

/// When the last of the client's sources was changed.
fn newest_source() -> io::Result<Option<SystemTime>> {
    let mut newest = None;
    for entry in fs::read_dir(at("web"))? {
        let name = entry?.file_name();
        if name != "dist" && name != "node_modules" {
            newest = newest.max(newest_below(&at("web").join(name))?);
        }
    }
    Ok(newest)
}

fn newest_below(path: &Path) -> io::Result<Option<SystemTime>> {
    if !path.is_dir() {
        return Ok(modified(path));
    }
    let children: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    children.iter().try_fold(None, |newest, child| Ok(newest_below(child)?.max(newest)))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
