//! Data forms: questions for a person, answers to them, and tables of results.

use crate::{Element, ns, words::words, write::Writer};

words! {
    /// What a form is for.
    ///
    /// # Source
    /// XEP-0004 (2.13.2) section 3.1.
    pub enum FormType {
        /// The person does not want to answer.
        Cancel = "cancel",
        /// Questions.
        Form = "form",
        /// Data, such as what a search found.
        Result = "result",
        /// Answers.
        Submit = "submit",
    }
}

words! {
    /// How a field is asked for.
    ///
    /// # Source
    /// XEP-0004 (2.13.2) section 3.3.
    pub enum FieldType {
        /// Yes or no.
        Boolean = "boolean",
        /// Only a text to be read.
        Fixed = "fixed",
        /// Not shown, and sent back as it is.
        Hidden = "hidden",
        /// Addresses.
        JidMulti = "jid-multi",
        /// An address.
        JidSingle = "jid-single",
        /// Some of the options.
        ListMulti = "list-multi",
        /// One of the options.
        ListSingle = "list-single",
        /// Lines of text, each a value.
        TextMulti = "text-multi",
        /// A text that is not shown.
        TextPrivate = "text-private",
        /// One line of text.
        TextSingle = "text-single",
    }
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What it is for.
    pub kind: FormType,
    /// What it is called.
    pub title: Option<String>,
    /// How to fill it in.
    pub instructions: Vec<String>,
    /// Questions, answers or data.
    pub fields: Vec<Field>,
    /// The columns of a table.
    pub reported: Vec<Field>,
    /// The rows of a table.
    pub items: Vec<Vec<Field>>,
}

/// A question, an answer or a piece of data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Its name; empty for text that is only to be read.
    pub name: String,
    /// How it is asked for; answers need not say it.
    pub kind: Option<FieldType>,
    /// What it is called for people.
    pub label: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Whether it must be answered.
    pub is_required: bool,
    /// The values, or those that are suggested.
    pub values: Vec<String>,
    /// What can be chosen: label and value.
    pub options: Vec<(Option<String>, String)>,
}

/// A form that its schema does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the form or a field of it has an unknown type")]
pub struct FormError;

impl Form {
    /// An empty form.
    pub fn new(kind: FormType) -> Self {
        let (fields, reported, items) = (Vec::new(), Vec::new(), Vec::new());
        Self { kind, title: None, instructions: Vec::new(), fields, reported, items }
    }

    /// A form of which the field `FORM_TYPE` says what its fields mean.
    ///
    /// # Source
    /// XEP-0068 (1.3.0) section 3.
    pub fn of_type(kind: FormType, form_type: &str) -> Self {
        let mut form = Self::new(kind);
        form.fields.push(Field::new("FORM_TYPE").kind(FieldType::Hidden).value(form_type));
        form
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// Reads `<x/>`.
    ///
    /// # Errors
    /// [`FormError`].
    ///
    /// # Source
    /// XEP-0004 (2.13.2) section 12 (schema).
    pub fn read(element: &Element) -> Result<Self, FormError> {
        let kind = element.attribute("type").and_then(FormType::find);
        let mut form = Self::new(kind.filter(|_| element.is(ns::FORMS, "x")).ok_or(FormError)?);
        for child in element.children().filter(|child| child.namespace() == ns::FORMS) {
            match child.name() {
                "title" => form.title = Some(child.text().into_owned()),
                "instructions" => form.instructions.push(child.text().into_owned()),
                "field" => form.fields.push(Field::read(child)?),
                "reported" => form.reported = read_fields(child)?,
                "item" => form.items.push(read_fields(child)?),
                _ => {}
            }
        }
        Ok(form)
    }

    /// What says the meaning of the fields.
    ///
    /// # Source
    /// XEP-0068 (1.3.0) section 3.
    pub fn form_type(&self) -> Option<&str> {
        self.value("FORM_TYPE")
    }

    /// The first field of that name.
    pub fn find(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The first value of the first field of that name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.find(name)?.values.first().map(String::as_str)
    }

    /// Writes `<x/>`.
    pub fn write(&self, xml: &mut Writer<'_>) {
        xml.start("x").namespace(ns::FORMS).attribute("type", self.kind.as_str());
        if let Some(title) = &self.title {
            xml.text_element("title", title);
        }
        for text in &self.instructions {
            xml.text_element("instructions", text);
        }
        self.fields.iter().for_each(|field| field.write(xml));
        if !self.reported.is_empty() {
            write_fields("reported", &self.reported, xml);
        }
        self.items.iter().for_each(|item| write_fields("item", item, xml));
        xml.end();
    }
}

fn read_fields(element: &Element) -> Result<Vec<Field>, FormError> {
    element.children().filter(|child| child.is(ns::FORMS, "field")).map(Field::read).collect()
}

fn write_fields(name: &'static str, fields: &[Field], xml: &mut Writer<'_>) {
    xml.start(name);
    fields.iter().for_each(|field| field.write(xml));
    xml.end();
}

impl Field {
    /// A field without value.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Says how it is asked for.
    #[must_use]
    pub fn kind(self, kind: FieldType) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Says what it is called for people.
    #[must_use]
    pub fn label(self, label: &str) -> Self {
        Self { label: Some(label.to_owned()), ..self }
    }

    /// Adds a value.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        self.values.push(value.to_owned());
        self
    }

    /// Adds what can be chosen.
    #[must_use]
    pub fn option(mut self, label: &str, value: &str) -> Self {
        self.options.push((Some(label.to_owned()), value.to_owned()));
        self
    }

    /// The answer to yes or no; `None` when there is none, or another.
    ///
    /// # Source
    /// XEP-0004 (2.13.2) section 3.3, `boolean`.
    pub fn boolean(&self) -> Option<bool> {
        match self.values.first().map(String::as_str) {
            Some("1" | "true") => Some(true),
            Some("0" | "false") => Some(false),
            _ => None,
        }
    }

    fn read(element: &Element) -> Result<Self, FormError> {
        let kind = element.attribute("type");
        let kind = kind.map(|kind| FieldType::find(kind).ok_or(FormError)).transpose()?;
        let label = element.attribute("label").map(str::to_owned);
        let mut field = Self { kind, label, ..Self::new(element.attribute("var").unwrap_or_default()) };
        for child in element.children().filter(|child| child.namespace() == ns::FORMS) {
            match child.name() {
                "desc" => field.description = Some(child.text().into_owned()),
                "required" => field.is_required = true,
                "value" => field.values.push(child.text().into_owned()),
                "option" => field.options.push(read_option(child)),
                _ => {}
            }
        }
        Ok(field)
    }

    fn write(&self, xml: &mut Writer<'_>) {
        xml.start("field").attribute_if("var", Some(self.name.as_str()).filter(|name| !name.is_empty()));
        xml.attribute_if("type", self.kind.map(FieldType::as_str))
            .attribute_if("label", self.label.as_deref());
        if let Some(description) = &self.description {
            xml.text_element("desc", description);
        }
        if self.is_required {
            xml.start("required").end();
        }
        for value in &self.values {
            xml.text_element("value", value);
        }
        for (label, value) in &self.options {
            xml.start("option").attribute_if("label", label.as_deref()).text_element("value", value).end();
        }
        xml.end();
    }
}

fn read_option(element: &Element) -> (Option<String>, String) {
    let value = element.text_of(ns::FORMS, "value").unwrap_or_default();
    (element.attribute("label").map(str::to_owned), value.into_owned())
}

#[cfg(test)]
mod tests;
