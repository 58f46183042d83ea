use crate::{
    net::{bind, expires_at, load_certificate},
    observe::open_files_max,
    settings::{Settings, Storage, TlsFiles},
};
use parlance_backends::sqlite::{PendingMigration, pending_migrations};
use serde::Serialize;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

const FREE_BYTES_MIN: u64 = 1 << 30;
const SYNC_TIME_MAX: Duration = Duration::from_millis(50);
/// A certificate that ends sooner than this should have been renewed.
const EXPIRY_DAYS_MIN: u64 = 14;
/// Files that are open besides connections.
const OTHER_FILES: u64 = 100;
/// No clock that is right shows less: 1 January 2026.
const EARLIEST: Duration = Duration::from_secs(1_767_225_600);

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Good,
    /// Worth knowing.
    Note,
    /// Something has to be done.
    Bad,
}

/// What was found out about one thing.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) verdict: Verdict,
    pub(super) found: String,
    /// What to do; only when something is to be done.
    pub(super) advice: Option<String>,
}

impl Finding {
    pub(super) fn good(check: &'static str, found: String) -> Self {
        Self { check, verdict: Verdict::Good, found, advice: None }
    }

    pub(super) fn note(check: &'static str, found: String) -> Self {
        Self { check, verdict: Verdict::Note, found, advice: None }
    }

    pub(super) fn bad(check: &'static str, found: &str, advice: &str) -> Self {
        Self { check, verdict: Verdict::Bad, found: found.to_owned(), advice: Some(advice.to_owned()) }
    }

    /// One line for people.
    pub(super) fn line(&self) -> String {
        let word = match self.verdict {
            Verdict::Good => "ok  ",
            Verdict::Note => "note",
            Verdict::Bad => "BAD ",
        };
        let advice = self.advice.as_ref().map(|advice| format!("; {advice}")).unwrap_or_default();
        format!("{word}  {:<13} {}{advice}\n", self.check, self.found)
    }
}

/// Whether this program can use the database, and what its next start changes about it.
pub(super) fn database(storage: &Storage) -> Finding {
    const NAME: &str = "database";
    let Storage::Sqlite(path) = storage;
    if !path.exists() {
        return Finding::note(NAME, format!("{} does not exist yet; the server makes it", path.display()));
    }
    match pending_migrations(path) {
        Ok(pending) if pending.is_empty() => Finding::good(NAME, "has the schema of this program".to_owned()),
        Ok(pending) => {
            let line = |one: &PendingMigration| format!("{} ({}; {})", one.version, one.title, one.kind);
            let changes = pending.iter().map(line).collect::<Vec<_>>().join(", ");
            Finding::note(NAME, format!("the next start migrates it to {changes}"))
        }
        Err(error) => {
            Finding::bad(NAME, &error.to_string(), "start the program that fits, or restore a backup")
        }
    }
}

pub(super) fn data_folder(dir: &Path) -> Finding {
    const NAME: &str = "data folder";
    if !dir.exists() {
        return Finding::note(NAME, format!("{} does not exist yet; the server makes it", dir.display()));
    }
    match with_probe(dir, |_| Ok(())) {
        Ok(()) => Finding::good(NAME, format!("{} can be written", dir.display())),
        Err(error) => Finding::bad(
            NAME,
            &format!("{}: {error}", dir.display()),
            "let the server's user own this folder",
        ),
    }
}

pub(super) fn free_space(dir: &Path) -> Finding {
    const NAME: &str = "free space";
    let existing = dir.ancestors().find(|dir| dir.exists()).filter(|dir| !dir.as_os_str().is_empty());
    match rustix::fs::statvfs(existing.unwrap_or(Path::new("."))) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let found = format!("{} MiB", free >> 20);
            if free < FREE_BYTES_MIN {
                Finding::bad(NAME, &found, "make room: a full disk refuses all messages")
            } else {
                Finding::good(NAME, found)
            }
        }
        Err(error) => Finding::bad(NAME, &error.to_string(), "check that the disk is mounted"),
    }
}

pub(super) fn sync(dir: &Path) -> Finding {
    const NAME: &str = "disk sync";
    if !dir.exists() {
        return Finding::note(NAME, "not measured, there is no data folder yet".to_owned());
    }
    let measured = with_probe(dir, |file| {
        file.write_all(&[0; 4096])?;
        let started = Instant::now();
        file.sync_data()?;
        Ok(started.elapsed())
    });
    match measured {
        Ok(elapsed) => {
            let found = format!("{:.1} ms", elapsed.as_secs_f64() * 1e3);
            if elapsed > SYNC_TIME_MAX {
                Finding::bad(NAME, &found, "every message waits for this: use a faster local disk")
            } else {
                Finding::good(NAME, found)
            }
        }
        Err(error) => Finding::bad(NAME, &error.to_string(), "messages cannot be kept here: check the disk"),
    }
}

/// Runs something on a file that is gone afterwards.
fn with_probe<T>(dir: &Path, run: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
    let path = dir.join(format!("doctor-{}", std::process::id()));
    let outcome = File::create_new(&path).and_then(|mut file| run(&mut file));
    let removed = fs::remove_file(&path);
    outcome.and_then(|value| removed.map(|()| value))
}

pub(super) fn clock() -> Finding {
    const NAME: &str = "clock";
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(now) if now > EARLIEST => Finding::good(NAME, "plausible".to_owned()),
        _ => Finding::bad(NAME, "long before today", "set the clock: times of messages come from it"),
    }
}

pub(super) fn open_files(connections_max: Option<u32>) -> Finding {
    const NAME: &str = "open files";
    let Some(max) = open_files_max() else {
        return Finding::good(NAME, "not limited".to_owned());
    };
    let needed = u64::from(connections_max.unwrap_or(0)) + OTHER_FILES;
    let found = format!("{max} allowed, {needed} needed for limits.connections_max");
    if max < needed {
        Finding::bad(NAME, &found, "raise it (LimitNOFILE= in the unit, or ulimit -n), or lower the setting")
    } else {
        Finding::good(NAME, found)
    }
}

pub(super) fn certificate(files: &TlsFiles) -> Finding {
    const NAME: &str = "certificate";
    let key = match load_certificate(files) {
        Ok(key) => key,
        Err(error) => {
            return Finding::bad(NAME, &format!("{error:#}"), "get a certificate and its key in PEM");
        }
    };
    let expiry = key.cert.first().and_then(expires_at);
    let days = expiry
        .and_then(|expiry| expiry.duration_since(SystemTime::now()).ok())
        .map(|left| left.as_secs() / 86_400);
    match days {
        Some(days) if days >= EXPIRY_DAYS_MIN => Finding::good(NAME, format!("ends in {days} days")),
        Some(days) => Finding::bad(NAME, &format!("ends in {days} days"), "renew it and send SIGHUP"),
        None => Finding::bad(NAME, "has ended", "renew it and send SIGHUP"),
    }
}

pub(super) fn ports(settings: &Settings) -> Vec<Finding> {
    [("http.listen", &settings.http.listen), ("admin.listen", &settings.admin.listen)]
        .into_iter()
        .map(|(key, listen)| match bind(key, listen) {
            Ok(bound) if bound.left_out.is_empty() => Finding::good("port", format!("{key} is free")),
            Ok(_) => Finding::bad("port", &format!("the default of {key} is taken"), "set it to a free port"),
            Err(error) => Finding::bad("port", &format!("{error:#}"), "see there"),
        })
        .collect()
}
