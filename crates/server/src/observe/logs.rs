use crate::settings::{LogFormat, LogSection};
use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};
use tracing_subscriber::EnvFilter;

const LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace", "off"];

static SHOWS_PERSONAL: AtomicBool = AtomicBool::new(false);

/// Begins writing the log to standard error.
pub(crate) fn install_log(settings: &LogSection) {
    SHOWS_PERSONAL.store(!settings.redact, Ordering::Relaxed);
    let filter = EnvFilter::new(&settings.level);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Text => log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// Whether this can be a level: a word, or words for parts of the program.
pub(crate) fn check_level(level: &str) -> bool {
    let is_level = |word: &str| LEVELS.contains(&word);
    level.split(',').map(str::trim).all(|part| is_level(part.rsplit('=').next().unwrap_or(part)))
        && level.parse::<EnvFilter>().is_ok()
}

/// Something in the log that belongs to a person: printed only when `log.redact` is off.
pub(crate) struct Personal<T>(pub(crate) T);

impl<T: fmt::Display> fmt::Display for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if SHOWS_PERSONAL.load(Ordering::Relaxed) { self.0.fmt(f) } else { f.write_str("…") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_a_known_word_alone_or_for_a_part() {
        for right in ["info", "warn,parlance_hub=debug", "off"] {
            assert!(check_level(right), "{right}");
        }
        for wrong in ["", "loud", "parlance_hub=loud", "info,"] {
            assert!(!check_level(wrong), "{wrong}");
        }
    }
}
