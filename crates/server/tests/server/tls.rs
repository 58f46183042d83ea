//! Encrypted connections with certificates from files.

use crate::support::{Server, eventually, parlance, stderr};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use reqwest::{Certificate, Client, Version};
use rustix::process::Signal;
use std::{fs, path::Path};
use tempfile::TempDir;

fn write_certificate(dir: &Path) -> CertifiedKey<KeyPair> {
    let made = generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    fs::write(dir.join("cert.pem"), made.cert.pem()).expect("the folder is writable");
    fs::write(dir.join("key.pem"), made.signing_key.serialize_pem()).expect("the folder is writable");
    made
}

async fn start() -> (Server, CertifiedKey<KeyPair>) {
    let dir: TempDir = tempfile::tempdir().expect("a temporary folder");
    let made = write_certificate(dir.path());
    let server = Server::start_in(
        dir,
        &[
            ("PARLANCE__TLS__MODE", "files"),
            ("PARLANCE__TLS__CERT_FILE", "cert.pem"),
            ("PARLANCE__TLS__KEY_FILE", "key.pem"),
        ],
    )
    .await;
    (server, made)
}

/// A client that trusts this certificate and nothing else.
fn client(trusted: &CertifiedKey<KeyPair>) -> Client {
    let certificate = Certificate::from_pem(trusted.cert.pem().as_bytes()).expect("a certificate");
    Client::builder().tls_certs_only([certificate]).build().expect("a client")
}

#[tokio::test]
async fn pages_come_encrypted_over_http_2_and_say_that_they_always_will() {
    let (server, made) = start().await;
    let url = format!("https://localhost:{}/docs", server.http().port());
    let response = client(&made).get(&url).send().await.expect("an answer");
    assert_eq!((response.status().as_u16(), response.version()), (200, Version::HTTP_2));
    assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000");
    let plain = reqwest::get(format!("http://{}/docs", server.http())).await;
    assert!(plain.is_err(), "nothing is said without encryption");
}

#[tokio::test]
async fn a_renewed_certificate_is_used_after_sighup_and_a_broken_one_is_not() {
    let (server, old) = start().await;
    let url = format!("https://localhost:{}/docs", server.http().port());
    let renewed = write_certificate(&server.path(""));
    assert!(client(&renewed).get(&url).send().await.is_err(), "not before it is told");
    server.signal(Signal::HUP);
    eventually("the renewed certificate", || async { client(&renewed).get(&url).send().await.ok() }).await;
    assert!(client(&old).get(&url).send().await.is_err());

    fs::write(server.path("cert.pem"), "nonsense").expect("the folder is writable");
    server.signal(Signal::HUP);
    eventually("a word about it", || async { server.log().contains("not reloaded").then_some(()) }).await;
    assert!(client(&renewed).get(&url).send().await.is_ok());
}

#[tokio::test]
async fn a_key_that_does_not_fit_is_an_error() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    write_certificate(dir.path());
    let other = KeyPair::generate().expect("a key");
    fs::write(dir.path().join("key.pem"), other.serialize_pem()).expect("the folder is writable");
    let environment = [
        ("PARLANCE__HTTP__LISTEN", "127.0.0.1:0"),
        ("PARLANCE__ADMIN__LISTEN", "127.0.0.1:0"),
        ("PARLANCE__TLS__MODE", "files"),
        ("PARLANCE__TLS__CERT_FILE", "cert.pem"),
        ("PARLANCE__TLS__KEY_FILE", "key.pem"),
    ];
    let output = parlance(&["serve"], &environment, dir.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("does not fit"), "{}", stderr(&output));
}
