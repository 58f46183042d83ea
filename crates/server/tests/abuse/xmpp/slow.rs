//! Clients that send and do not read.

use super::{
    client::{Client, many, site, site_with},
    memory,
};
use crate::client::Site;

const STANZAS: usize = 20_000;
const PER_ROUND: usize = 500;
/// What the server may grow by, whatever waits for one client that does not read.
const GROWTH_KIB_MAX: u64 = 12 * 1024;

/// Romeo, and Juliet who will not read.
async fn pair(site: &Site) -> (Client, Client) {
    site.person("romeo").await;
    site.person("juliet").await;
    let mut juliet = Client::connect_narrow(site).await;
    juliet.start().await;
    juliet.sign_in("juliet").await;
    juliet.bind("chamber").await;
    juliet.send("<presence/>").await;
    juliet.settle().await;
    (Client::log_in(site, "romeo", "balcony").await, juliet)
}

/// Kibibytes the server holds before it is attacked.
fn begin(site: &Site) -> u64 {
    site.server.forget_peak();
    site.server.resident_kib()
}

fn check_growth(site: &Site, before_kib: u64) {
    let grown = site.server.peak_kib().saturating_sub(before_kib);
    assert!(grown < GROWTH_KIB_MAX, "{grown} KiB more");
}

#[tokio::test]
async fn requests_to_a_client_that_does_not_read_are_refused_once_there_is_no_place() {
    let site = site().await;
    let (mut romeo, mut juliet) = pair(&site).await;
    let words = "x".repeat(1_000);
    let before = begin(&site);
    let mut refused = 0;
    for round in 0..STANZAS / PER_ROUND {
        let requests = many(PER_ROUND, |n| {
            let id = round * PER_ROUND + n;
            format!(
                "<iq to='juliet@localhost/chamber' type='get' id='q{id}'><a xmlns='urn:a'>{words}</a></iq>"
            )
        });
        romeo.send(requests).await;
        refused += romeo.settle().await.matches("<resource-constraint ").count();
    }
    check_growth(&site, before);
    assert!(refused > STANZAS / 2, "only {refused} were refused");
    // Each is delivered or refused.
    for _ in refused..STANZAS {
        juliet.until("<iq ").await;
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn headlines_to_a_client_that_does_not_read_are_refused_once_there_is_no_place() {
    let site = site().await;
    let (mut romeo, mut juliet) = pair(&site).await;
    let words = "x".repeat(20_000);
    let before = begin(&site);
    let mut refused = 0;
    for _ in 0..40 {
        let message =
            format!("<message to='juliet@localhost' type='headline'><body>{words}</body></message>");
        romeo.send(message.repeat(50)).await;
        refused += romeo.settle().await.matches("<resource-constraint ").count();
    }
    check_growth(&site, before);
    // Each is delivered or refused.
    for _ in refused..2_000 {
        juliet.until("<message ").await;
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn messages_for_a_client_that_does_not_read_wait_in_the_log_and_arrive_in_order() {
    let site = site().await;
    let (mut romeo, mut juliet) = pair(&site).await;
    let words = "x".repeat(8_000);
    let message = |n: usize| {
        format!("<message to='juliet@localhost' type='chat' id='m{n}'><body>{n} {words}</body></message>")
    };
    // What the store keeps for itself is filled by others first.
    site.person("mercutio").await;
    romeo.send(many(4_000, message).replace("juliet", "mercutio")).await;
    romeo.settle().await;
    let mut sent = 0;
    // What is added by them is twice as much as may be.
    memory::check_growth(&site, 16 * 1024, async || {
        romeo.send(many(4_000, |n| message(sent + n))).await;
        romeo.settle().await;
        sent += 4_000;
    })
    .await;
    for number in 0..sent {
        let heard = juliet.until("</message>").await;
        assert!(heard.contains(&format!("<body>{number} ")), "{number} is next");
    }
    site.check_is_well().await;
}

#[tokio::test]
async fn a_client_that_asks_and_does_not_read_the_answers_is_let_go() {
    let site = site_with(&[("PARLANCE__LIMITS__WRITE_TIME_MAX", "300ms")]).await;
    site.person("romeo").await;
    let mut romeo = Client::connect_narrow(&site).await;
    romeo.start().await;
    romeo.sign_in("romeo").await;
    romeo.bind("balcony").await;
    let before = begin(&site);
    let info =
        "<iq type='get' to='localhost' id='1'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>";
    romeo.send(info.repeat(200_000)).await;
    check_growth(&site, before);
    site.check_is_well().await;
}

#[tokio::test]
async fn many_clients_of_one_person_that_do_not_read_share_what_may_wait() {
    let site = site().await;
    let (mut romeo, _juliet) = pair(&site).await;
    let mut clients = Vec::new();
    for number in 0..12 {
        let mut client = Client::connect_narrow(&site).await;
        client.start().await;
        client.sign_in("juliet").await;
        client.bind(&format!("resource-{number}")).await;
        clients.push(client);
    }
    let words = "x".repeat(100_000);
    let before = begin(&site);
    let mut refused = 0;
    for client in &clients {
        let message = format!("<message to='{}' type='headline'><body>{words}</body></message>", client.jid);
        romeo.send(message.repeat(60)).await;
        refused += romeo.settle().await.matches("<resource-constraint ").count();
    }
    let grown = site.server.peak_kib().saturating_sub(before);
    // Everything that was sent is 70 MiB.
    assert!(grown < 4 * GROWTH_KIB_MAX, "{grown} KiB more");
    // Each is delivered or refused, and each client has some place of its own.
    let mut delivered = 0;
    for client in &mut clients {
        client.until("<message ").await;
        delivered += 1;
        client.send("</stream:stream>").await;
        delivered += client.rest().await.matches("<message ").count();
    }
    assert!(refused > 0 && delivered + refused <= 720, "{delivered} delivered, {refused} refused");
    site.check_is_well().await;
}
