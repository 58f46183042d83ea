//! Figures beside their goals, for people and for programs.

#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

use crate::process::Spent;
use anyhow::Context;
use serde::Serialize;
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// What a figure should be.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Goal {
    /// What it has to reach.
    must: f64,
    /// What it should reach.
    aim: f64,
    more_is_better: bool,
}

/// At most `must`, better at most `aim`.
pub(crate) const fn at_most(must: f64, aim: f64) -> Goal {
    Goal { must, aim, more_is_better: false }
}

/// At least `must`, better at least `aim`.
pub(crate) const fn at_least(must: f64, aim: f64) -> Goal {
    Goal { must, aim, more_is_better: true }
}

/// How a figure stands to its goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Aim,
    Must,
    Missed,
}

impl Goal {
    fn verdict(self, value: f64) -> Verdict {
        let reaches = |bound: f64| if self.more_is_better { value >= bound } else { value <= bound };
        match (reaches(self.aim), reaches(self.must)) {
            (true, _) => Verdict::Aim,
            (false, true) => Verdict::Must,
            (false, false) => Verdict::Missed,
        }
    }
}

#[derive(Debug, Serialize)]
struct Figure {
    section: String,
    name: String,
    value: f64,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<Goal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
}

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Seconds since 1970.
    began_at: u64,
    /// Which load test.
    test: &'static str,
    scale: &'static str,
    processors: usize,
    figures: Vec<Figure>,
    #[serde(skip)]
    section: String,
}

impl Report {
    pub(crate) fn new(test: &'static str, scale: &'static str) -> Self {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let (began_at, figures, section) = (since_1970.as_secs(), Vec::new(), String::new());
        Self { began_at, test, scale, processors, figures, section }
    }

    /// The figures that follow belong together.
    pub(crate) fn section(&mut self, title: impl Into<String>) {
        self.section = title.into();
        println!("\n{}", self.section);
        println!("  {:58}{:>12} {:6}{:>10}{:>10}", "", "measured", "", "must", "aim");
    }

    /// A figure without a goal.
    pub(crate) fn note(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.add(name.into(), value, unit, None);
    }

    /// A figure with its goal.
    pub(crate) fn hold(&mut self, name: impl Into<String>, value: f64, unit: &'static str, goal: Goal) {
        self.add(name.into(), value, unit, Some(goal));
    }

    /// A table of what was noted before.
    pub(crate) fn table(&self, title: &str, table: &str) {
        println!("\n{title}\n{table}");
    }

    /// How busy both sides were.
    pub(crate) fn load(&mut self, spent: &Spent, count: usize) {
        let share = |time: Duration| time.as_secs_f64() / spent.wall.as_secs_f64() * 100.0;
        self.note("  server's share of a processor", share(spent.server), "%");
        self.note("  generator's share of a processor", share(spent.own), "%");
        self.note("  generator's processor time each", spent.own_us_each(count), "us");
    }

    fn add(&mut self, name: String, value: f64, unit: &'static str, goal: Option<Goal>) {
        let verdict = goal.map(|goal| goal.verdict(value));
        let goals = goal
            .map_or_else(String::new, |goal| format!("{:>10}{:>10}", number(goal.must), number(goal.aim)));
        let word = match verdict {
            None => "",
            Some(Verdict::Aim) => "  aim",
            Some(Verdict::Must) => "  must",
            Some(Verdict::Missed) => "  MISSED",
        };
        println!("  {name:58}{:>12} {unit:6}{goals}{word}", number(value));
        self.figures.push(Figure { section: self.section.clone(), name, value, unit, goal, verdict });
    }

    /// Says how many goals were missed, and writes everything into a file.
    pub(crate) fn finish(&self) -> anyhow::Result<()> {
        let held = self.figures.iter().filter_map(|figure| figure.verdict);
        let (all, missed) = held.fold((0, 0), |(all, missed), verdict| {
            (all + 1, missed + usize::from(verdict == Verdict::Missed))
        });
        println!("\n{} of {all} goals are met.", all - missed);
        let path = results_dir().join(format!("{}-{}-{}.json", self.test, self.scale, self.began_at));
        fs::create_dir_all(results_dir())?;
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("{}", path.display());
        Ok(())
    }
}

fn results_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("results")
}

/// Three digits that matter, and thousands apart.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    let decimals = match value.abs() {
        0.0 => 0,
        small if small < 10.0 => 2,
        middle if middle < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    fraction.map_or(grouped.clone(), |fraction| format!("{grouped}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_reaches_its_aim_only_what_it_must_or_nothing() {
        let costs = at_most(55.0, 27.0);
        assert_eq!(
            [20.0, 27.0, 40.0, 56.0].map(|value| costs.verdict(value)),
            [Verdict::Aim, Verdict::Aim, Verdict::Must, Verdict::Missed]
        );
        let rate = at_least(10.0, 20.0);
        assert_eq!(
            [25.0, 15.0, 5.0].map(|value| rate.verdict(value)),
            [Verdict::Aim, Verdict::Must, Verdict::Missed]
        );
        assert_eq!(costs.verdict(f64::NAN), Verdict::Missed);
    }

    #[test]
    fn numbers_can_be_read() {
        let texts = [0.0, 0.123, 12.34, 999.6, 1_234_567.0, -1_234.0].map(number);
        assert_eq!(texts, ["0", "0.12", "12.3", "1,000", "1,234,567", "-1,234"]);
    }
}
