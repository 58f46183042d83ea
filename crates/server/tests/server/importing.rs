//! What other servers kept is taken over.

use crate::support::Server;
use base64::{Engine, engine::general_purpose::STANDARD};
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

const WHOLE: &str = "<?xml version='1.0'?><server-data xmlns='urn:xmpp:pie:0'><host jid='localhost'>\
    <user name='juliet' password='a long password'><query xmlns='jabber:iq:roster'>\
    <item jid='romeo@localhost' name='Romeo' subscription='both'><group>Verona</group></item>\
    <item jid='tybalt@localhost' subscription='none' ask='subscribe'/></query>\
    <blocklist xmlns='urn:xmpp:blocking'><item jid='tybalt@localhost'/></blocklist>\
    <vCard xmlns='vcard-temp'><FN>Juliet Capulet</FN></vCard>\
    <query xmlns='jabber:iq:private'><exodus xmlns='exodus:prefs'><nick>J</nick></exodus></query>\
    <pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='urn:xmpp:bookmarks:1'>\
    <x xmlns='jabber:x:data' type='form'><field var='pubsub#access_model'><value>whitelist</value></field>\
    <field var='pubsub#max_items'><value>max</value></field></x></configure></pubsub>\
    <pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'>\
    <item id='play@groups.example'><conference xmlns='urn:xmpp:bookmarks:1' name='The Play' autojoin='true'/></item>\
    <item id='orchard@groups.example'><conference xmlns='urn:xmpp:bookmarks:1'/></item></items></pubsub>\
    <archive xmlns='urn:xmpp:pie:0#mam'><result xmlns='urn:xmpp:mam:2' id='28482-98726'>\
    <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>\
    <message xmlns='jabber:client' to='juliet@localhost/balcony' from='romeo@localhost/orchard' type='chat' id='r1'>\
    <body>Call me but love</body></message></forwarded></result></archive></user>\
    <user name='romeo' password='another password'><offline-messages><message xmlns='jabber:client' \
    from='juliet@localhost/balcony' to='romeo@localhost' type='chat'><body>What man art thou?</body>\
    <delay xmlns='urn:xmpp:delay' from='localhost' stamp='2010-07-10T23:09:32Z'>Offline Storage</delay></message>\
    </offline-messages><archive xmlns='urn:xmpp:pie:0#mam'><result xmlns='urn:xmpp:mam:2' id='5d398'>\
    <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>\
    <message xmlns='jabber:client' to='juliet@localhost' from='romeo@localhost/orchard' type='chat' id='r1'>\
    <body>Call me but love</body></message></forwarded></result></archive></user>\
    <user name='tybalt' password='a third password'><presence xmlns='jabber:client' type='subscribe' \
    from='juliet@localhost'/></user></host></server-data>";

#[tokio::test]
async fn what_is_exported_makes_the_same_document_again_after_an_import_elsewhere() {
    let (old, new) = (Server::start(&[]).await, Server::start(&[]).await);
    fs::write(old.path("whole.xml"), WHOLE).expect("writable");
    let report = old.command(&["import", "xep0227", "whole.xml"]);
    assert_eq!(report["left_out"], json!([]), "{report}");
    let families = ["accounts", "contacts", "elements", "nodes", "items", "messages"];
    let taken = families.map(|family| counts(&report, family)[0]);
    // The copy of the first message in the other archive is the same message.
    assert_eq!((taken, counts(&report, "messages")), ([3, 4, 2, 1, 2, 2], [2, 1, 0]), "{report}");

    let written = old.command(&["export", "xep0227", "saved.xml"]);
    assert_eq!(written, json!({ "accounts": 3, "switched_off": 0 }));
    let saved = fs::read_to_string(old.path("saved.xml")).expect("readable");
    assert_eq!(mode(&old.path("saved.xml")), 0o600, "it holds verifiers");
    for word in [
        "Call me but love",
        "What man art thou?",
        "stamp='2010-07-10T23:09:32.000Z'",
        "The Play",
        "type='subscribe'",
    ] {
        assert!(saved.contains(word), "{word} is not in {saved}");
    }
    assert!(!saved.contains("a long password"));

    fs::write(new.path("saved.xml"), &saved).expect("writable");
    let report = new.command(&["import", "xep0227", "saved.xml"]);
    assert_eq!(report["left_out"], json!([]), "{report}");
    let again = new.command(&["import", "xep0227", "saved.xml"]);
    for family in families {
        assert_eq!(counts(&again, family)[0], 0, "{family}: {again}");
    }
    new.command(&["export", "xep0227", "again.xml"]);
    assert_eq!(fs::read_to_string(new.path("again.xml")).expect("readable"), saved);
    assert!(signs_in(&new, "romeo", "another password").await);
}

#[tokio::test]
async fn an_export_replaces_no_file_and_leaves_out_who_is_switched_off() {
    let server = Server::start(&[]).await;
    fs::write(server.path("whole.xml"), WHOLE).expect("writable");
    server.command(&["import", "xep0227", "whole.xml"]);
    server.command(&["user", "disable", "tybalt"]);
    let written = server.command(&["export", "xep0227", "saved.xml"]);
    assert_eq!(written, json!({ "accounts": 2, "switched_off": 1 }));
    let refused = server.output(&["export", "xep0227", "whole.xml"]);
    assert!(!refused.status.success());
    assert_eq!(fs::read_to_string(server.path("whole.xml")).expect("readable"), WHOLE);
}

fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

const TALK: &str = "item({\n\t{\n\t\t\"Call me but love\\n& more\";\n\t\t[\"attr\"] = {};\n\t\t[\"name\"] = \"body\";\n\t};\n\
    \t[\"key\"] = \"P08f\";\n\t[\"name\"] = \"message\";\n\t[\"when\"] = 1278803305;\n\t[\"attr\"] = {\n\
    \t\t[\"from\"] = \"romeo@localhost/orchard\";\n\t\t[\"to\"] = \"juliet@localhost\";\n\t\t[\"id\"] = \"r1\";\n\
    \t\t[\"stamp\"] = \"2010-07-10T23:08:25Z\";\n\t\t[\"type\"] = \"chat\";\n\t};\n\t[\"with\"] = \"romeo@localhost\";\n});\n\
    item({\n\tos.exit();\n});\n";
const ROOM: &str = "return {\n\t[\"romeo@localhost\"] = \"owner\";\n\t[\"juliet@localhost\"] = \"member\";\n\
    \t[\"nobody@elsewhere.example\"] = \"owner\";\n\t[\"_jid\"] = \"orchard@rooms.localhost\";\n\t[\"_data\"] = {\n\
    \t\t[\"subject\"] = \"At night\";\n\t\t[\"name\"] = \"The Orchard\";\n\t\t[\"members_only\"] = true;\n\t};\n};\n";
const SAID: &str = "item({\n\t{\n\t\t\"Ay me!\";\n\t\t[\"attr\"] = {};\n\t\t[\"name\"] = \"body\";\n\t};\n\t{\n\t\t{\n\
    \t\t\t[\"attr\"] = {\n\t\t\t\t[\"jid\"] = \"juliet@localhost\";\n\t\t\t};\n\t\t\t[\"name\"] = \"item\";\n\t\t};\n\
    \t\t[\"attr\"] = {\n\t\t\t[\"xmlns\"] = \"http://jabber.org/protocol/muc#user\";\n\t\t};\n\t\t[\"name\"] = \"x\";\n\t};\n\
    \t[\"key\"] = \"SlSL\";\n\t[\"name\"] = \"message\";\n\t[\"when\"] = 1278803306;\n\t[\"attr\"] = {\n\
    \t\t[\"from\"] = \"orchard@rooms.localhost/Juliet\";\n\t\t[\"type\"] = \"groupchat\";\n\t};\n});\n";
const PEP: &str = "return {\n\t[\"urn:n\"] = {\n\t\t[\"config\"] = {\n\t\t\t[\"access_model\"] = \"whitelist\";\n\
    \t\t\t[\"max_items\"] = 100;\n\t\t};\n\t\t[\"affiliations\"] = {};\n\t\t[\"subscribers\"] = {};\n\t};\n};\n";
const PUBLISHED: &str = "item({\n\t[\"key\"] = \"play\";\n\t[\"name\"] = \"thing\";\n\t[\"when\"] = 1278803307;\n\
    \t[\"attr\"] = {\n\t\t[\"stamp\"] = \"2010-07-10T23:08:27Z\";\n\t\t[\"xmlns\"] = \"urn:n\";\n\t};\n});\n";

#[tokio::test]
async fn archives_rooms_and_nodes_of_prosody_are_taken_over_and_what_is_not_read_is_named() {
    let server = Server::start(&[]).await;
    let write = |name: &str, text: &str| {
        let path = server.path(&format!("prosody/{name}"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, text).expect("writable");
    };
    for name in ["romeo", "juliet"] {
        write(
            &format!("localhost/accounts/{name}.dat"),
            "return { [\"password\"] = \"a long password\" };\n",
        );
    }
    write("localhost/archive/juliet.list", TALK);
    write("localhost/pep/juliet.dat", PEP);
    write("localhost/pep_urn%3an/juliet.list", PUBLISHED);
    write("localhost/lastlog/juliet.dat", "return {};\n");
    write("rooms%2elocalhost/config/orchard.dat", ROOM);
    write("rooms%2elocalhost/muc_log/orchard.list", SAID);
    let dry = server.command(&["import", "prosody", "prosody", "--dry-run"]);
    let report = server.command(&["import", "prosody", "prosody"]);
    for family in ["messages", "rooms", "messages of rooms", "nodes", "items"] {
        assert_eq!(counts(&report, family), [1, 0, 0], "{family}: {report}");
    }
    assert_eq!(dry, report);
    let reasons: Vec<_> =
        report["left_out"].as_array().expect("a list").iter().map(|one| &one["why"]).collect();
    assert_eq!(reasons, ["not data of Prosody", "this store is not taken over"], "{report}");

    server.command(&["export", "xep0227", "saved.xml"]);
    let saved = fs::read_to_string(server.path("saved.xml")).expect("readable");
    for word in ["Call me but love\n&amp; more", "stamp='2010-07-10T23:08:25.000Z'", "<thing xmlns='urn:n'/>"]
    {
        assert!(saved.contains(word), "{word} is not in {saved}");
    }
    let rooms = server.command(&["conversation", "list"]);
    assert!(rooms.to_string().contains("The Orchard"), "{rooms}");
}

const DUMP: &str = "{tables,[{muc_room,[{record_name,muc_room}]}]}.\n\
    {pubsub_item,{<<\"play\">>,3},3,{{1278,803305,1},x},{{1278,803305,1},x},[{xmlel,<<\"thing\">>,\n\
    \x20    [{<<\"xmlns\">>,<<\"urn:n\">>}],[]}]}.\n\
    {pubsub_node,{{<<\"romeo\">>,<<\"localhost\">>,<<>>},<<\"urn:n\">>},3,[],<<\"pep\">>,[],[{access_model,whitelist}]}.\n\
    {muc_room,{<<\"orchard\">>,<<\"rooms.localhost\">>},[{title,<<\"The Orchard\">>},{members_only,true},\n\
    \x20    {affiliations,[{{<<\"romeo\">>,<<\"localhost\">>,<<>>},{owner,<<>>}}]},{subject,[{text,<<>>,<<\"Night\">>}]}]}.\n\
    {archive_msg,{<<\"orchard\">>,<<\"rooms.localhost\">>},<<\"1\">>,{1278,803306,0},{<<\"romeo\">>,<<\"localhost\">>,<<>>},\n\
    \x20    {<<\"romeo\">>,<<\"localhost\">>,<<>>},{xmlel,<<\"message\">>,[{<<\"type\">>,<<\"groupchat\">>},\n\
    \x20    {<<\"xmlns\">>,<<\"jabber:client\">>}],[{xmlel,<<\"body\">>,[],[{xmlcdata,<<\"Ay me!\">>}]}]},<<\"R\">>,groupchat}.\n\
    {odd,#Fun<x>}.\n";

#[tokio::test]
async fn the_exports_of_ejabberd_are_taken_over_with_rooms_and_blocks_and_keys_that_are_coded_twice() {
    let server = Server::start(&[]).await;
    let coded = |once: &str| STANDARD.encode(once);
    let (salt, server_key) = (coded("QSXCR+Q6sek8bf92"), coded("D+CSWLOshSulAsxiupA+qs2/fTE="));
    let stored_key = coded("6dlGYMOdZcOPutkcNY8U2g7vK9Y=");
    let host = format!(
        "<host xmlns='urn:xmpp:pie:0' jid='localhost'><user name='romeo'><scram-credentials xmlns='urn:xmpp:pie:0#scram' \
         mechanism='SCRAM-SHA-1'><iter-count>4096</iter-count><salt>{salt}</salt><server-key>{server_key}</server-key>\
         <stored-key>{stored_key}</stored-key></scram-credentials><query xmlns='jabber:iq:privacy'><default name='b'/>\
         <list name='b'><item type='jid' value='tybalt@localhost' action='deny' order='1'/></list></query></user>\
         <user name='tybalt' password='a long password'/></host>"
    );
    let whole = "<server-data xmlns='urn:xmpp:pie:0' xmlns:xi='http://www.w3.org/2001/XInclude'>\
                 <xi:include href='20260102-030405_localhost.xml'/></server-data>";
    fs::create_dir(server.path("moving")).expect("writable");
    let files = [
        ("20250102-030405.xml", "<server-data xmlns='urn:xmpp:pie:0'/>"),
        ("20260102-030405.xml", whole),
        ("20260102-030405_localhost.xml", &host),
        ("dump", DUMP),
    ];
    for (name, text) in files {
        fs::write(server.path(&format!("moving/{name}")), text).expect("writable");
    }
    let report = server.command(&["import", "ejabberd", "moving"]);
    let expected = [
        ("accounts", 2),
        ("contacts", 1),
        ("nodes", 1),
        ("items", 1),
        ("rooms", 1),
        ("messages of rooms", 1),
    ];
    for (family, taken) in expected {
        assert_eq!(counts(&report, family), [taken, 0, 0], "{family}: {report}");
    }
    assert_eq!(report["left_out"].as_array().map(Vec::len), Some(1), "{report}");
    assert_eq!(report["left_out"][0]["why"], "it is no constant");
    assert!(signs_in(&server, "romeo", "pencil").await);
}
