//! What must never be written down.

use crate::client::Site;
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use serde_json::json;

/// Every form in which a secret could stand in a log.
fn forms(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let list: Vec<_> = bytes.iter().take(8).map(u8::to_string).collect();
    let base64 = STANDARD_NO_PAD.encode(&bytes[..bytes.len() / 3 * 3]);
    vec![secret.to_owned(), hex.to_uppercase(), hex, list.join(", "), base64]
}

#[tokio::test]
async fn h17_secrets_and_messages_stand_in_no_log_and_no_metric() {
    let limits_off = ("PARLANCE__LIMITS__ENABLED", "false");
    let site = Site::open_with(&[limits_off, ("PARLANCE__LOG__LEVEL", "trace")]).await;
    let secret = |what: &str| format!("canary-{what}-{:x}", rand::random::<u64>());
    let (password, wrong, new) = (secret("password"), secret("wrong"), secret("new"));
    let (message, draft, query) = (secret("message"), secret("draft"), secret("query"));
    let (status, topic, malformed) = (secret("status"), secret("topic"), secret("malformed"));
    let nobody = site.nobody();
    nobody.call("auth.register", json!({ "name": "anna", "password": password })).await.ok();
    let owner = site.person("owner").await;
    nobody.call("auth.sign_in", json!({ "user": "anna", "password": password })).await.ok();
    for wrong in [&wrong, &"x".repeat(5_000)] {
        nobody.call("auth.sign_in", json!({ "user": "anna", "password": wrong })).await.code();
    }
    let broken = format!(r#"{{"user":"anna","password":"{malformed}"#);
    nobody.post_bytes("/v1/auth/sign-in", "application/json", broken.into_bytes()).await.code();
    let change = json!({ "current": crate::client::PASSWORD, "new": new });
    owner.call("me.change_password", change).await.ok();
    let group = owner.group(&[]).await;
    let body = json!({ "type": "text", "text": message });
    let code = crate::client::text(&owner.call("invitation.create", json!({})).await.ok(), "/code");
    let link = owner.call("link.create", json!({ "conversation": group })).await.ok();
    let link = crate::client::text(&link, "/code");
    let mut socket = owner.connect().await;
    let send = json!({ "conversation": group, "client_ref": "one", "body": body });
    let event = socket.call("event.send", send).await.ok()["event_id"].clone();
    owner.say(&group, &message).await;
    for (operation, args) in [
        ("event.edit", json!({ "conversation": group, "event": event, "body": body })),
        ("conversation.set_draft", json!({ "conversation": group, "text": draft })),
        ("conversation.change_settings", json!({ "conversation": group, "topic": topic })),
        ("search", json!({ "query": query })),
        ("presence.set", json!({ "availability": "away", "status": status })),
        ("invitation.look", json!({ "code": code })),
        ("link.look", json!({ "code": link })),
        ("event.list", json!({ "conversation": group })),
    ] {
        socket.call(operation, args.clone()).await.ok();
        owner.call(operation, args).await.ok();
    }
    socket.call("search", json!({ "query": query, "unknown": query })).await.code();
    owner.with_token(&wrong).call("me.get", json!({})).await.code();
    let (log, metrics) = (site.server.log(), site.metrics().await);
    assert!(log.contains("DEBUG"), "the log is talkative");
    let secrets = [
        &password,
        &wrong,
        &new,
        &message,
        &draft,
        &query,
        &status,
        &topic,
        &malformed,
        &code,
        &link,
        owner.token(),
    ];
    for secret in secrets {
        for form in forms(secret) {
            let line = log.lines().find(|line| line.contains(&form));
            assert_eq!(line, None, "{secret} as {form}");
            assert!(!metrics.contains(&form), "{secret} as {form} in the metrics");
        }
    }
}
