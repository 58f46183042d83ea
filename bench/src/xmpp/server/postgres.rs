//! PostgreSQL from Debian's package, for archives of others.

use super::{child::Child, free_address};
use crate::measure::eventually;
use anyhow::{Context, ensure};
use rustix::process::Signal;
use std::{
    fs,
    net::SocketAddr,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tempfile::TempDir;

const PROGRAMS: &str = "/usr/lib/postgresql";
/// The tables of ejabberd.
const TABLES: &str = "/usr/share/ejabberd/sql/pg.sql";

const START_TIME_MAX: Duration = Duration::from_secs(30);

/// A database that runs, empty but for the tables of ejabberd.
pub(super) struct Postgres {
    server: Child,
    address: SocketAddr,
    _dir: TempDir,
}

impl Postgres {
    /// The user and the database.
    pub(super) const NAME: &'static str = "postgres";

    pub(super) async fn start() -> anyhow::Result<Self> {
        let programs = programs()?;
        let dir = tempfile::Builder::new().prefix("parlance-bench-postgresql-").tempdir()?;
        let user = User::to_run_as()?;
        user.own(dir.path())?;
        let data = dir.path().join("data");
        let mut initdb = user.command(programs.join("initdb"));
        finish(initdb.arg("-D").arg(&data).args([
            "--auth=trust",
            "--username",
            Self::NAME,
            "--encoding=UTF8",
        ]))?;
        let address = free_address()?;
        let mut postgres = user.command(programs.join("postgres"));
        postgres.arg("-D").arg(&data).arg("-k").arg(dir.path()).args([
            "-h",
            "127.0.0.1",
            "-p",
            &address.port().to_string(),
        ]);
        let server = Child::start(&mut postgres, &dir.path().join("log"))?;
        let mut running = Self { server, address, _dir: dir };
        running.server.until_listening(address).await?;
        running.until_accepting(&programs).await?;
        running.make_tables(&programs)?;
        Ok(running)
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(super) fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Ends it without waiting for those who are connected.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        self.server.stop_with(Signal::INT).await
    }

    /// It listens before it can answer.
    async fn until_accepting(&self, programs: &Path) -> anyhow::Result<()> {
        let is_ready = || {
            let mut probe = Command::new(programs.join("pg_isready"));
            probe.args(["--quiet", "-h", "127.0.0.1", "-p", &self.port().to_string()]);
            probe.status().is_ok_and(|status| status.success())
        };
        ensure!(eventually(is_ready, START_TIME_MAX).await, "it does not accept connections");
        Ok(())
    }

    fn make_tables(&self, programs: &Path) -> anyhow::Result<()> {
        let mut psql = Command::new(programs.join("psql"));
        psql.args(["--quiet", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", Self::NAME, "-f", TABLES])
            .args(["-p", &self.port().to_string(), Self::NAME]);
        finish(&mut psql)
    }
}

/// The folder of the newest version's programs.
fn programs() -> anyhow::Result<PathBuf> {
    const ADVICE: &str = "apt-get install postgresql";
    let versions = fs::read_dir(PROGRAMS).context(ADVICE)?.filter_map(|entry| Some(entry.ok()?.path()));
    let folders =
        versions.map(|version| version.join("bin")).filter(|folder| folder.join("initdb").is_file());
    folders.max_by_key(|folder| version_of(folder)).context(ADVICE)
}

fn version_of(programs: &Path) -> u32 {
    let version = programs.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    version.and_then(|version| version.parse().ok()).unwrap_or_default()
}

/// PostgreSQL refuses to run as the superuser.
struct User {
    ids: Option<(u32, u32)>,
}

impl User {
    /// The user of Debian's package when this program runs as the superuser.
    fn to_run_as() -> anyhow::Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self { ids: None });
        }
        let ids = ids_of(&fs::read_to_string("/etc/passwd")?, Postgres::NAME);
        Ok(Self { ids: Some(ids.context("there is no user `postgres`")?) })
    }

    fn own(&self, dir: &Path) -> anyhow::Result<()> {
        match self.ids {
            Some((user, group)) => Ok(chown(dir, Some(user), Some(group))?),
            None => Ok(()),
        }
    }

    fn command(&self, program: PathBuf) -> Command {
        let mut command = Command::new(program);
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
        command.current_dir("/");
        command
    }
}

fn ids_of(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let mut fields =
        passwd.lines().map(|line| line.split(':')).find(|fields| fields.clone().next() == Some(name))?;
    Some((fields.nth(2)?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn finish(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output()?;
    let program = command.get_program().to_string_lossy();
    ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_name() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:103:,,,:/var/lib/postgresql:/bin/sh\n";
        assert_eq!(ids_of(passwd, "postgres"), Some((101, 103)));
        assert_eq!(ids_of(passwd, "post"), None);
    }

    #[test]
    fn the_newest_version_is_taken_by_number() {
        assert!(version_of(Path::new("/a/15/bin")) > version_of(Path::new("/a/9/bin")));
    }
}
