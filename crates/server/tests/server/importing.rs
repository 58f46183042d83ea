//! What other servers kept is taken over.

use crate::support::Server;
use serde_json::{Value, json};
use std::fs;

const DOCUMENT: &str = "<?xml version='1.0'?><server-data xmlns='urn:xmpp:pie:0'><host jid='localhost'>\
    <user name='juliet' password='R0m30'><query xmlns='jabber:iq:roster'>\
    <item jid='romeo@localhost' name='Romeo' subscription='both'><group>Verona</group></item>\
    <item jid='nobody@elsewhere.example'/></query></user>\
    <user name='romeo'><scram-credentials xmlns='urn:xmpp:pie:0#scram' mechanism='SCRAM-SHA-1'>\
    <iter-count>4096</iter-count><salt>QSXCR+Q6sek8bf92</salt>\
    <server-key>D+CSWLOshSulAsxiupA+qs2/fTE=</server-key><stored-key>6dlGYMOdZcOPutkcNY8U2g7vK9Y=</stored-key>\
    </scram-credentials></user></host></server-data>";

async fn signs_in(server: &Server, user: &str, password: &str) -> bool {
    let body = json!({ "user": user, "password": password });
    server.api("POST", "/v1/auth/sign-in", "", &body).await.0 == 200
}

/// Three numbers of a family: taken over, here already, left out.
fn counts(report: &Value, family: &str) -> [u64; 3] {
    let counts = &report["families"][family];
    ["taken", "there_already", "left_out"].map(|name| counts[name].as_u64().expect("a number"))
}

#[tokio::test]
async fn people_keep_their_passwords_and_contacts_and_a_second_import_changes_nothing() {
    let server = Server::start(&[]).await;
    fs::write(server.path("saved.xml"), DOCUMENT).expect("writable");
    let dry = server.command(&["import", "xep0227", "saved.xml", "--dry-run"]);
    assert_eq!((counts(&dry, "accounts"), counts(&dry, "contacts")), ([2, 0, 0], [1, 0, 1]), "{dry}");
    assert!(!signs_in(&server, "romeo", "pencil").await, "a dry run writes nothing");

    let report = server.command(&["import", "xep0227", "saved.xml"]);
    assert_eq!(report, dry);
    let expected = json!([{ "what": "juliet: contact nobody@elsewhere.example", "why": "user.not_found" }]);
    assert_eq!(report["left_out"], expected);
    for (user, password) in [("romeo", "pencil"), ("romeo", "pencil"), ("juliet", "R0m30")] {
        assert!(signs_in(&server, user, password).await, "{user}");
    }
    let again = server.command(&["import", "xep0227", "saved.xml"]);
    assert_eq!((counts(&again, "accounts"), counts(&again, "contacts")), ([0, 2, 0], [0, 1, 1]), "{again}");
}

#[tokio::test]
async fn the_data_folder_of_prosody_is_taken_over_and_a_broken_file_costs_nothing_else() {
    let server = Server::start(&[]).await;
    let write = |store: &str, name: &str, text: &str| {
        let folder = server.path(&format!("prosody/localhost/{store}"));
        fs::create_dir_all(&folder).expect("writable");
        fs::write(folder.join(format!("{name}.dat")), text).expect("writable");
    };
    write("accounts", "mary%2eann", "return {\n\t[\"password\"] = \"a password\";\n};\n");
    write("accounts", "broken", "return {\n\t[\"password\"] = os.exit();\n};\n");
    write(
        "accounts",
        "romeo",
        "return {\n\t[\"iteration_count\"] = 4096;\n\t[\"salt\"] = \"A%\\194G\\228:\\177\\233<m\\255v\";\n\
         \t[\"stored_key\"] = \"e9d94660c39d65c38fbad91c358f14da0eef2bd6\";\n\
         \t[\"server_key\"] = \"0fe09258b3ac852ba502cc62ba903eaacdbf7d31\";\n};\n",
    );
    write(
        "roster",
        "romeo",
        "return {\n\t[false] = {\n\t\t[\"version\"] = 2;\n\t};\n\t[\"mary.ann@localhost\"] = {\n\
         \t\t[\"subscription\"] = \"both\";\n\t\t[\"groups\"] = {\n\t\t\t[\"Friends\"] = true;\n\t\t};\n\t};\n};\n",
    );
    let report = server.command(&["import", "prosody", "prosody"]);
    assert_eq!(
        (counts(&report, "accounts"), counts(&report, "contacts")),
        ([2, 0, 0], [1, 0, 0]),
        "{report}"
    );
    assert!(report["left_out"][0]["why"].as_str().is_some_and(|why| why.starts_with("not data of Prosody")));
    assert!(signs_in(&server, "romeo", "pencil").await && signs_in(&server, "mary.ann", "a password").await);
}
