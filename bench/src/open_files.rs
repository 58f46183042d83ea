use anyhow::{Context, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Open files besides connections: the store, logs, pipes.
const SPARE: u64 = 500;

/// Makes room for this many connections, here and in the server that is started from here: each
/// needs one file descriptor at each end.
///
/// # Errors
/// When the system does not allow as many; says which setting to change.
pub(crate) fn allow(connections: usize) -> anyhow::Result<()> {
    let needed = connections as u64 + SPARE;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    let maximum = limit.maximum.map(|maximum| maximum.max(needed));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(needed), maximum });
    raised.with_context(|| {
        format!("{connections} connections need {needed} open files: raise the hard limit (ulimit -Hn {needed}), or use --quick")
    })?;
    let now = getrlimit(Resource::Nofile).current;
    ensure!(now.is_none_or(|now| now >= needed), "the limit of open files stayed below {needed}");
    Ok(())
}
