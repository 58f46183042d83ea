//! Every chore of the project, with nothing but the standard library so that it builds in seconds.

mod bench;
mod check;
mod command;
mod compliance;
mod generate;
mod interop;
mod needs;
mod protocols;
mod run;
mod sim;
mod steps;
mod test;
mod tidy;
mod toml;
mod tree;
mod web;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask CHORE

  run [--release] [ARGUMENTS]   builds web client and server, then `parlance serve ARGUMENTS`
  test [--skip-missing]         installs what the tests need and runs all of them
  check                         format, lints, tidy, licences, generated files, documentation
  gen                           writes the generated files
  tidy                          checks what the compiler does not
  bench NAME [ARGUMENTS]        runs a load test from bench/
  pictures                      takes the pictures of every screen in docs/ anew
  sim --seed N [--trace]        plays one seed of the simulation
  sim --seeds N [--from N]      plays many and says which of them broke a promise
";

/// What a chore says when it did not succeed: one sentence or a list for people.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Outcome {
    let (chore, rest) = arguments.split_first().ok_or(USAGE)?;
    match (chore.as_str(), rest) {
        ("run", _) => run::run(rest),
        ("test", []) => test::test(test::Missing::Fails),
        ("test", [flag]) if flag == "--skip-missing" => test::test(test::Missing::IsLeftOut),
        ("check", []) => check::check(),
        ("gen", []) => generate::generate(),
        ("sim", [_, ..]) => sim::sim(rest),
        ("tidy", []) => tidy::tidy(),
        ("pictures", []) => web::pictures(),
        ("bench", [name, rest @ ..]) => bench::bench(name, rest),
        _ => Err(USAGE.into()),
    }
}
