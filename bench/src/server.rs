//! The server that is measured: the built program in a folder of its own.

use crate::{
    arguments::Program,
    process::{self, Memory, Window},
    socket::Target,
    tree::Tree,
    trust::{CERT_FILE, KEY_FILE, Trust},
};
use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long a start may take.
const READY_TIME_MAX: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(2);
/// Memory has settled when it moves less than this between two looks.
const SETTLED_BYTES: u64 = 128 * 1024;
const SETTLE_LOOK: Duration = Duration::from_millis(500);
const SETTLE_LOOKS_MAX: usize = 30;

/// Limits are off: a load test does what they are there to prevent. Streams of XMPP may go on without
/// encryption, so that both ways can be measured at one listener.
const SETTINGS: &str = r#"
dev = true
[http]
listen = "127.0.0.1:0"
[xmpp]
c2s_listen = "127.0.0.1:0"
allow_plaintext = true
[admin]
listen = "127.0.0.1:0"
[registration]
mode = "open"
[limits]
enabled = false
[log]
level = "warn"
"#;

/// The program to start.
pub(crate) fn program(program: &Program) -> anyhow::Result<PathBuf> {
    let path = match &program.path {
        Some(path) => path.clone(),
        None => std::env::current_exe()?.with_file_name("parlance"),
    };
    ensure!(path.is_file(), "there is no {}: cargo xtask bench builds it", path.display());
    Ok(path)
}

/// A server that runs. It is killed when this is dropped.
pub(crate) struct Server {
    child: Child,
    ready: Ready,
    trust: Option<Trust>,
}

#[derive(Debug, Deserialize)]
struct Ready {
    http: Vec<SocketAddr>,
    /// Listeners for streams of XMPP.
    xmpp: Vec<SocketAddr>,
}

impl Server {
    /// Starts the program in a folder and waits until it is ready; with a certificate, which must
    /// lie in the folder, it speaks TLS.
    pub(crate) async fn start(program: &Path, dir: &Path, trust: Option<&Trust>) -> anyhow::Result<Self> {
        let ready_file = dir.join("ready.json");
        if ready_file.exists() {
            fs::remove_file(&ready_file)?;
        }
        fs::write(dir.join("parlance.toml"), settings(dir, trust.is_some()))?;
        let mut child = Command::new(program)
            .args(["serve", "--config", "parlance.toml", "--data", "data", "--ready-file", "ready.json"])
            .current_dir(dir)
            .stdout(Stdio::null())
            .stderr(File::options().create(true).append(true).open(dir.join("log"))?)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let ready = wait_until_ready(&mut child, &ready_file, &dir.join("log")).await?;
        Ok(Self { child, ready, trust: trust.cloned() })
    }

    pub(crate) fn http(&self) -> SocketAddr {
        self.ready.http[0]
    }

    /// Where streams of XMPP begin.
    pub(crate) fn xmpp(&self) -> anyhow::Result<SocketAddr> {
        self.ready.xmpp.first().copied().context("the server does not listen for XMPP")
    }

    pub(crate) fn target(&self) -> Target {
        Target { address: self.http(), trust: self.trust.clone() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The processes of it.
    pub(crate) fn tree(&self) -> Tree {
        Tree::of([self.pid()])
    }

    pub(crate) fn window(&self) -> anyhow::Result<Window> {
        Window::open(self.tree())
    }

    /// Memory once it does not move any more.
    pub(crate) async fn settled_memory(&self) -> anyhow::Result<Memory> {
        let mut before = process::memory(self.pid())?;
        for _ in 0..SETTLE_LOOKS_MAX {
            tokio::time::sleep(SETTLE_LOOK).await;
            let now = process::memory(self.pid())?;
            if now.resident_bytes.abs_diff(before.resident_bytes) < SETTLED_BYTES {
                return Ok(now);
            }
            before = now;
        }
        Ok(before)
    }

    /// Ends it the way people do.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let status = self.child.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }

    /// Ends it the way a crash does.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already when it was stopped or killed.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn settings(dir: &Path, has_tls: bool) -> String {
    if !has_tls {
        return SETTINGS.to_owned();
    }
    let file = |name: &str| toml_string(&dir.join(name));
    format!(
        "{SETTINGS}\n[tls]\nmode = \"files\"\ncert_file = {}\nkey_file = {}\n",
        file(CERT_FILE),
        file(KEY_FILE)
    )
}

/// TOML's basic strings escape what JSON's do.
fn toml_string(path: &Path) -> String {
    serde_json::Value::from(path.to_string_lossy()).to_string()
}

async fn wait_until_ready(child: &mut Child, ready_file: &Path, log: &Path) -> anyhow::Result<Ready> {
    let began = Instant::now();
    while began.elapsed() < READY_TIME_MAX {
        if let Ok(text) = fs::read_to_string(ready_file) {
            let ready: Ready = serde_json::from_str(&text)?;
            ensure!(!ready.http.is_empty(), "the server listens nowhere");
            return Ok(ready);
        }
        if let Some(status) = child.try_wait()? {
            bail!("the server ended with {status}: {}", fs::read_to_string(log).unwrap_or_default());
        }
        tokio::time::sleep(POLL).await;
    }
    bail!("the server was not ready after {READY_TIME_MAX:?}")
}
