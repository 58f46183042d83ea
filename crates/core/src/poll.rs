//! Polls: what is asked, and what people choose.

use crate::{
    Rejection,
    body::Body,
    event::{Content, Event, Message, Target},
    fold::Fold,
    id::{PrincipalId, UnixMillis},
};
use serde::{Deserialize, Serialize};

/// The place of an option in its poll, from 0.
pub type OptionNumber = u16;

/// A question with options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    /// What is asked.
    pub question: String,
    /// What can be chosen.
    pub options: Vec<String>,
    /// Whether one may choose several.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multiple: bool,
    /// Whether nobody is told who chose what.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anonymous: bool,
    /// When it takes no more votes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<UnixMillis>,
}

/// What somebody chose, as an event says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// The options, in order; none takes the choice back.
    pub options: Vec<OptionNumber>,
    /// What the same person had chosen before. Given by the store together with the place, whatever the
    /// sender says, so that whoever counts need not know who voted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<OptionNumber>,
    /// Whether nobody else is told who it was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

/// What somebody has answered to a message by now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerBefore {
    /// What they chose, if it is a poll.
    pub chosen: Vec<OptionNumber>,
    /// Whether they have confirmed it.
    pub has_acknowledged: bool,
}

/// What somebody has chosen by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// Who.
    pub who: PrincipalId,
    /// The options.
    pub options: Vec<OptionNumber>,
}

impl Poll {
    /// Longest question, in characters.
    pub const QUESTION_CHARS_MAX: usize = 500;
    /// Longest option, in characters.
    pub const OPTION_CHARS_MAX: usize = 100;

    /// Refuses polls that nobody could answer.
    ///
    /// # Errors
    /// `InvalidValue` naming the field.
    pub fn check(&self, options_max: usize, now: UnixMillis) -> Result<(), Rejection> {
        if !is_line(&self.question, Self::QUESTION_CHARS_MAX, |c| c == '\n') {
            return Err(Rejection::InvalidValue("body.text: the question of a poll has 1 to 500 characters"));
        }
        if !(2..=options_max).contains(&self.options.len()) {
            return Err(Rejection::InvalidValue(
                "poll.options: at least 2, and not more than this server allows",
            ));
        }
        if !self.options.iter().all(|option| is_line(option, Self::OPTION_CHARS_MAX, |_| false)) {
            return Err(Rejection::InvalidValue("poll.options: each has 1 to 100 characters in one line"));
        }
        if (1..self.options.len()).any(|place| self.options[..place].contains(&self.options[place])) {
            return Err(Rejection::InvalidValue("poll.options: each only once"));
        }
        if self.closes_at.is_some_and(|at| at <= now) {
            return Err(Rejection::InvalidValue("poll.closes_at: in the future"));
        }
        Ok(())
    }

    /// The options as text, to stand below the question for whoever knows no polls.
    pub fn numbered_options(&self) -> String {
        let numbered =
            self.options.iter().enumerate().map(|(place, option)| format!("{}. {option}", place + 1));
        numbered.collect::<Vec<_>>().join("\n")
    }

    /// Whether it takes no more votes at a moment, with what has become of it.
    pub fn is_closed(&self, fold: Option<&Fold>, now: UnixMillis) -> bool {
        self.closes_at.is_some_and(|at| at <= now) || fold.is_some_and(|fold| fold.is_closed)
    }

    /// Puts the options of a choice in order, each once.
    ///
    /// # Errors
    /// `InvalidValue` for options that the poll does not have, and for several where one is chosen.
    pub fn sorted_choice(&self, mut options: Vec<OptionNumber>) -> Result<Vec<OptionNumber>, Rejection> {
        options.sort_unstable();
        options.dedup();
        if options.iter().any(|number| usize::from(*number) >= self.options.len()) {
            return Err(Rejection::InvalidValue("options: numbers of options of this poll, from 0"));
        }
        if options.len() > 1 && !self.multiple {
            return Err(Rejection::InvalidValue("options: this poll takes one choice"));
        }
        Ok(options)
    }

    /// The message that asks it: below the question, as the body says it, stand the options.
    ///
    /// # Errors
    /// `WrongEventKind` for a body that only its receivers can read.
    pub fn into_message(mut self, body: Body) -> Result<Message, Rejection> {
        let Body::Text { text, mentions } = body else { return Err(Rejection::WrongEventKind) };
        self.question = text.trim().to_owned();
        let text = match text.trim_end() {
            "" => return Err(Rejection::BodyEmpty),
            question => format!("{question}\n\n{}", self.numbered_options()),
        };
        Ok(Message { poll: Some(Box::new(self)), ..Message::plain(Body::Text { text, mentions }) })
    }
}

fn is_line(text: &str, chars_max: usize, is_also_allowed: fn(char) -> bool) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= chars_max
        && !text.chars().any(|c| c.is_control() && !is_also_allowed(c))
}

impl Content {
    /// Whether this is a vote of which nobody else is told who it was.
    pub fn is_secret_vote(&self) -> bool {
        matches!(self, Self::Vote { vote: Vote { secret: true, .. }, .. })
    }

    /// The message that this answers by a vote or an acknowledgement.
    pub fn answered(&self) -> Option<Target> {
        match self {
            Self::Vote { target, .. } | Self::Acknowledgement { target, .. } => Some(*target),
            _ => None,
        }
    }

    /// Gives an answer what the same person had answered before.
    pub fn set_answer_before(&mut self, before: AnswerBefore) {
        match self {
            Self::Vote { vote, .. } => vote.was = before.chosen,
            Self::Acknowledgement { again, .. } => *again = before.has_acknowledged,
            _ => {}
        }
    }
}

impl Event {
    /// What it asks, if it is a poll.
    pub fn poll(&self) -> Option<&Poll> {
        match &self.content {
            Content::Message(message) => message.poll.as_deref(),
            _ => None,
        }
    }
}
