//! Clients that come and go.

use super::{
    client::{Client, HEADER, site, site_with},
    memory::check_growth,
};
use crate::{client::Site, support::eventually};
use futures_util::future::join_all;

const WARM_UP: usize = 80;
const ROUNDS: usize = 160;
const AT_ONCE: usize = 8;
/// What the server may grow by.
const GROWTH_KIB_MAX: u64 = 1024;

/// Comes, does something and leaves in one of several ways.
async fn visit(site: &Site, number: usize) {
    let mut client = Client::connect(site).await;
    if number.is_multiple_of(5) {
        return client.send(["", "<?xml", HEADER][number % 3]).await;
    }
    client.start().await;
    client.sign_in("romeo").await;
    if number.is_multiple_of(7) {
        return;
    }
    client.bind(&format!("resource-{}", number % 10)).await;
    if number.is_multiple_of(3) {
        client.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>").await;
    }
    client.send("<presence/><message to='romeo@localhost' type='headline'/>").await;
    match number % 4 {
        0 => client.send("<presence type='unavailable'/></stream:stream>").await,
        1 => client.send("<broken").await,
        _ => {}
    }
}

async fn visits(site: &Site, count: usize) {
    for round in 0..count / AT_ONCE {
        join_all((0..AT_ONCE).map(|number| visit(site, round * AT_ONCE + number))).await;
    }
}

#[tokio::test]
async fn x41_streams_that_come_and_go_leave_nothing_behind() {
    let site = site_with(&[("PARLANCE__XMPP__RESUME_TIME_MAX", "100ms")]).await;
    site.person("romeo").await;
    let is_empty = || async { (site.metric("parlance_xmpp_streams").await == 0.0).then_some(()) };
    visits(&site, WARM_UP).await;
    eventually("the end of all streams", is_empty).await;
    check_growth(&site, GROWTH_KIB_MAX, async || {
        visits(&site, ROUNDS).await;
        eventually("the end of all streams", is_empty).await;
    })
    .await;
    let online = site.metric("parlance_connections_open{listener=\"http\"}").await;
    assert!(online <= 2.0, "{online} connections are open");
    site.check_is_well().await;
}

#[tokio::test]
async fn x41_streams_that_wait_for_their_client_are_as_many_as_its_resources() {
    let site = site().await;
    site.person("romeo").await;
    let lost = || async {
        let mut client = Client::log_in(&site, "romeo", "balcony").await;
        client.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>").await;
        client.until("<enabled ").await;
    };
    for _ in 0..WARM_UP {
        lost().await;
    }
    check_growth(&site, GROWTH_KIB_MAX, async || {
        for _ in 0..WARM_UP {
            lost().await;
        }
    })
    .await;
    site.check_is_well().await;
}
