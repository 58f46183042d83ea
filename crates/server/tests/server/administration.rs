//! Accounts, conversations and backups from the command line, on running and stopped servers.

use crate::support::{Server, stderr};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::{fs, io::Write, process::Stdio};

async fn sign_in(server: &Server, user: &str, password: &str) -> (u16, Value) {
    let body = json!({ "user": user, "password": password });
    server.api("POST", "/v1/auth/sign-in", "", &body).await
}

fn add(server: &Server, name: &str) -> String {
    let added = server.command(&["user", "add", name]);
    assert_eq!(added["address"], format!("{name}@localhost"));
    added["password"].as_str().expect("a made up password").to_owned()
}

#[tokio::test]
async fn the_first_administrator_is_made_by_a_link_that_works_once() {
    let server = Server::start(&[]).await;
    let shown = server.shown();
    let (_, code) = shown.split_once("/invite/").expect("a link");
    let register =
        |name: &str| json!({ "name": name, "password": "a good password", "invitation": code.trim() });
    let (status, answer) = server.api("POST", "/v1/auth/register", "", &register("anna")).await;
    assert_eq!((status, &answer["me"]["admin"]), (200, &json!(true)), "{answer}");
    let (status, answer) = server.api("POST", "/v1/auth/register", "", &register("berta")).await;
    assert_eq!((status, &answer["code"]), (404, &json!("auth.invitation_invalid")));
    let server = server.restart().await;
    assert!(!server.shown().contains("/invite/"), "there is an administrator now");
}

#[tokio::test]
async fn accounts_are_looked_after_while_the_server_runs() {
    let server = Server::start(&[]).await;
    let password = add(&server, "anna");
    let (status, signed_in) = sign_in(&server, "anna", &password).await;
    assert_eq!(status, 200, "{signed_in}");
    let token = signed_in["token"].as_str().expect("a token");

    let shown = server.command(&["user", "show", "anna"]);
    assert_eq!((&shown["has_password"], shown["devices"].as_array().map(Vec::len)), (&json!(true), Some(1)));

    server.command(&["user", "disable", "anna"]);
    assert_eq!(server.api("GET", "/v1/me", token, &Value::Null).await.0, 401);
    assert_eq!(sign_in(&server, "anna", &password).await.1["code"], "auth.account_disabled");
    server.command(&["user", "enable", "anna"]);
    assert_eq!(sign_in(&server, "anna", &password).await.0, 200);

    let new = server.command(&["user", "set-password", "anna"]);
    assert_eq!(sign_in(&server, "anna", &password).await.1["code"], "auth.wrong_credentials");
    assert_eq!(sign_in(&server, "anna", new["password"].as_str().expect("a password")).await.0, 200);

    let made = server.command(&["user", "token", "anna"]);
    let token = made["token"].as_str().expect("a token");
    let (status, me) = server.api("GET", "/v1/me", token, &Value::Null).await;
    assert_eq!((status, &me["address"]), (200, &json!("anna@localhost")), "{me}");

    server.command(&["user", "remove", "anna"]);
    let output = server.output(&["user", "add", "anna"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("parlance: This name is already in use."), "{}", stderr(&output));
}

#[tokio::test]
async fn somebody_invited_chooses_a_password() {
    let server = Server::start(&[]).await;
    let added = server.command(&["user", "add", "berta", "--admin", "--invite"]);
    let (_, code) =
        added["invitation"].as_str().and_then(|link| link.split_once("/invite/")).expect("a link");
    let register = json!({ "name": "berta", "password": "a good password", "invitation": code });
    let (status, answer) = server.api("POST", "/v1/auth/register", "", &register).await;
    assert_eq!((status, &answer["me"]["admin"]), (200, &json!(true)), "{answer}");
}

#[tokio::test]
async fn a_stopped_server_is_administered_too() {
    let mut server = Server::start(&[]).await;
    server.signal(Signal::TERM);
    server.ended().await;
    let password = add(&server, "anna");
    let users = server.command(&["user", "list"]);
    assert_eq!(users["users"][0]["address"], "anna@localhost");
    let server = server.restart().await;
    assert_eq!(sign_in(&server, "anna", &password).await.0, 200);
}

#[tokio::test]
async fn many_accounts_are_made_at_once() {
    let server = Server::start(&[]).await;
    let lines: String = (0..20).map(|number| format!("user{number} password number {number}\n")).collect();
    fs::write(server.path("people"), lines + "user3 another password\nNot-A-Name! password1\n")
        .expect("writable");
    let report = server.command(&["user", "import", "people"]);
    assert_eq!(report["added"], 20);
    assert_eq!(report["skipped"][0], json!({ "name": "user3", "code": "user.name_taken" }));
    assert_eq!(report["skipped"][1]["code"], "user.name_invalid");
    assert_eq!(sign_in(&server, "user7", "password number 7").await.0, 200);
}

#[tokio::test]
async fn a_password_can_come_from_a_program() {
    let server = Server::start(&[]).await;
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_parlance"))
        .args(["user", "add", "anna", "--password-stdin", "--data", "data"])
        .current_dir(server.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program was built");
    child.stdin.take().expect("a pipe").write_all(b"from a program\n").expect("an open pipe");
    assert!(child.wait().expect("a child of ours").success());
    assert_eq!(sign_in(&server, "anna", "from a program").await.0, 200);
}

#[tokio::test]
async fn a_backup_brings_back_what_was_there_and_tells_clients_to_start_over() {
    let mut server = Server::start(&[]).await;
    add(&server, "anna");
    let token = server.command(&["user", "token", "anna"]);
    let token = token["token"].as_str().expect("a token").to_owned();
    let group = json!({ "kind": "group", "name": "Garden" });
    let (status, made) = server.api("POST", "/v1/conversations", &token, &group).await;
    assert_eq!(status, 200, "{made}");
    let id = made["conversation"].as_str().expect("an id");
    let events = format!("/v1/conversations/{id}/events");
    let message = json!({ "client_ref": "one", "body": { "type": "text", "text": "kept" } });
    assert_eq!(server.api("POST", &events, &token, &message).await.0, 200);

    let listed = server.command(&["conversation", "list"]);
    assert_eq!(
        (&listed["conversations"][0]["name"], &listed["conversations"][0]["members"]),
        (&json!("Garden"), &json!(1))
    );
    assert_eq!(server.command(&["conversation", "show", id])["id"], id);
    let backup = server.command(&["backup", "saved.db"]);
    assert!(backup["bytes"].as_u64().is_some_and(|bytes| bytes > 10_000));
    assert_eq!(server.output(&["backup", "saved.db"]).status.code(), Some(1), "nothing is replaced");
    add(&server, "berta");
    assert_eq!(server.command(&["verify"])["faults"], json!([]));

    let refused = server.output(&["restore", "saved.db"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("stop it first"), "{}", stderr(&refused));
    server.signal(Signal::TERM);
    server.ended().await;
    let restored = server.command(&["restore", "saved.db"]);
    assert!(restored["kept"].as_str().is_some_and(|kept| kept.contains("parlance.db")));
    assert_eq!(server.command(&["user", "list"])["users"].as_array().map(Vec::len), Some(1));

    let server = server.restart().await;
    let (status, after) = server.api("GET", &format!("/v1/conversations/{id}"), &token, &Value::Null).await;
    assert_eq!((status, &after["settings"]["name"]), (200, &json!("Garden")), "{after}");
    assert_ne!(after["epoch"], made["epoch"], "positions of before are not mixed up with those of now");
    let (_, page) = server.api("GET", &events, &token, &Value::Null).await;
    assert!(page.to_string().contains("kept"), "{page}");
}

#[tokio::test]
async fn a_damaged_backup_is_refused_and_leaves_everything_as_it_was() {
    let mut server = Server::start(&[]).await;
    add(&server, "anna");
    server.command(&["backup", "saved.db"]);
    server.signal(Signal::TERM);
    server.ended().await;
    let mut bytes = fs::read(server.path("saved.db")).expect("a backup");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0x5a);
    fs::write(server.path("saved.db"), bytes).expect("writable");
    let output = server.output(&["restore", "saved.db"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(server.command(&["user", "list"])["users"][0]["address"], "anna@localhost");
}

#[tokio::test]
async fn a_damaged_store_is_told_whether_the_server_runs_or_not() {
    let mut server = Server::start(&[]).await;
    add(&server, "anna");
    server.command(&["user", "token", "anna"]);
    assert_eq!(server.command(&["verify"])["faults"], json!([]));
    server.signal(Signal::TERM);
    server.ended().await;
    assert_eq!(server.command(&["verify"])["faults"], json!([]));
    let path = server.path("data/parlance.db");
    let mut bytes = fs::read(&path).expect("a database");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0x5a);
    fs::write(&path, bytes).expect("writable");
    let output = server.output(&["verify"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("restore a backup"), "{}", stderr(&output));
}
