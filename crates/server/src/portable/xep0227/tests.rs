use super::*;
use crate::portable::Portable;

fn items(document: &str) -> anyhow::Result<Vec<Read>> {
    let mut found = Vec::new();
    let mut take = |item| {
        found.push(item);
        Ok(())
    };
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("saved.xml");
    std::fs::write(&path, document)?;
    read(&path, "example.org", &mut take)?;
    Ok(found)
}

fn document(user: &str) -> String {
    format!(
        "<?xml version='1.0'?><server-data xmlns='urn:xmpp:pie:0'><host jid='other.example'><user name='x'/></host>\
         <host jid='example.org'>{user}</host></server-data>"
    )
}

#[test]
fn a_person_is_read_with_contacts_and_elements() {
    let found = items(&document(
        "<user name='juliet' password='R0m30'><query xmlns='jabber:iq:roster'>\
         <item jid='romeo@example.org' name='Romeo' subscription='both'><group>Friends</group></item></query>\
         <vCard xmlns='vcard-temp'><FN>Juliet &amp; co</FN></vCard></user>",
    ))
    .unwrap();
    let [Ok(Portable::Contact { who, contact, .. }), Ok(Portable::Element { payload, .. }), Ok(account)] =
        &found[..]
    else {
        panic!("{found:?}")
    };
    assert_eq!((who.as_str(), contact.alias.as_str()), ("romeo@example.org", "Romeo"));
    assert_eq!((contact.groups.len(), contact.subscription.is_shown()), (1, true));
    assert_eq!(payload, "<vCard xmlns='vcard-temp'><FN>Juliet &amp; co</FN></vCard>");
    assert!(account.pass() == 0);
}

#[test]
fn what_is_too_large_costs_nothing_else() {
    let large = "<x>y</x>".repeat(200_000);
    let user = format!(
        "<user name='a' password='b'><archive xmlns='urn:a'><p>{large}</p></archive></user><user name='c' password='d'/>"
    );
    let found = items(&document(&user)).unwrap();
    assert_eq!(found.iter().filter(|item| item.is_ok()).count(), 2);
    assert!(matches!(&found[0], Err(why) if why.why == "an element is too large"), "{found:?}");
}

#[test]
fn what_is_no_such_document_is_refused() {
    for bad in ["<a/>", "<server-data xmlns='urn:xmpp:pie:0'/>", "nothing"] {
        assert!(items(bad).is_err(), "{bad}");
    }
}

#[test]
fn parts_in_other_files_of_the_folder_are_read_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let (inside, outside) = (folder.path().join("export"), folder.path().join("outside.xml"));
    std::fs::create_dir_all(inside.join("example.org")).unwrap();
    let write = |path: &Path, xml: &str| {
        std::fs::write(
            path,
            xml.replacen(' ', " xmlns='urn:xmpp:pie:0' xmlns:xi='http://www.w3.org/2001/XInclude' ", 1),
        )
    };
    write(&inside.join("main.xml"), "<server-data ><xi:include href='example.org.xml'/></server-data>")
        .unwrap();
    let host = "<host jid='example.org'><xi:include href='example.org/juliet.xml'/>\
                <xi:include href='../outside.xml'/><xi:include href='example.org/nobody.xml'/></host>";
    write(&inside.join("example.org.xml"), host).unwrap();
    write(&inside.join("example.org/juliet.xml"), "<user name='juliet' password='a'/>").unwrap();
    write(&outside, "<user name='tybalt' password='b'/>").unwrap();
    let mut found = Vec::new();
    read(&inside.join("main.xml"), "example.org", &mut |item| {
        found.push(item);
        Ok(())
    })
    .unwrap();
    let [Ok(account), Err(one), Err(other)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((account.label(), one.place.as_str()), ("juliet".to_owned(), "../outside.xml"));
    assert_eq!(other.place, "example.org/nobody.xml");
}

#[test]
fn archives_and_nodes_are_read_piece_by_piece() {
    let found = items(&document(
        "<user name='romeo' password='x'>\
         <pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='urn:n'><x xmlns='jabber:x:data'/>\
         </configure><affiliations node='urn:n'><affiliation jid='a@b' affiliation='member'/></affiliations></pubsub>\
         <pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:n'><item id='1'><a xmlns='urn:n'/></item>\
         </items></pubsub>\
         <archive xmlns='urn:xmpp:pie:0#mam'><result xmlns='urn:xmpp:mam:2' id='28482'><forwarded \
         xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>\
         <message xmlns='jabber:client' from='juliet@example.org'/></forwarded></result><result/></archive></user>",
    ))
    .unwrap();
    let [Ok(Portable::Node { form, members, .. }), Ok(item), Ok(message), Err(timeless), Ok(_)] = &found[..]
    else {
        panic!("{found:?}")
    };
    assert_eq!((form.as_str(), members.len()), ("<x xmlns='jabber:x:data'/>", 1));
    assert!(matches!(item, Portable::Item { payload, .. } if payload == "<a xmlns='urn:n'/>"), "{item:?}");
    assert!(
        matches!(message, Portable::Message { at: 1_278_803_305_000, id, .. } if id == "28482"),
        "{message:?}"
    );
    assert_eq!(timeless.why, "a message without its time");
}
