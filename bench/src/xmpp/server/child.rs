//! Programs by others.

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::{
    fs::{self, File},
    net::SocketAddr,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, time::sleep};

const START_TIME_MAX: Duration = Duration::from_secs(60);
const STOP_TIME_MAX: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// A program that runs in a group of its own. It is killed when this is dropped.
pub(super) struct Child {
    process: process::Child,
    log: PathBuf,
}

impl Child {
    /// Starts a program; what it says goes into a file.
    pub(super) fn start(command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let file = File::options().create(true).append(true).open(log)?;
        let process = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
        Ok(Self { process, log: log.to_owned() })
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Waits until something listens at an address.
    pub(super) async fn until_listening(&mut self, address: SocketAddr) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < START_TIME_MAX {
            if TcpStream::connect(address).await.is_ok() {
                return Ok(());
            }
            if let Some(status) = self.process.try_wait()? {
                bail!("it ended with {status}: {}", self.said());
            }
            sleep(POLL).await;
        }
        bail!("it does not listen after {START_TIME_MAX:?}: {}", self.said())
    }

    /// Ends it the way an administrator does.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        self.stop_with(Signal::TERM).await
    }

    /// The same with another signal.
    pub(super) async fn stop_with(mut self, signal: Signal) -> anyhow::Result<()> {
        kill_process(Pid::from_child(&self.process), signal)?;
        let began = Instant::now();
        while self.process.try_wait()?.is_none() {
            if began.elapsed() > STOP_TIME_MAX {
                bail!("it does not stop: {}", self.said());
            }
            sleep(POLL).await;
        }
        Ok(())
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Ok(None) = self.process.try_wait() {
            // It may end by itself just now.
            let _ended = kill_process_group(Pid::from_child(&self.process), Signal::KILL);
            let _status = self.process.wait();
        }
    }
}
