//! What a message says.

use crate::{Rejection, id::PrincipalId};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Readable text, or something only the receivers can open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Text with markdown.
    Text {
        /// Markdown source.
        text: String,
        /// Who is mentioned, and where.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Mention>,
    },
    /// Sealed content; the core never looks inside.
    Opaque {
        /// The name of the sealing scheme.
        scheme: SmolStr,
        /// The sealed bytes, base64.
        payload: String,
    },
}

/// A mention inside a text; the range counts Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// Who.
    pub who: Mentioned,
}

/// Who is mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mentioned {
    /// One principal.
    Principal(PrincipalId),
    /// All members.
    Everyone,
    /// All members who are online now.
    Here,
}

impl Body {
    /// A text without mentions.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), mentions: Vec::new() }
    }

    /// Bytes of what the person wrote or the sealed payload.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text { text, .. } => text.len(),
            Self::Opaque { payload, .. } => payload.len(),
        }
    }

    /// Named principals, each once.
    pub fn mentioned_principals(&self) -> Vec<PrincipalId> {
        let mut named: Vec<_> = self
            .mentions()
            .iter()
            .filter_map(|mention| match mention.who {
                Mentioned::Principal(id) => Some(id),
                Mentioned::Everyone | Mentioned::Here => None,
            })
            .collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    /// Whether everyone (or everyone who is online) is mentioned.
    pub fn mentions_all(&self) -> bool {
        self.mentions().iter().any(|mention| !matches!(mention.who, Mentioned::Principal(_)))
    }

    /// Whether somebody is mentioned, by name or with everyone.
    pub fn does_mention(&self, who: PrincipalId) -> bool {
        self.mentions_all() || self.mentioned_principals().contains(&who)
    }

    /// Refuses an empty or oversized body and mentions outside the text.
    ///
    /// # Errors
    /// `BodyEmpty`, `BodyTooLong`, `InvalidValue`.
    pub fn check(&self, bytes_max: usize) -> Result<(), Rejection> {
        if self.bytes() > bytes_max {
            return Err(Rejection::BodyTooLong);
        }
        match self {
            Self::Text { text, mentions } => check_text(text, mentions),
            Self::Opaque { scheme, payload } => check_opaque(scheme, payload),
        }
    }

    fn mentions(&self) -> &[Mention] {
        match self {
            Self::Text { mentions, .. } => mentions,
            Self::Opaque { .. } => &[],
        }
    }
}

/// Most mentions in one text.
pub const MENTIONS_MAX: usize = 50;

fn check_text(text: &str, mentions: &[Mention]) -> Result<(), Rejection> {
    if text.trim().is_empty() {
        return Err(Rejection::BodyEmpty);
    }
    if text.contains('\0') {
        return Err(Rejection::InvalidValue("body.text: U+0000 is not allowed"));
    }
    if mentions.is_empty() {
        return Ok(());
    }
    let chars = text.chars().count();
    let is_inside = |mention: &Mention| mention.start < mention.end && mention.end as usize <= chars;
    if mentions.len() > MENTIONS_MAX || !mentions.iter().all(is_inside) {
        return Err(Rejection::InvalidValue("body.mentions: at most 50, each a range inside the text"));
    }
    Ok(())
}

fn check_opaque(scheme: &str, payload: &str) -> Result<(), Rejection> {
    let is_scheme = (1..=64).contains(&scheme.len())
        && scheme.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._:-".contains(&b));
    if !is_scheme {
        return Err(Rejection::InvalidValue("body.scheme: 1 to 64 of a-z 0-9 . _ : -"));
    }
    if payload.is_empty() {
        return Err(Rejection::BodyEmpty);
    }
    Ok(())
}
