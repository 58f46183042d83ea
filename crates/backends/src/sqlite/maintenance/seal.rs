//! A backup ends with a checksum of everything before it, after the last page of the database, where
//! SQLite does not look. A file that is as long as its pages is a plain copy of a store.

use super::{MaintenanceError, at};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{Read, Result, Seek, SeekFrom, Write},
    path::Path,
};

/// The head of a database, and where it says how large a page is.
///
/// # Source
/// SQLite, "Database File Format", section 1.3.
const HEAD_BYTES: usize = 100;
const PAGE_SIZE_AT: usize = 16;
const SUM_BYTES: u64 = 32;
const BLOCK_BYTES: usize = 1 << 20;

/// Makes a backup of a finished copy that nobody has open.
pub(super) fn seal(copy: &Path) -> std::result::Result<(), MaintenanceError> {
    at(copy, append_sum(copy))
}

/// What is wrong with a backup as a file; `None` for one that is what was written, and for a store.
pub(super) fn find_damage(path: &Path) -> std::result::Result<Option<String>, MaintenanceError> {
    at(path, find(path))
}

fn append_sum(copy: &Path) -> Result<()> {
    let mut file = File::options().read(true).write(true).open(copy)?;
    let length = file.metadata()?.len();
    let sum = sum(&mut file, length)?;
    file.seek(SeekFrom::End(0))?;
    file.write_all(&sum)?;
    file.sync_all()
}

fn find(path: &Path) -> Result<Option<String>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    if !is_sealed(&mut file, length)? {
        return Ok(None);
    }
    let sealed = length.saturating_sub(SUM_BYTES);
    let expected = sum(&mut file, sealed)?;
    let mut said = Vec::new();
    file.seek(SeekFrom::Start(sealed))?;
    file.read_to_end(&mut said)?;
    let is_whole = said == expected;
    Ok((!is_whole).then(|| "the file is not what was written: its checksum does not fit".to_owned()))
}

/// Whether a file is longer than its pages.
fn is_sealed(file: &mut File, length: u64) -> Result<bool> {
    let mut head = [0; HEAD_BYTES];
    if length < HEAD_BYTES as u64 {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut head)?;
    let page_bytes = match head[PAGE_SIZE_AT..].first_chunk().map(|bytes| u16::from_be_bytes(*bytes)) {
        None | Some(0 | 1) => 1 << 16,
        Some(bytes) => u64::from(bytes),
    };
    Ok(!length.is_multiple_of(page_bytes))
}

/// The SHA-256 of the beginning of a file.
fn sum(file: &mut File, length: u64) -> Result<[u8; SUM_BYTES as usize]> {
    file.seek(SeekFrom::Start(0))?;
    let mut beginning = file.take(length);
    let mut block = vec![0; BLOCK_BYTES];
    let mut hasher = Sha256::new();
    loop {
        match beginning.read(&mut block)? {
            0 => return Ok(hasher.finalize().into()),
            read => hasher.update(&block[..read]),
        }
    }
}
