//! Access that ends while a stream is open.

use super::client::{Client, site};
use crate::client::{PASSWORD, Site};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

const TIME_MAX: Duration = Duration::from_secs(1);

/// Panics unless the stream ends soon, and before anything that is said afterwards is heard.
async fn ends(site: &Site, mut client: Client) {
    let said = timeout(TIME_MAX, client.ends_with("not-authorized")).await.expect("in time");
    assert!(!said.contains("<message"), "{said}");
    site.check_is_well().await;
}

#[tokio::test]
async fn h02_a_revoked_device_has_no_stream() {
    let site = site().await;
    let owner = site.person("romeo").await;
    let client = Client::log_in(&site, "romeo", "balcony").await;
    let devices = owner.call("device.list", json!({})).await.ok();
    let devices = devices["items"].as_array().expect("a list");
    let device = devices.iter().find(|device| device["name"] == "balcony").expect("a device");
    owner.call("device.revoke", json!({ "device": device["device"] })).await.ok();
    ends(&site, client).await;
}

#[tokio::test]
async fn h02_an_account_that_is_switched_off_has_no_streams() {
    let site = site().await;
    let owner = site.person("romeo").await;
    let clients =
        [Client::log_in(&site, "romeo", "balcony").await, Client::log_in(&site, "romeo", "orchard").await];
    site.disable(&owner);
    for client in clients {
        ends(&site, client).await;
    }
    let mut client = Client::open(&site).await;
    let message = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("\0romeo\0{PASSWORD}"));
    client.send(format!("<auth xmlns='{}' mechanism='PLAIN'>{message}</auth>", super::client::SASL)).await;
    assert!(client.until("</failure>").await.contains("<account-disabled/>"));
}
