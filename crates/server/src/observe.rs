//! What a running server says about itself: log, metrics, health.

mod endpoint;
mod health;
mod logs;
pub(crate) mod metrics;
mod operations;
mod process;

pub(crate) use self::{
    endpoint::router,
    health::{Health, State},
    logs::{Personal, check_level, install_log},
    operations::operation_name,
    process::{begin, open_files_max},
};
