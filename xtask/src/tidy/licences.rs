//! Each crate says under which licence it is given.

use super::Finding;
use crate::{toml, tree::File};

/// What others may build into their own programs; everything else is AGPL.
const PERMISSIVE: &[&str] = &["parlance-api", "parlance-client", "parlance-xmpp"];

/// Every manifest has the licence of its kind, and permissive crates carry the text with them.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let manifests = files.iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    manifests.flat_map(|manifest| check_manifest(manifest, files)).collect()
}

fn check_manifest(manifest: &File, files: &[File]) -> Vec<Finding> {
    let tables = toml::parse(&manifest.text).unwrap_or_default();
    let Some(package) = tables.iter().find(|table| table.name == "package") else { return Vec::new() };
    let name = package.text("name").unwrap_or_default();
    let is_inherited = package.entries.iter().any(|(key, _)| key == "license.workspace");
    let said = if is_inherited { Some("AGPL-3.0-only") } else { package.text("license") };
    let is_permissive = PERMISSIVE.contains(&name);
    let expected = if is_permissive { "Apache-2.0" } else { "AGPL-3.0-only" };
    let text = manifest.path.replace("Cargo.toml", "LICENSE");
    let lacks_text = is_permissive && !files.iter().any(|file| file.path == text);
    let wrong = (said != Some(expected)).then(|| {
        format!("{name} must say `license = \"{expected}\"`: what clients build in is Apache-2.0, the rest AGPL-3.0-only")
    });
    let without_text = lacks_text
        .then(|| format!("{name} is given to others by itself and needs its licence beside it: add {text}"));
    wrong.into_iter().chain(without_text).map(|message| Finding::new(manifest, 1, message)).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{files, only},
        *,
    };

    const API: &str = "[package]\nname = \"parlance-api\"\nlicense = \"Apache-2.0\"\n";

    #[test]
    fn a_crate_under_the_wrong_licence_is_found() {
        let text = "[package]\nname = \"parlance-core\"\nlicense = \"MIT\"\n";
        only(check(&files([("crates/core/Cargo.toml", text)])));
        only(check(&files([("crates/core/Cargo.toml", "[package]\nname = \"parlance-core\"\n")])));
        let inherited = "[package]\nname = \"parlance-core\"\nlicense.workspace = true\n";
        assert!(check(&files([("crates/core/Cargo.toml", inherited)])).is_empty());
    }

    #[test]
    fn a_permissive_crate_without_its_licence_text_is_found() {
        only(check(&files([("crates/api/Cargo.toml", API)])));
        assert!(check(&files([("crates/api/Cargo.toml", API), ("crates/api/LICENSE", "Apache")])).is_empty());
    }
}
