use anyhow::Context;
use parlance_hub::Redacted;
use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

const NAME: &str = "secret.key";

/// The key from which names that do not exist get their salts, and devices their tokens to reconnect with:
/// kept over restarts, so that both stay what they are. Whoever has it and the database has these tokens.
///
/// # Errors
/// When the file cannot be read or made, or is not a key.
pub(super) fn load_or_make(data_dir: &Path) -> anyhow::Result<Redacted<[u8; 32]>> {
    let path = data_dir.join(NAME);
    let shown = path.display();
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(&path).with_context(|| format!("cannot write {shown}"))?
        }
        read => read.with_context(|| format!("cannot read {shown}"))?,
    };
    let key = <[u8; 32]>::try_from(bytes).ok().with_context(|| format!("{shown} is damaged: remove it"))?;
    Ok(Redacted::new(key))
}

fn make(path: &Path) -> std::io::Result<Vec<u8>> {
    let key = rand::random::<[u8; 32]>();
    let unfinished = path.with_extension("new");
    let mut file =
        OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
    file.write_all(&key)?;
    file.sync_all()?;
    fs::rename(unfinished, path)?;
    Ok(key.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_stays_the_same_and_belongs_to_its_owner_only() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let made = load_or_make(dir.path()).expect("a writable folder");
        let kept = load_or_make(dir.path()).expect("a readable file");
        assert_eq!(made.expose(), kept.expose());
        let mode = fs::metadata(dir.path().join(NAME)).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(dir.path().join(NAME), "short").expect("a writable file");
        assert!(load_or_make(dir.path()).is_err());
    }
}
