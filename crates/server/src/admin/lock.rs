use anyhow::{Context, bail};
use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    os::unix::fs::DirBuilderExt,
    path::Path,
};

/// The right to use a data folder, held by a running server or by a command that works on the folder
/// of a stopped one. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the right, making the folder first when there is none.
    ///
    /// # Errors
    /// When another process has it, or the folder cannot be used.
    pub(crate) fn take(data_dir: &Path) -> anyhow::Result<Self> {
        make_private(data_dir)?;
        let shown = data_dir.display();
        let file = open(data_dir).with_context(|| format!("cannot write to the data folder {shown}"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                bail!(
                    "a server is using the data folder {shown}: stop it first, or choose another folder with --data"
                )
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {shown}")),
        }
    }
}

fn open(data_dir: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(data_dir.join("lock"))
}

fn make_private(data_dir: &Path) -> anyhow::Result<()> {
    if fs::metadata(data_dir).is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .with_context(|| format!("cannot make the data folder {}", data_dir.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_folder_belongs_to_one_at_a_time_and_to_its_owner_only() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let data = dir.path().join("inner/data");
        let held = DataLock::take(&data).expect("free");
        let refused = DataLock::take(&data).expect_err("held");
        assert!(refused.to_string().contains("is using the data folder"));
        drop(held);
        DataLock::take(&data).expect("free again");
        let mode = fs::metadata(&data).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
