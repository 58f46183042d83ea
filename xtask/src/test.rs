//! Every test there is, after installing what they need.

use crate::{
    Outcome, check,
    command::{at, cargo, judge, npm},
    interop,
    needs::NEEDS,
    steps::Steps,
    web,
};

/// What becomes of tests that lack something.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Missing {
    /// The run fails and says how to get it.
    Fails,
    /// They are left out, and the run says so.
    IsLeftOut,
}

/// Runs everything and says how it went.
pub(crate) fn test(missing: Missing) -> Outcome {
    let mut run = Run { steps: Steps::default(), missing, absent: Vec::new() };
    run.get_needs();
    run.part("web client's packages", &["npm"], web::exists(), web::install);
    run.part("web client", &["npm"], web::exists(), web::build);
    check::add_to(&mut run.steps);
    run.part("server", &[], true, || judge(cargo(["build", "--workspace", "--bins"])));
    let absent = run.absent.join(",");
    run.part("tests in Rust", &[], true, || in_rust(&absent));
    run.part("types of the web client", &["npm"], web::exists(), || judge(npm(["run", "check"])));
    run.part("tests of the web client", &["npm"], web::exists(), || judge(npm(["test"])));
    run.part("tests in the browser", &["npm", "chromium"], web::exists(), in_the_browser);
    run.interop();
    run.steps.finish()
}

/// A test that needs something absent finds its name in `PARLANCE_TEST_WITHOUT` and does nothing.
fn in_rust(absent: &str) -> Outcome {
    let mut tests = cargo(["test", "--workspace", "--quiet"]);
    tests.env("PARLANCE_TEST_WITHOUT", absent);
    judge(tests)
}

fn in_the_browser() -> Outcome {
    let mut tests = npm(["run", "e2e"]);
    tests.env("PARLANCE_BIN", at("target/debug/parlance"));
    judge(tests)
}

struct Run {
    steps: Steps,
    missing: Missing,
    absent: Vec<&'static str>,
}

impl Run {
    fn get_needs(&mut self) {
        for need in NEEDS.iter().filter(|need| !need.is_there()) {
            match (need.install_stopped(), self.missing) {
                (Ok(()), _) => eprintln!("installed {} for {}", need.name, need.purpose),
                (Err(why), Missing::Fails) => {
                    self.absent.push(need.name);
                    self.steps.step(&format!("getting {}", need.name), || Err(why));
                }
                (Err(why), Missing::IsLeftOut) => {
                    self.absent.push(need.name);
                    self.steps.leave_out(&format!("getting {}", need.name), &why);
                }
            }
        }
    }

    /// Runs a step unless it lacks something.
    fn part(&mut self, name: &str, needs: &[&str], is_wanted: bool, action: impl FnOnce() -> Outcome) {
        let lacking = needs.iter().find(|need| self.absent.contains(need));
        match lacking {
            _ if !is_wanted => {}
            Some(need) => self.steps.leave_out(name, &format!("{need} is missing")),
            None => self.steps.step(name, action),
        }
    }

    fn interop(&mut self) {
        match interop::suites() {
            Err(why) => self.steps.step("suites by others", || Err(why)),
            Ok(suites) => {
                for suite in suites {
                    let needs: Vec<&str> = suite.needs.iter().map(String::as_str).collect();
                    self.part(&format!("interop/{}", suite.name), &needs, true, || suite.run());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_lacks_something_is_left_out_and_named() {
        let mut run = Run { steps: Steps::default(), missing: Missing::IsLeftOut, absent: vec!["moon"] };
        run.part("tides", &["moon"], true, || Err("must not run".into()));
        run.part("waves", &[], true, || Ok(()));
        assert!(run.steps.finish().is_ok());
    }

    #[test]
    fn a_step_that_has_everything_runs() {
        let mut run = Run { steps: Steps::default(), missing: Missing::Fails, absent: Vec::new() };
        run.part("tides", &["moon"], true, || Err("ran".into()));
        assert!(run.steps.finish().is_err());
    }
}
