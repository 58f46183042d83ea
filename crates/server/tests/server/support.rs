//! A server that is the built program in a folder of its own, and what tests need to talk to it.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    fs::{self, File},
    future::Future,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output},
    time::Duration,
};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// Settings of a server that disturbs nobody.
pub(crate) const FREE_PORTS: &[(&str, &str)] =
    &[("PARLANCE__HTTP__LISTEN", "127.0.0.1:0"), ("PARLANCE__ADMIN__LISTEN", "127.0.0.1:0")];

const DEADLINE: Duration = Duration::from_secs(20);

/// Waits until `look` finds something; panics after a while.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut look: impl FnMut() -> F,
) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "this did not happen in time: {what}");
        // polls: what the caller looks for, until DEADLINE
        sleep(Duration::from_millis(10)).await;
    }
}

/// A command of the program that ends by itself.
pub(crate) fn parlance(arguments: &[&str], environment: &[(&str, &str)], dir: &Path) -> Output {
    command(arguments, environment, dir).output().expect("the program was built")
}

fn command(arguments: &[&str], environment: &[(&str, &str)], dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlance"));
    command.args(arguments).envs(environment.iter().copied()).current_dir(dir);
    command
}

/// What the program wrote to standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A running server. Killed when dropped.
pub(crate) struct Server {
    child: Child,
    dir: TempDir,
    ready: Value,
}

impl Server {
    /// Starts a server on free ports and waits until it is ready.
    pub(crate) async fn start(environment: &[(&str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a temporary folder"), environment).await
    }

    /// Starts a server on free ports in a folder that a test has prepared.
    pub(crate) async fn start_in(dir: TempDir, environment: &[(&str, &str)]) -> Self {
        let all: Vec<_> = FREE_PORTS.iter().chain(environment).copied().collect();
        Self::start_exactly(dir, &all).await
    }

    /// Starts a server with these settings and no others.
    pub(crate) async fn start_exactly(dir: TempDir, environment: &[(&str, &str)]) -> Self {
        let shown = File::create(dir.path().join("shown")).expect("the folder is writable");
        let log = File::create(dir.path().join("log")).expect("the folder is writable");
        let mut child =
            command(&["serve", "--data", "data", "--ready-file", "ready.json"], environment, dir.path())
                .stdout(shown)
                .stderr(log)
                .spawn()
                .expect("the program was built");
        let ready = eventually("the ready file", || {
            let ended = child.try_wait().expect("a child of ours");
            assert!(ended.is_none(), "the server ended: {}", read(&dir.path().join("log")));
            let text = fs::read_to_string(dir.path().join("ready.json")).ok();
            async { text }
        })
        .await;
        let ready = serde_json::from_str(&ready).expect("the ready file is one JSON object");
        Self { child, dir, ready }
    }

    /// The object in the ready file.
    pub(crate) fn ready(&self) -> &Value {
        &self.ready
    }

    /// An address of the web client and API.
    pub(crate) fn http(&self) -> SocketAddr {
        self.address("http")
    }

    /// An address of the admin listener.
    pub(crate) fn admin(&self) -> SocketAddr {
        self.address("admin")
    }

    /// An address for streams of XMPP that begin without encryption.
    pub(crate) fn xmpp(&self) -> SocketAddr {
        self.address("xmpp")
    }

    /// An address for streams of XMPP that are encrypted from the first byte.
    pub(crate) fn xmpp_tls(&self) -> SocketAddr {
        self.address("xmpp_tls")
    }

    /// Kibibytes the server holds in memory.
    pub(crate) fn resident_kib(&self) -> u64 {
        self.status_kib("VmRSS:")
    }

    /// The most kibibytes the server has held in memory since [`Self::forget_peak`].
    pub(crate) fn peak_kib(&self) -> u64 {
        self.status_kib("VmHWM:")
    }

    /// Begins anew to look for the most that the server holds in memory.
    pub(crate) fn forget_peak(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").expect("a child of ours");
    }

    fn status_kib(&self, name: &str) -> u64 {
        let status = read(Path::new(&format!("/proc/{}/status", self.child.id())));
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
        number.and_then(|number| number.parse().ok()).expect("the server runs")
    }

    fn address(&self, name: &str) -> SocketAddr {
        self.ready[name][0].as_str().and_then(|text| text.parse().ok()).expect("a bound address")
    }

    /// A path below the folder of the server.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Everything the server wrote to standard error.
    pub(crate) fn log(&self) -> String {
        read(&self.path("log"))
    }

    /// Everything the server wrote to standard output.
    pub(crate) fn shown(&self) -> String {
        read(&self.path("shown"))
    }

    /// Runs an administration command on the folder of this server; the answer is JSON.
    pub(crate) fn command(&self, arguments: &[&str]) -> Value {
        let output = self.output(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// Runs an administration command on the folder of this server.
    pub(crate) fn output(&self, arguments: &[&str]) -> Output {
        let all: Vec<_> = arguments.iter().copied().chain(["--data", "data", "--json"]).collect();
        parlance(&all, &[], self.dir.path())
    }

    /// Asks the API; the status and the body.
    pub(crate) async fn api(&self, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let url = format!("http://{}{path}", self.http());
        let mut request = reqwest::Client::new().request(method.parse().expect("a method"), url);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    /// Stops the server if it runs, and starts it again on the same data.
    pub(crate) async fn restart(mut self) -> Self {
        if self.child.try_wait().expect("a child of ours").is_none() {
            self.signal(Signal::TERM);
            self.ended().await;
        }
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::rename(self.path("data"), dir.path().join("data")).expect("the folder can be moved");
        Self::start_in(dir, &[]).await
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the server runs");
    }

    /// Waits until the server has ended.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        eventually("the end of the server", || {
            let ended = self.child.try_wait().expect("a child of ours");
            async move { ended }
        })
        .await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already when a test waited for that.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}
