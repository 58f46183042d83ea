//! A run of named steps, each with its time, and one line at the end.

use crate::Outcome;
use std::time::{Duration, Instant};

/// What has been done so far.
#[derive(Default)]
pub(crate) struct Steps {
    passed: usize,
    failed: Vec<Failure>,
    left_out: Vec<String>,
    elapsed: Duration,
}

struct Failure {
    step: String,
    why: String,
}

impl Steps {
    /// Runs one step and goes on whatever comes of it, so that one run tells everything.
    pub(crate) fn step(&mut self, name: &str, action: impl FnOnce() -> Outcome) {
        eprintln!("\n── {name}");
        let (outcome, elapsed) = timed(action);
        self.elapsed += elapsed;
        match outcome {
            Ok(()) => {
                self.passed += 1;
                eprintln!("   {name}: ok, {}", readable(elapsed));
            }
            Err(why) => {
                let first = why.lines().next().unwrap_or_default();
                eprintln!("{first}\n   {name}: FAILED, {}", readable(elapsed));
                self.failed.push(Failure { step: name.to_owned(), why });
            }
        }
    }

    /// Notes a step that cannot run on this machine.
    pub(crate) fn leave_out(&mut self, name: &str, why: &str) {
        eprintln!("\n── {name}\n   {name}: LEFT OUT: {why}");
        self.left_out.push(name.to_owned());
    }

    /// Says what failed and why, and at last in one line how it went.
    pub(crate) fn finish(self) -> Outcome {
        let summary = self.summary();
        if self.failed.is_empty() {
            eprintln!("\n{summary}");
            return Ok(());
        }
        let failures =
            self.failed.iter().map(|Failure { step, why }| format!("\n── {step}: FAILED\n{why}\n"));
        Err(format!("{}\n{summary}", failures.collect::<String>()))
    }

    fn summary(&self) -> String {
        let mut summary = format!("{} steps passed in {}", self.passed, readable(self.elapsed));
        if !self.left_out.is_empty() {
            summary += &format!("; LEFT OUT: {}", self.left_out.join(", "));
        }
        if !self.failed.is_empty() {
            let names: Vec<&str> = self.failed.iter().map(|failure| failure.step.as_str()).collect();
            summary += &format!("; FAILED: {}", names.join(", "));
        }
        summary
    }
}

#[allow(clippy::disallowed_methods, reason = "chores measure real time")]
fn timed(action: impl FnOnce() -> Outcome) -> (Outcome, Duration) {
    let start = Instant::now();
    let outcome = action();
    (outcome, start.elapsed())
}

fn readable(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    if seconds < 60 {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_fails_the_run_and_the_others_still_run() {
        let mut steps = Steps::default();
        steps.step("one", || Err("no\nbecause of the moon".into()));
        steps.step("two", || Ok(()));
        steps.leave_out("three", "there is no moon");
        assert_eq!((steps.passed, steps.failed.len(), steps.left_out.len()), (1, 1, 1));
        let message = steps.finish().expect_err("one step failed");
        assert!(message.contains("one: FAILED\nno\nbecause of the moon"), "{message}");
        assert!(message.ends_with("LEFT OUT: three; FAILED: one"), "{message}");
    }

    #[test]
    fn long_times_are_said_in_minutes() {
        assert_eq!(readable(Duration::from_millis(1_500)), "1.5 s");
        assert_eq!(readable(Duration::from_secs(125)), "2 min 5 s");
    }
}
