//! Throws inputs at everything that reads bytes of a peer, and says what became of them.
//!
//! `cargo run --release -p parlance-xmpp --example hammer -- --inputs 10000000 --seed 1 --from 0`. Streams
//! are judged by a parser of others as well. It fails when a promise is broken, when one input takes too
//! long, or when the process needs too much memory; the number of the input that did it can be thrown
//! alone by `--from NUMBER --inputs 1`.

#![allow(clippy::print_stdout, reason = "this program is there to say what it found")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    time::{Duration, Instant},
};

use common::hammer::{Hammer, TARGETS};

/// No input is longer than some kilobytes.
const TIME_MAX: Duration = Duration::from_millis(100);

/// How often an input that took long is thrown again before that counts: others may have had the machine.
const CHANCES: usize = 5;

/// What the whole process may have used at its peak.
const MEMORY_KIB_MAX: u64 = 64 * 1024;

#[derive(Clone, Copy, Default)]
struct Count {
    accepted: u64,
    refused: u64,
    slowest: Duration,
}

fn main() -> ExitCode {
    let [inputs, seed, from] = [("--inputs", 10_000_000), ("--seed", 1), ("--from", 0)].map(argument);
    let hammer = Hammer::new(seed);
    let mut counts = [Count::default(); TARGETS.len()];
    for number in from..from + inputs {
        let Ok((is_accepted, took)) = catch_unwind(AssertUnwindSafe(|| best_of(&hammer, number))) else {
            return failed(&format!("input {number} of seed {seed} broke a promise"));
        };
        let count = &mut counts[usize::try_from(number % TARGETS.len() as u64).expect("a small number")];
        count.slowest = count.slowest.max(took);
        *(if is_accepted { &mut count.accepted } else { &mut count.refused }) += 1;
        if took > TIME_MAX {
            return failed(&format!("input {number} of seed {seed} took {took:?}"));
        }
    }
    for (name, Count { accepted, refused, slowest }) in TARGETS.iter().zip(counts) {
        println!("{name}: {accepted} accepted, {refused} refused, slowest {slowest:?}");
    }
    match peak_kib() {
        Some(peak) if peak > MEMORY_KIB_MAX => failed(&format!("{peak} KiB of memory were needed")),
        peak => {
            println!("peak memory: {} KiB", peak.map_or("unknown".to_owned(), |peak| peak.to_string()));
            ExitCode::SUCCESS
        }
    }
}

/// The verdict on an input, and the time it took.
fn best_of(hammer: &Hammer, number: u64) -> (bool, Duration) {
    let (is_accepted, mut best) = timed(hammer, number);
    for _ in 1..CHANCES {
        if best > TIME_MAX / 100 {
            best = best.min(timed(hammer, number).1);
        }
    }
    (is_accepted, best)
}

#[allow(clippy::disallowed_methods, reason = "the time that an input takes is what is measured")]
fn timed(hammer: &Hammer, number: u64) -> (bool, Duration) {
    let begin = Instant::now();
    let is_accepted = hammer.throw(number);
    (is_accepted, begin.elapsed())
}

fn failed(reason: &str) -> ExitCode {
    println!("{reason}");
    ExitCode::FAILURE
}

fn argument((name, otherwise): (&str, u64)) -> u64 {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    let value = arguments.nth(1).map(|value| value.parse().expect("a number"));
    value.unwrap_or(otherwise)
}

/// The most memory that the process ever had, where the system says so.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
