//! More connections than there may be.

use super::client::{Client, HEADER, site_with};
use crate::support::eventually;
use std::time::Duration;
use tokio::time::timeout;

const HALF_OPEN: usize = 500;
const LOGIN_TIME_MAX: Duration = Duration::from_secs(3);

#[tokio::test]
async fn x40_half_open_connections_do_not_keep_anybody_out() {
    let site = site_with(&[]).await;
    site.person("romeo").await;
    let mut half_open = Vec::with_capacity(HALF_OPEN);
    for number in 0..HALF_OPEN {
        let mut stranger = Client::connect(&site).await;
        let said = ["", "<?xml version='1.0'?>", HEADER, "\u{16}\u{3}"][number % 4];
        stranger.send(said).await;
        half_open.push(stranger);
    }
    let mut romeo =
        timeout(LOGIN_TIME_MAX, Client::log_in(&site, "romeo", "balcony")).await.expect("in time");
    romeo.send("<message to='romeo@localhost/balcony' type='headline'/>").await;
    assert!(romeo.settle().await.contains("<message"));
    drop(half_open);
    eventually("the end of the others", || async {
        (site.metric("parlance_xmpp_streams").await <= 1.0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn all_connections_together_are_bounded() {
    let site =
        site_with(&[("PARLANCE__LIMITS__ENABLED", "true"), ("PARLANCE__LIMITS__CONNECTIONS_MAX", "3")]).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(Client::open(&site).await);
    }
    let mut refused = Client::connect(&site).await;
    refused.send(HEADER).await;
    assert_eq!(refused.rest().await, "");
    drop(open.pop());
    eventually("a free place", || async {
        let mut client = Client::connect(&site).await;
        client.send(format!("{HEADER}</stream:stream>")).await;
        client.rest().await.contains("<stream:features>").then_some(())
    })
    .await;
    let metrics = site.metrics().await;
    assert!(metrics.contains("parlance_connections_refused_total{because=\"total\"}"), "{metrics}");
}

#[tokio::test]
async fn connections_of_one_address_are_bounded() {
    let site = site_with(&[
        ("PARLANCE__LIMITS__ENABLED", "true"),
        ("PARLANCE__LIMITS__CONNECTIONS_PER_ADDRESS_MAX", "2"),
    ])
    .await;
    let _open = [Client::open(&site).await, Client::open(&site).await];
    let mut refused = Client::connect(&site).await;
    refused.send(HEADER).await;
    assert_eq!(refused.rest().await, "");
    let metrics = site.metrics().await;
    assert!(metrics.contains("parlance_connections_refused_total{because=\"address\"} 1"), "{metrics}");
}
