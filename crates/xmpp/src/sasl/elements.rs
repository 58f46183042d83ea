use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use smol_str::SmolStr;

use super::{BindingType, Failure, Mechanism, Refusal};
use crate::{Element, Stanza, ns, write::Writer};

/// The way in which the messages of SASL travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// RFC 6120 section 6: the stream is restarted after success.
    Sasl,
    /// XEP-0388: success is followed by the features at once.
    Sasl2,
}

/// What a client sends during authentication.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// `<auth/>` or `<authenticate/>`.
    Start(Start),
    /// `<response/>`, its data decoded.
    Response(Vec<u8>),
    /// `<abort/>`.
    Abort,
}

/// The begin of an authentication.
#[derive(Clone, PartialEq, Eq)]
pub struct Start {
    /// The name of the mechanism, known or not; [`Mechanism::find`] knows.
    pub mechanism: SmolStr,
    /// The first message, when it was sent along.
    pub initial_response: Option<Vec<u8>>,
    /// What the client says about itself. Only in SASL2.
    pub user_agent: Option<UserAgent>,
    /// What else is to be done after success, as it was sent. Only in SASL2.
    pub inline: Vec<Element>,
}

/// What a client says about itself, for its user and for nobody else.
///
/// # Source
/// XEP-0388 (1.0.4) section 2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserAgent {
    /// A UUID that stays the same for this installation, in lower case.
    pub id: Option<SmolStr>,
    /// The name of the program.
    pub software: Option<String>,
    /// The name of the device.
    pub device: Option<String>,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(start) => start.fmt(f),
            Self::Response(_) => f.write_str("Response"),
            Self::Abort => f.write_str("Abort"),
        }
    }
}

/// The first message can hold a password.
impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start").field("mechanism", &self.mechanism).finish_non_exhaustive()
    }
}

/// Reads a first-level element; `None` when it belongs to neither profile.
///
/// # Errors
/// [`Refusal::Encoding`] for data that is not base64, [`Refusal::Malformed`] for elements that the schema
/// does not know.
///
/// # Source
/// RFC 6120 section 6.4; XEP-0388 (1.0.4) sections 2.2 to 2.5.
pub fn read_step(stanza: &Stanza<'_>) -> Option<(Profile, Result<Step, Refusal>)> {
    let profile = match stanza.namespace() {
        ns::SASL => Profile::Sasl,
        ns::SASL2 => Profile::Sasl2,
        _ => return None,
    };
    let step = match (profile, stanza.name()) {
        (Profile::Sasl, "auth") => read_auth(stanza),
        (Profile::Sasl2, "authenticate") => read_authenticate(&stanza.parse()),
        (_, "response") => decode(&stanza.text()).map(Step::Response),
        (_, "abort") => Ok(Step::Abort),
        _ => Err(Refusal::Malformed),
    };
    Some((profile, step))
}

/// # Source
/// RFC 6120 section 6.4.2: no text means no initial response, and `=` an empty one.
fn read_auth(stanza: &Stanza<'_>) -> Result<Step, Refusal> {
    let mechanism = stanza.attribute("mechanism").ok_or(Refusal::Malformed)?;
    let text = stanza.text();
    let initial_response = (!trimmed(&text).is_empty()).then(|| decode(&text)).transpose()?;
    let mechanism = mechanism.into();
    Ok(Step::Start(Start { mechanism, initial_response, user_agent: None, inline: Vec::new() }))
}

fn read_authenticate(element: &Element) -> Result<Step, Refusal> {
    let mechanism = element.attribute("mechanism").ok_or(Refusal::Malformed)?;
    let initial_response = element.text_of(ns::SASL2, "initial-response");
    let initial_response = initial_response.map(|text| decode(&text)).transpose()?;
    let user_agent = element.child(ns::SASL2, "user-agent").map(read_user_agent).transpose()?;
    let inline = element.children().filter(|child| child.namespace() != ns::SASL2).cloned().collect();
    Ok(Step::Start(Start { mechanism: mechanism.into(), initial_response, user_agent, inline }))
}

fn read_user_agent(element: &Element) -> Result<UserAgent, Refusal> {
    let id = element.attribute("id");
    if id.is_some_and(|id| !is_uuid(id)) {
        return Err(Refusal::Malformed);
    }
    let text = |name| element.text_of(ns::SASL2, name).map(|text| text.into_owned());
    let id = id.map(|id| id.to_ascii_lowercase().into());
    Ok(UserAgent { id, software: text("software"), device: text("device") })
}

/// Of whatever version: installations keep what they once made.
fn is_uuid(text: &str) -> bool {
    let groups = text.split('-').map(str::len);
    groups.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// # Source
/// RFC 6120 sections 6.4.2 and 13.9.1. White space around the data is there in examples of XEP-0388.
fn decode(text: &str) -> Result<Vec<u8>, Refusal> {
    match trimmed(text) {
        "=" => Ok(Vec::new()),
        data => BASE64_STANDARD.decode(data).map_err(|_| Refusal::Encoding),
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

impl Profile {
    /// The namespace of its elements.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Sasl => ns::SASL,
            Self::Sasl2 => ns::SASL2,
        }
    }

    /// Writes the stream feature that offers mechanisms. `inline` is XML for `<inline/>`, and only for
    /// SASL2.
    ///
    /// # Source
    /// RFC 6120 section 6.4.1; XEP-0388 (1.0.4) section 2.1.
    pub fn write_feature(self, mechanisms: &[Mechanism], inline: &str, xml: &mut Writer<'_>) {
        let name = match self {
            Self::Sasl => "mechanisms",
            Self::Sasl2 => "authentication",
        };
        xml.start(name).namespace(self.namespace());
        for mechanism in mechanisms {
            xml.text_element("mechanism", mechanism.as_str());
        }
        if !inline.is_empty() && self == Self::Sasl2 {
            xml.start("inline").raw(inline).end();
        }
        xml.end();
    }

    /// Writes a challenge.
    pub fn write_challenge(self, data: &[u8], xml: &mut Writer<'_>) {
        xml.start("challenge").namespace(self.namespace()).text(&encode(data)).end();
    }

    /// Writes success. `data` are the mechanism's last words; `identity` is who the client is now, and
    /// `inline` XML about what else was done. The latter two are written in SASL2 only.
    ///
    /// # Source
    /// RFC 6120 section 6.4.6; XEP-0388 (1.0.4) section 2.6.1.
    pub fn write_success(self, data: Option<&[u8]>, identity: &str, inline: &str, xml: &mut Writer<'_>) {
        xml.start("success").namespace(self.namespace());
        let data = data.map(encode);
        match self {
            Self::Sasl => {
                xml.text(data.as_deref().unwrap_or_default());
            }
            Self::Sasl2 => {
                if let Some(data) = data {
                    xml.text_element("additional-data", &data);
                }
                xml.text_element("authorization-identifier", identity).raw(inline);
            }
        }
        xml.end();
    }

    /// Writes a failure, with a text for people if there is one.
    ///
    /// # Source
    /// RFC 6120 section 6.4.5; XEP-0388 (1.0.4) section 2.6.2.
    pub fn write_failure(self, failure: Failure, text: Option<&str>, xml: &mut Writer<'_>) {
        xml.start("failure").namespace(self.namespace());
        xml.start(failure.as_str());
        if self == Self::Sasl2 {
            xml.namespace(ns::SASL);
        }
        xml.end();
        if let Some(text) = text {
            xml.start("text").attribute("xml:lang", "en").text(text).end();
        }
        xml.end();
    }
}

impl BindingType {
    /// Writes the stream feature that names the types of channel binding.
    ///
    /// # Source
    /// XEP-0440 (1.0.0) section 2.
    pub fn write_feature(types: &[Self], xml: &mut Writer<'_>) {
        xml.start("sasl-channel-binding").namespace(ns::CHANNEL_BINDING);
        for kind in types {
            xml.start("channel-binding").attribute("type", kind.as_str()).end();
        }
        xml.end();
    }
}

fn encode(data: &[u8]) -> String {
    if data.is_empty() { "=".to_owned() } else { BASE64_STANDARD.encode(data) }
}
