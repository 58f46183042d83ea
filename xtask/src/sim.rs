//! Plays seeds of the simulation.

use crate::{
    Outcome,
    command::{cargo, show},
};

/// Plays one seed (`--seed N`, with `--trace` line by line) or many (`--seeds N`, `--from N`).
pub(crate) fn sim(arguments: &[String]) -> Outcome {
    let mut command = cargo(["run", "--quiet", "--package", "parlance-testkit", "--example", "sim", "--"]);
    command.args(arguments);
    show(command)
}
