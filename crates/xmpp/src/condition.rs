use crate::words::words;

words! {
    /// Why a stream is closed.
    ///
    /// # Source
    /// RFC 6120 section 4.9.3.
    pub enum Condition {
        /// XML that makes no sense where it is (4.9.3.1).
        BadFormat = "bad-format",
        /// A prefix that was not declared, where restricted XML is read strictly (4.9.3.2).
        BadNamespacePrefix = "bad-namespace-prefix",
        /// Another stream took the place of this one (4.9.3.3).
        Conflict = "conflict",
        /// The peer is thought to be gone (4.9.3.4).
        ConnectionTimeout = "connection-timeout",
        /// The domain asked for is not served any more (4.9.3.5).
        HostGone = "host-gone",
        /// The domain asked for is not served (4.9.3.6).
        HostUnknown = "host-unknown",
        /// A stanza between servers lacks an address (4.9.3.7).
        ImproperAddressing = "improper-addressing",
        /// Something went wrong on our side (4.9.3.8).
        InternalServerError = "internal-server-error",
        /// A `from` that the peer may not use (4.9.3.9).
        InvalidFrom = "invalid-from",
        /// A stream namespace that is not ours, or a content namespace that is not supported (4.9.3.10).
        InvalidNamespace = "invalid-namespace",
        /// XML that the schema does not allow (4.9.3.11).
        InvalidXml = "invalid-xml",
        /// Something that needs a login before it (4.9.3.12).
        NotAuthorized = "not-authorized",
        /// XML that is not well-formed or not namespace-well-formed (4.9.3.13).
        NotWellFormed = "not-well-formed",
        /// A limit of ours (4.9.3.14).
        PolicyViolation = "policy-violation",
        /// Another server that is needed cannot be reached (4.9.3.15).
        RemoteConnectionFailed = "remote-connection-failed",
        /// The stream is to be negotiated anew (4.9.3.16).
        Reset = "reset",
        /// The server lacks something it needs (4.9.3.17).
        ResourceConstraint = "resource-constraint",
        /// Parts of XML that XMPP forbids (4.9.3.18).
        RestrictedXml = "restricted-xml",
        /// The peer is to go to another address (4.9.3.19).
        SeeOtherHost = "see-other-host",
        /// The server stops (4.9.3.20).
        SystemShutdown = "system-shutdown",
        /// None of the others; an application condition says more (4.9.3.21).
        UndefinedCondition = "undefined-condition",
        /// Another encoding, or wrong UTF-8 (4.9.3.22).
        UnsupportedEncoding = "unsupported-encoding",
        /// A feature that is not offered (4.9.3.23).
        UnsupportedFeature = "unsupported-feature",
        /// A first-level element that means nothing (4.9.3.24).
        UnsupportedStanzaType = "unsupported-stanza-type",
        /// A version of XMPP that is not supported (4.9.3.25).
        UnsupportedVersion = "unsupported-version",
    }
}

words! {
    /// What the sender of a stanza that failed can do.
    ///
    /// # Source
    /// RFC 6120 section 8.3.2.
    pub enum ErrorType {
        /// Log in or ask for permission, and retry.
        Auth = "auth",
        /// Nothing: it will not work.
        Cancel = "cancel",
        /// Go on: it was only a warning.
        Continue = "continue",
        /// Change what was sent, and retry.
        Modify = "modify",
        /// Wait, and retry.
        Wait = "wait",
    }
}

words! {
    /// Why a stanza failed.
    ///
    /// # Source
    /// RFC 6120 section 8.3.3.
    pub enum StanzaCondition {
        /// XML that does not follow its schema (8.3.3.1).
        BadRequest = "bad-request",
        /// Something of that name exists (8.3.3.2).
        Conflict = "conflict",
        /// Nobody here implements it (8.3.3.3).
        FeatureNotImplemented = "feature-not-implemented",
        /// The sender may not (8.3.3.4).
        Forbidden = "forbidden",
        /// The address is not in use any more (8.3.3.5).
        Gone = "gone",
        /// Something went wrong on our side (8.3.3.6).
        InternalServerError = "internal-server-error",
        /// Nothing of that name exists (8.3.3.7).
        ItemNotFound = "item-not-found",
        /// An address that is none (8.3.3.8).
        JidMalformed = "jid-malformed",
        /// Understood, but a condition of the receiver is not met (8.3.3.9).
        NotAcceptable = "not-acceptable",
        /// Nobody may (8.3.3.10).
        NotAllowed = "not-allowed",
        /// The sender must log in (8.3.3.11).
        NotAuthorized = "not-authorized",
        /// A rule of the place, such as a limit of size or rate (8.3.3.12).
        PolicyViolation = "policy-violation",
        /// The receiver is there but cannot answer now (8.3.3.13).
        RecipientUnavailable = "recipient-unavailable",
        /// Another address is to be asked (8.3.3.14).
        Redirect = "redirect",
        /// Something must be signed up for before (8.3.3.15).
        RegistrationRequired = "registration-required",
        /// The server of the receiver does not exist (8.3.3.16).
        RemoteServerNotFound = "remote-server-not-found",
        /// The server of the receiver does not answer (8.3.3.17).
        RemoteServerTimeout = "remote-server-timeout",
        /// The server lacks something it needs (8.3.3.18).
        ResourceConstraint = "resource-constraint",
        /// The service is not offered, or nobody says whether the receiver exists (8.3.3.19).
        ServiceUnavailable = "service-unavailable",
        /// A subscription is needed before (8.3.3.20).
        SubscriptionRequired = "subscription-required",
        /// None of the others; an application condition says more (8.3.3.21).
        UndefinedCondition = "undefined-condition",
        /// Understood, but it came out of order (8.3.3.22).
        UnexpectedRequest = "unexpected-request",
    }
}

impl StanzaCondition {
    /// The type that the standard names with the condition; where it leaves a choice, the most common one.
    ///
    /// # Source
    /// RFC 6120 section 8.3.3, "the associated error type".
    pub fn error_type(self) -> ErrorType {
        match self {
            Self::Forbidden
            | Self::NotAuthorized
            | Self::RegistrationRequired
            | Self::SubscriptionRequired => ErrorType::Auth,
            Self::BadRequest
            | Self::JidMalformed
            | Self::NotAcceptable
            | Self::PolicyViolation
            | Self::Redirect => ErrorType::Modify,
            Self::RecipientUnavailable
            | Self::RemoteServerTimeout
            | Self::ResourceConstraint
            | Self::UnexpectedRequest => ErrorType::Wait,
            Self::Conflict
            | Self::FeatureNotImplemented
            | Self::Gone
            | Self::InternalServerError
            | Self::ItemNotFound
            | Self::NotAllowed
            | Self::RemoteServerNotFound
            | Self::ServiceUnavailable
            | Self::UndefinedCondition => ErrorType::Cancel,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_finds_its_condition() {
        assert!(Condition::ALL.iter().all(|it| Condition::find(it.as_str()) == Some(*it)));
        assert!(StanzaCondition::ALL.iter().all(|it| StanzaCondition::find(it.as_str()) == Some(*it)));
        assert_eq!((Condition::ALL.len(), StanzaCondition::ALL.len()), (25, 22));
        assert_eq!(StanzaCondition::find("Forbidden"), None);
    }
}
