//! The built program from outside: one file for each thing an operator relies on.

mod administration;
mod bounds;
mod importing;
mod serve;
mod settings;
#[allow(dead_code, reason = "other tests use more of it")]
mod support;
mod tls;
