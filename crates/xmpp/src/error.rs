use crate::Condition;

/// Why a stream cannot be read any further.
///
/// All of them end the stream; [`Error::condition`] is what the peer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Bytes that are not UTF-8.
    #[error("the stream is not UTF-8")]
    Utf8,
    /// An XML declaration that names another encoding than UTF-8.
    #[error("the declared encoding is not UTF-8")]
    Encoding,
    /// A character that XML does not allow, as itself or as a character reference.
    #[error("a character that XML does not allow")]
    Character,
    /// XML that follows no production of the grammar; says what was expected.
    #[error("malformed XML: {0}")]
    Syntax(&'static str),
    /// An end tag that does not belong to the element that is open.
    #[error("an end tag that does not match its start tag")]
    MismatchedTag,
    /// An attribute that is there twice, by its name as written or by namespace and local name.
    #[error("an attribute is there twice")]
    DuplicateAttribute,
    /// A prefix that no declaration in scope binds.
    #[error("a namespace prefix is not declared")]
    UndeclaredPrefix,
    /// A declaration that changes `xml` or `xmlns`, or binds their namespaces to something else.
    #[error("a declaration concerns a reserved prefix or namespace")]
    ReservedNamespace,
    /// A declaration that binds a prefix to nothing.
    #[error("a prefix is bound to the empty namespace")]
    EmptyNamespace,
    /// A comment.
    #[error("comments are not allowed")]
    Comment,
    /// A processing instruction, or an XML declaration that is not at the very start.
    #[error("processing instructions are not allowed")]
    ProcessingInstruction,
    /// A document type or a part of one.
    #[error("document type declarations are not allowed")]
    DocumentType,
    /// A reference to an entity that is not one of the five of XML.
    #[error("references to entities are not allowed, except the five of XML")]
    Entity,
    /// Text between first-level elements that is not white space.
    #[error("text outside of an element")]
    StrayText,
    /// A root element that is not called `stream`.
    #[error("the root element is not a stream")]
    NotAStream,
    /// A root element in another namespace than [`STREAMS`](crate::STREAMS).
    #[error("the root element is not in the namespace of streams")]
    StreamNamespace,
    /// A WebSocket frame that is not exactly one element.
    #[error("a frame is not exactly one element")]
    NotOneElement,
    /// More than [`Limits::stanza_bytes_max`](crate::Limits::stanza_bytes_max).
    #[error("a stanza is too long")]
    StanzaTooLong,
    /// More than [`Limits::depth_max`](crate::Limits::depth_max).
    #[error("elements are nested too deeply")]
    TooDeep,
    /// More than [`Limits::attributes_max`](crate::Limits::attributes_max).
    #[error("an element has too many attributes")]
    TooManyAttributes,
    /// More than [`Limits::name_bytes_max`](crate::Limits::name_bytes_max).
    #[error("a name is too long")]
    NameTooLong,
    /// More than [`Limits::namespaces_max`](crate::Limits::namespaces_max).
    #[error("too many namespaces are declared")]
    TooManyNamespaces,
}

impl Error {
    /// The stream error that tells the peer.
    ///
    /// # Source
    /// RFC 6120 sections 4.9.3 (conditions), 11.1 (restricted XML), 11.3 (names without a declared
    /// prefix are `not-well-formed`) and 13.12 (limits).
    pub fn condition(self) -> Condition {
        match self {
            Self::Utf8 | Self::Encoding => Condition::UnsupportedEncoding,
            Self::Character
            | Self::Syntax(_)
            | Self::MismatchedTag
            | Self::DuplicateAttribute
            | Self::UndeclaredPrefix
            | Self::ReservedNamespace
            | Self::EmptyNamespace => Condition::NotWellFormed,
            Self::Comment | Self::ProcessingInstruction | Self::DocumentType | Self::Entity => {
                Condition::RestrictedXml
            }
            Self::StrayText | Self::NotAStream | Self::NotOneElement => Condition::BadFormat,
            Self::StreamNamespace => Condition::InvalidNamespace,
            Self::StanzaTooLong
            | Self::TooDeep
            | Self::TooManyAttributes
            | Self::NameTooLong
            | Self::TooManyNamespaces => Condition::PolicyViolation,
        }
    }
}
