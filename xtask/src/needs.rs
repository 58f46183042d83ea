//! What the tests need beside Rust, in one table, and how to get it.

use crate::{
    Outcome,
    command::{at, command, has_program, show, succeeds},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Where Python packages go.
const VENV: &str = "target/tools/python";

/// One thing the tests need.
pub(crate) struct Need {
    /// How it is called, in the table and by suites that ask for it.
    pub(crate) name: &'static str,
    /// What it is for.
    pub(crate) purpose: &'static str,
    kind: Kind,
}

enum Kind {
    /// A program from a Debian package; it is there when the probe succeeds.
    Debian { package: &'static str, probe: &'static [&'static str] },
    /// A Python package with its version.
    Python { version: &'static str },
    /// What a suite gets by itself: `interop/SUITE/get` brings it, `get --check` tells whether it is there.
    Suite { suite: &'static str },
    /// A program that people have to install by themselves; it is there when it is found.
    Own { advice: &'static str },
}

/// Everything the tests need.
pub(crate) const NEEDS: &[Need] = &[
    Need {
        name: "npm",
        purpose: "building and testing the web client",
        kind: Kind::Own { advice: "install Node 20 or newer from https://nodejs.org" },
    },
    Need {
        name: "chromium",
        purpose: "tests in the browser",
        kind: Kind::Debian { package: "chromium", probe: &["chromium", "--version"] },
    },
    Need {
        name: "tmux",
        purpose: "tests on a terminal's screen",
        kind: Kind::Debian { package: "tmux", probe: &["tmux", "-V"] },
    },
    Need {
        name: "profanity",
        purpose: "judging XMPP with Profanity on a terminal",
        kind: Kind::Debian { package: "profanity", probe: &["profanity", "--version"] },
    },
    Need {
        name: "poezio",
        purpose: "judging XMPP with Poezio on a terminal",
        kind: Kind::Debian { package: "poezio", probe: &["test", "-x", "/usr/bin/poezio"] },
    },
    Need {
        name: "strace",
        purpose: "counting disk syncs",
        kind: Kind::Debian { package: "strace", probe: &["strace", "--version"] },
    },
    Need {
        name: "python3-venv",
        purpose: "judges written in Python",
        kind: Kind::Debian { package: "python3-venv", probe: &["python3", "-c", "import ensurepip"] },
    },
    Need {
        name: "openapi-spec-validator",
        purpose: "judging the description of the native protocol",
        kind: Kind::Python { version: "0.9.0" },
    },
    Need {
        name: "schemathesis",
        purpose: "requests made up from the description of the native protocol",
        kind: Kind::Python { version: "4.32.5" },
    },
    Need { name: "websockets", purpose: "judging WebSockets", kind: Kind::Python { version: "17.4" } },
    Need {
        name: "cryptography",
        purpose: "certificates of servers under judgement",
        kind: Kind::Python { version: "50.0.2" },
    },
    Need { name: "pytest", purpose: "suites by others in Python", kind: Kind::Python { version: "8.4.2" } },
    Need { name: "slixmpp", purpose: "judging XMPP with slixmpp", kind: Kind::Python { version: "1.17.0" } },
    Need {
        name: "slixmpp-omemo",
        purpose: "judging XMPP with encrypted messages",
        kind: Kind::Python { version: "2.2.0" },
    },
    Need { name: "aiohttp", purpose: "slixmpp's uploads", kind: Kind::Python { version: "3.13.2" } },
    Need {
        name: "tests-of-slixmpp",
        purpose: "judging XMPP with slixmpp's own tests",
        kind: Kind::Suite { suite: "slixmpp_itests" },
    },
    Need { name: "aioxmpp", purpose: "judging XMPP with aioxmpp", kind: Kind::Python { version: "0.13.3" } },
    Need { name: "pytz", purpose: "aioxmpp's tests", kind: Kind::Python { version: "2026.6" } },
    Need {
        name: "tests-of-aioxmpp",
        purpose: "judging XMPP with aioxmpp's own tests",
        kind: Kind::Suite { suite: "aioxmpp" },
    },
    Need {
        name: "clients-in-javascript",
        purpose: "judging XMPP with xmpp.js and Converse.js",
        kind: Kind::Suite { suite: "xmppjs" },
    },
    Need {
        name: "jdk",
        purpose: "judging XMPP with Smack",
        kind: Kind::Debian { package: "default-jdk-headless", probe: &["java", "-version"] },
    },
    Need {
        name: "maven",
        purpose: "judging XMPP with Smack",
        kind: Kind::Debian { package: "maven", probe: &["mvn", "--version"] },
    },
    Need {
        name: "tests-of-smack",
        purpose: "judging XMPP with Smack's own tests",
        kind: Kind::Suite { suite: "smack" },
    },
    Need {
        name: "ejabberd",
        purpose: "a server to move from, and to compare with",
        kind: Kind::Debian { package: "ejabberd", probe: &["test", "-x", "/usr/sbin/ejabberdctl"] },
    },
    Need {
        name: "prosody",
        purpose: "a server to move from, and to compare with",
        kind: Kind::Debian { package: "prosody", probe: &["test", "-x", "/usr/bin/prosody"] },
    },
];

/// What load tests need beside what tests need, to compare ours with servers by others.
pub(crate) const PEERS: &[Need] = &[
    Need {
        name: "ejabberd's driver for PostgreSQL",
        purpose: "archives in PostgreSQL",
        kind: Kind::Debian {
            package: "erlang-p1-pgsql",
            probe: &["sh", "-c", "test -d /usr/lib/erlang/lib/p1_pgsql-*"],
        },
    },
    Need {
        name: "postgresql",
        purpose: "archives of servers that we compare with",
        kind: Kind::Debian {
            package: "postgresql",
            probe: &["sh", "-c", "test -n \"$(ls /usr/lib/postgresql/*/bin/initdb)\""],
        },
    },
];

/// Finds a line of the table.
pub(crate) fn find(name: &str) -> Option<&'static Need> {
    NEEDS.iter().find(|need| need.name == name)
}

impl Need {
    /// Whether it is there.
    pub(crate) fn is_there(&self) -> bool {
        match self.kind {
            Kind::Own { .. } => has_program(self.name),
            Kind::Debian { probe, .. } => succeeds(command(probe[0], &probe[1..])),
            Kind::Suite { suite } => succeeds(command(getter(suite), ["--check"])),
            Kind::Python { version } => {
                let query = format!(
                    "import importlib.metadata as m; assert m.version('{}') == '{version}'",
                    self.name
                );
                succeeds(command(python_program("python"), ["-c", &query]))
            }
        }
    }

    /// Installs it.
    ///
    /// # Errors
    /// Why it could not, with the line that does it by hand.
    pub(crate) fn install(&self) -> Outcome {
        let attempt = match self.kind {
            Kind::Debian { package, .. } => apt(package),
            Kind::Python { version } => pip(self.name, version),
            Kind::Suite { suite } => show(command(getter(suite), None::<&str>)),
            Kind::Own { .. } => Err("it is not installed automatically".into()),
        };
        attempt.map_err(|why| {
            format!("{} is missing ({}): {why}\nGet it with: {}", self.name, self.purpose, self.advice())
        })
    }

    /// Installs a server and stops what its package started.
    ///
    /// # Errors
    /// As for [`Need::install`]; and when it was started and cannot be stopped.
    pub(crate) fn install_stopped(&self) -> Outcome {
        self.install()?;
        let Kind::Debian { package, .. } = self.kind else { return Ok(()) };
        let has_service = Path::new("/etc/init.d").join(package).exists();
        if has_service { show(as_root(&["service", package, "stop"])) } else { Ok(()) }
    }

    /// The line that installs it by hand.
    pub(crate) fn advice(&self) -> String {
        match self.kind {
            Kind::Debian { package, .. } => format!("sudo apt-get install {package}"),
            Kind::Python { version } => {
                format!("python3 -m venv {VENV} && {VENV}/bin/python -m pip install {}=={version}", self.name)
            }
            Kind::Suite { suite } => format!("interop/{suite}/get"),
            Kind::Own { advice } => advice.to_owned(),
        }
    }
}

/// A program of the Python environment of the tests.
pub(crate) fn python_program(name: &str) -> PathBuf {
    at(VENV).join("bin").join(name)
}

fn getter(suite: &str) -> PathBuf {
    at("interop").join(suite).join("get")
}

fn apt(package: &str) -> Outcome {
    let install = ["apt-get", "install", "--yes", "--no-install-recommends", package];
    if !has_program("apt-get") {
        return Err("there is no apt-get on this machine".into());
    }
    let mut attempt = as_root(&install);
    attempt.env("DEBIAN_FRONTEND", "noninteractive");
    show(attempt)
}

fn as_root(words: &[&str]) -> Command {
    match is_root() {
        true => command(words[0], &words[1..]),
        false => command("sudo", ["--non-interactive"].iter().chain(words)),
    }
}

fn is_root() -> bool {
    command("id", ["-u"]).output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn pip(name: &str, version: &str) -> Outcome {
    if !python_program("pip").is_file() {
        show(command("python3", ["-m", "venv", VENV]))?;
    }
    // Not the program `pip`, which belongs to the place where the environment was made.
    show(command(
        python_program("python"),
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &format!("{name}=={version}")],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_says_what_it_is_for_and_how_to_get_it() {
        for need in NEEDS.iter().chain(PEERS) {
            assert!(!need.purpose.is_empty() && !need.advice().is_empty(), "{}", need.name);
        }
        for need in NEEDS {
            assert_eq!(find(need.name).map(|found| found.name), Some(need.name));
        }
    }

    #[test]
    fn a_missing_program_that_cannot_be_installed_is_explained() {
        let need = Need { name: "no-such-program", purpose: "nothing", kind: Kind::Own { advice: "think" } };
        assert!(!need.is_there());
        assert!(need.install().is_err_and(|message| message.ends_with("Get it with: think")));
    }
}
