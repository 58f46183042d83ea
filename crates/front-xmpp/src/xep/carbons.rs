//! XEP-0280: Message Carbons (1.0.1): copies for the other clients of the same person.

use crate::{
    direct::CARBONS,
    iq::{Answer, At, Handler, Iq, Wants},
};
use futures_util::{FutureExt, future::BoxFuture};

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Own, wants: Wants::Set, namespace: CARBONS, name: "enable", answer: enable },
    Handler { at: At::Own, wants: Wants::Set, namespace: CARBONS, name: "disable", answer: disable },
];

/// # Source
/// XEP-0280 section 4.
fn enable(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    iq.seat.with(|state| state.wants_carbons = true);
    std::future::ready(Ok(String::new())).boxed()
}

/// # Source
/// XEP-0280 section 5.
fn disable(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    iq.seat.with(|state| state.wants_carbons = false);
    std::future::ready(Ok(String::new())).boxed()
}
