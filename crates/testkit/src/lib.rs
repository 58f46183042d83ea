//! Makes time, store and bus obey tests. Never part of a release.
//!
//! [`sim::run`] plays one seed: two nodes of a hub on one simulated store and bus, people with
//! several devices who write, edit, moderate, leave and come back, and faults drawn from the seed.
//! Everything runs on one thread and on simulated time, so a seed always plays the same way. At
//! the end the faults stop, everything settles, and the promises of the server are checked against
//! what each device was told.
//!
//! ```
//! let report = parlance_testkit::sim::run(7);
//! assert!(report.violations.is_empty(), "{report}");
//! ```

pub mod bus;
pub mod chance;
pub mod clock;
pub mod faults;
pub mod pace;
pub mod sim;
pub mod store;
