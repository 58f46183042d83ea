use super::Writer;
use crate::{Element, ErrorType, StanzaCondition, ns};

/// The error that a stanza is answered with.
///
/// # Source
/// RFC 6120 section 8.3.2.
#[derive(Clone, Copy, Debug)]
pub struct StanzaError<'a> {
    /// What the sender can do.
    pub kind: ErrorType,
    /// Why it failed.
    pub condition: StanzaCondition,
    /// Another address, for [`StanzaCondition::Gone`] and [`StanzaCondition::Redirect`].
    pub address: Option<&'a str>,
    /// The reason for people.
    pub text: Option<&'a str>,
    /// A condition of an extension, as XML that declares its namespace.
    pub application: Option<&'a str>,
    /// Who found it, when that is somebody else than the sender of the answer.
    pub by: Option<&'a str>,
}

impl<'a> StanzaError<'a> {
    /// A condition with the type that belongs to it.
    pub fn new(condition: StanzaCondition) -> Self {
        let kind = condition.error_type();
        Self { kind, condition, address: None, text: None, application: None, by: None }
    }

    /// Says that the sender can do something else than the condition suggests.
    #[must_use]
    pub fn kind(self, kind: ErrorType) -> Self {
        Self { kind, ..self }
    }

    /// Says it for people too.
    #[must_use]
    pub fn text(self, text: &'a str) -> Self {
        Self { text: Some(text), ..self }
    }

    /// Adds a condition of an extension, as XML that declares its namespace.
    #[must_use]
    pub fn application(self, xml: &'a str) -> Self {
        Self { application: Some(xml), ..self }
    }

    /// Writes `<error/>` into the stanza that is open.
    pub fn write(&self, xml: &mut Writer<'_>) {
        xml.start("error").attribute("type", self.kind.as_str()).attribute_if("by", self.by);
        xml.start(self.condition.as_str()).namespace(ns::STANZA_ERRORS);
        if let Some(address) = self.address {
            xml.text(address);
        }
        xml.end();
        if let Some(text) = self.text {
            xml.start("text").namespace(ns::STANZA_ERRORS).attribute("xml:lang", "en").text(text).end();
        }
        xml.raw(self.application.unwrap_or_default()).end();
    }

    /// Type and condition of an `<error/>` that somebody sent; a condition that is not known counts as
    /// [`StanzaCondition::UndefinedCondition`]. `None` when the type is not known.
    ///
    /// # Source
    /// RFC 6120 section 8.3.2; section 8.4 on application conditions that are not understood.
    pub fn read(error: &Element) -> Option<(ErrorType, StanzaCondition)> {
        let kind = ErrorType::find(error.attribute("type")?)?;
        let mut known = error.children().filter(|child| child.namespace() == ns::STANZA_ERRORS);
        let condition = known.find_map(|child| StanzaCondition::find(child.name()));
        Some((kind, condition.unwrap_or(StanzaCondition::UndefinedCondition)))
    }
}

impl From<StanzaCondition> for StanzaError<'_> {
    fn from(condition: StanzaCondition) -> Self {
        Self::new(condition)
    }
}
