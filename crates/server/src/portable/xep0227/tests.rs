use super::*;
use crate::portable::Portable;

fn items(document: &str) -> anyhow::Result<Vec<Read>> {
    let mut found = Vec::new();
    let mut take = |item| {
        found.push(item);
        Ok(())
    };
    read(document.as_bytes(), Path::new("saved.xml"), "example.org", &mut take)?;
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
    assert!(account.is_account());
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
