//! Looks at this machine and says what to do.

mod checks;

use self::checks::{Finding, Verdict};
use super::sources;
use crate::{
    admin::{AdminAnswer, AdminCommand, AdminService, connect},
    args::Place,
    output::Output,
    settings::{Settings, load},
};
use anyhow::bail;
use serde_json::json;

pub(super) async fn run(place: &Place, output: Output) -> anyhow::Result<()> {
    let findings = match load(&sources(place)) {
        Ok(settings) => look(&settings).await,
        Err(wrong) => wrong.iter().map(|error| Finding::bad("settings", &error.key, &error.advice)).collect(),
    };
    output.answer(&json!({ "findings": findings }), || findings.iter().map(Finding::line).collect())?;
    match findings.iter().filter(|finding| finding.verdict == Verdict::Bad).count() {
        0 => Ok(()),
        count => bail!("{count} of {} checks failed: do what they say", findings.len()),
    }
}

async fn look(settings: &Settings) -> Vec<Finding> {
    let server = server(settings).await;
    let is_running = server.verdict == Verdict::Good;
    let mut findings = vec![
        Finding::good("settings", format!("right; domain {}", settings.domain)),
        server,
        checks::data_folder(&settings.data_dir),
        checks::database(&settings.storage),
        checks::free_space(&settings.data_dir),
        checks::sync(&settings.data_dir),
        checks::clock(),
        checks::open_files(settings.limits.connections_max),
    ];
    findings.extend(settings.tls.as_ref().map(checks::certificate));
    if !is_running {
        findings.extend(checks::ports(settings));
    }
    findings
}

async fn server(settings: &Settings) -> Finding {
    const NAME: &str = "server";
    match connect(&settings.admin.socket).await {
        Ok(None) => Finding::note(NAME, "not running".to_owned()),
        Err(error) => Finding::bad(NAME, &error.to_string(), "run this as the user who runs the server"),
        Ok(Some(running)) => match running.run(AdminCommand::Doctor {}).await {
            Ok(AdminAnswer::Facts(facts)) => Finding::good(
                NAME,
                format!(
                    "version {}, {} users, {} conversations, {} events",
                    facts.version, facts.users, facts.conversations, facts.events
                ),
            ),
            Ok(other) => Finding::bad(
                NAME,
                &format!("answered {other:?}"),
                "use the parlance program of the same version",
            ),
            Err(error) => Finding::bad(NAME, &error.to_string(), "look into its log"),
        },
    }
}
