//! XEP-0157: Contact Addresses for XMPP Services (1.1.1): whom to turn to about this server.

use crate::context::ContactAddresses;
use parlance_xmpp::{
    forms::{Field, FieldType, Form, FormType},
    write::Writer,
};

const SERVER_INFO: &str = "http://jabber.org/network/serverinfo";

/// Writes the addresses that there are, if there are any.
///
/// # Source
/// XEP-0157 sections 3 and 7.1.
pub(crate) fn write(contacts: &[ContactAddresses], xml: &mut Writer<'_>) {
    let mut form = Form::of_type(FormType::Result, SERVER_INFO);
    for contact in contacts.iter().filter(|contact| !contact.addresses.is_empty()) {
        let field = Field::new(&format!("{}-addresses", contact.role)).kind(FieldType::ListMulti);
        form = form.field(contact.addresses.iter().fold(field, |field, address| field.value(address)));
    }
    if form.fields.len() > 1 {
        form.write(xml);
    }
}

#[cfg(test)]
mod tests {
    use crate::{context::ContactAddresses, discovery::INFO, stage::Stage};

    async fn info_of(stage: &Stage, jid: &str) -> String {
        let mut romeo = stage.client("romeo").await;
        romeo.send(&format!("<iq type='get' id='i' to='{jid}'><query xmlns='{INFO}'/></iq>")).await;
        romeo.sees(&["type='result'", "id='i'"]).await
    }

    #[tokio::test]
    async fn the_server_and_its_groups_say_whom_to_turn_to() {
        let contacts = vec![
            ContactAddresses { role: "abuse", addresses: vec!["mailto:abuse@example.org".into()] },
            ContactAddresses { role: "sales", addresses: Vec::new() },
        ];
        for jid in ["example.org", "groups.example.org"] {
            let stage = Stage::with(|settings| settings.contacts = contacts.clone()).await;
            let info = info_of(&stage, jid).await;
            assert!(info.contains("<value>http://jabber.org/network/serverinfo</value>"), "{info}");
            assert!(info.contains("var='abuse-addresses' type='list-multi'"), "{info}");
            assert!(info.contains("<value>mailto:abuse@example.org</value>"), "{info}");
            assert!(!info.contains("sales-addresses"), "{info}");
        }
    }

    #[tokio::test]
    async fn a_server_without_addresses_says_nothing_of_them() {
        let info = info_of(&Stage::new().await, "example.org").await;
        assert!(!info.contains("serverinfo"), "{info}");
    }
}
