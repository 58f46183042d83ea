use super::*;
use crate::{Framed, Limits};

fn read(xml: &str) -> Result<Form, FormError> {
    Form::read(&Framed::new(Limits::default()).read(xml.as_bytes()).unwrap().parse())
}

fn written(form: &Form) -> String {
    let mut xml = Writer::new();
    form.write(&mut xml);
    xml.finish()
}

/// After the examples of XEP-0004 sections 4.1 and 4.2.
const QUESTIONS: &str = "<x xmlns='jabber:x:data' type='form'><title>Bot Configuration</title>\
    <instructions>Fill out this form to configure your new bot!</instructions>\
    <field var='FORM_TYPE' type='hidden'><value>jabber:bot</value></field>\
    <field type='fixed'><value>Section 1: Bot Info</value></field>\
    <field var='botname' type='text-single' label='The name of your bot'><required/></field>\
    <field var='public' type='boolean' label='Public bot?'><desc>Who may use it</desc></field>\
    <field var='maxsubs' type='list-single' label='Maximum'><value>20</value>\
    <option label='10'><value>10</value></option><option label='20'><value>20</value></option></field></x>";

const TABLE: &str = "<x xmlns='jabber:x:data' type='result'><reported><field var='name' label='Name'></field>\
    <field var='url' label='a &amp; b'></field></reported>\
    <item><field var='name'><value>Comune</value></field><field var='url'><value>x</value></field></item>\
    <item><field var='name'><value></value></field></item></x>";

#[test]
fn forms_are_written_as_they_were_read() {
    assert_eq!(written(&read(QUESTIONS).unwrap()), QUESTIONS);
    let table = read(TABLE).unwrap();
    assert_eq!((table.reported.len(), table.items.len()), (2, 2));
    assert_eq!(
        written(&table),
        TABLE.replace("></field></reported>", "/></reported>").replace("'Name'></field>", "'Name'/>")
    );
}

#[test]
fn fields_are_found_by_name() {
    let form = read(QUESTIONS).unwrap();
    assert_eq!((form.form_type(), form.value("maxsubs")), (Some("jabber:bot"), Some("20")));
    assert!(form.find("botname").unwrap().is_required);
    assert_eq!(form.find("nothing"), None);
}

#[test]
fn a_form_that_is_made_here_is_read_there() {
    let size = Field::new("size").kind(FieldType::ListSingle).label("Size").value("m");
    let form = Form::of_type(FormType::Form, "urn:x").field(size.option("Medium", "m"));
    assert_eq!(read(&written(&form)), Ok(form));
}

#[test]
fn yes_and_no_have_two_words_each() {
    let answer = |value| Field::new("x").value(value).boolean();
    assert_eq!(
        [answer("1"), answer("true"), answer("0"), answer("false")],
        [Some(true), Some(true), Some(false), Some(false)]
    );
    assert_eq!([answer("yes"), answer(""), Field::new("x").boolean()], [None; 3]);
}

#[test]
fn answers_need_no_types_and_unknown_ones_are_refused() {
    let form =
        read("<x xmlns='jabber:x:data' type='submit'><field var='a'><value/></field><y xmlns='z'/></x>");
    assert_eq!(form.unwrap().value("a"), Some(""));
    for wrong in [
        "<x xmlns='jabber:x:data'/>",
        "<x xmlns='jabber:x:data' type='other'/>",
        "<x xmlns='urn:x' type='form'/>",
        "<x xmlns='jabber:x:data' type='form'><field var='a' type='other'/></x>",
        "<x xmlns='jabber:x:data' type='form'><item><field var='a' type='other'/></item></x>",
    ] {
        assert_eq!(read(wrong), Err(FormError), "{wrong}");
    }
}
