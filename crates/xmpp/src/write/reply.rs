use smol_str::SmolStr;

use super::{StanzaError, Writer};
use crate::{OnStream, Stanza};

/// Who gets the answer to a stanza, kept until the answer is known.
///
/// # Source
/// RFC 6120 sections 8.2.3 and 8.3.1: the addresses change places and the `id` stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    name: &'static str,
    namespace: SmolStr,
    id: Option<SmolStr>,
    from: Option<SmolStr>,
    to: Option<SmolStr>,
}

impl Reply {
    /// The answer to `request`. What is no `iq`, `message` or `presence` is answered as if it were an
    /// `iq`.
    pub fn to(request: &Stanza<'_>) -> Self {
        let name = match request.name() {
            "message" => "message",
            "presence" => "presence",
            _ => "iq",
        };
        let attribute = |name| request.attribute(name).map(SmolStr::from);
        let namespace = request.namespace().into();
        Self { name, namespace, id: attribute("id"), from: attribute("to"), to: attribute("from") }
    }

    /// Says who answers, whatever the request was addressed to.
    #[must_use]
    pub fn from(self, from: Option<&str>) -> Self {
        Self { from: from.map(SmolStr::from), ..self }
    }

    /// Says who is answered, whatever the request said: a client does not need to name itself.
    #[must_use]
    pub fn addressed_to(self, to: Option<&str>) -> Self {
        Self { to: to.map(SmolStr::from), ..self }
    }

    /// Appends a stanza of type `result`. `payload` is empty, or XML that declares its namespaces.
    pub fn write_result(&self, stream: OnStream<'_>, payload: &str, out: &mut String) {
        self.write(stream, "result", out, |xml| {
            xml.raw(payload);
        });
    }

    /// Appends a stanza of type `error`. Whoever answers an error or a result with it starts a loop.
    ///
    /// # Source
    /// RFC 6120 section 8.3.1.
    pub fn write_error(&self, stream: OnStream<'_>, error: &StanzaError<'_>, out: &mut String) {
        self.write(stream, "error", out, |xml| error.write(xml));
    }

    fn write(
        &self,
        stream: OnStream<'_>,
        kind: &str,
        out: &mut String,
        content: impl FnOnce(&mut Writer<'static>),
    ) {
        let mut xml = Writer::append(std::mem::take(out));
        xml.start(self.name);
        if stream != OnStream::Default(&self.namespace) {
            xml.namespace(&self.namespace);
        }
        xml.attribute("type", kind).attribute_if("id", self.id.as_deref());
        xml.attribute_if("from", self.from.as_deref()).attribute_if("to", self.to.as_deref());
        content(&mut xml);
        *out = xml.finish();
    }
}
