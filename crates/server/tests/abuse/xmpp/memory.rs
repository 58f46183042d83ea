//! What attacks cost in memory.

use crate::client::Site;

/// Things that are kept for good grow to their size: growth is what there is every time.
const TIMES: usize = 4;

/// Panics when attacks make the server hold so much more, at their end or in between, every time that they are
/// made.
pub(crate) async fn check_growth(site: &Site, kib_max: u64, mut attacks: impl AsyncFnMut()) {
    let mut grown = Vec::new();
    for _ in 0..TIMES {
        site.server.forget_peak();
        let before = site.server.resident_kib();
        attacks().await;
        let more = site.server.peak_kib().saturating_sub(before);
        if more <= kib_max {
            return;
        }
        grown.push(more);
    }
    panic!("{grown:?} KiB more, and {kib_max} may be");
}
