use super::{Word, words};
use crate::id::UnixMillis;

/// What somebody looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Words that must all be there; the last may be the beginning of one.
    pub words: Vec<Word>,
    /// Whether the last word may go on: the text did not end with a space.
    pub last_is_prefix: bool,
    /// Who wrote it: an address or the name before the `@`.
    pub from: Option<String>,
    /// Where: a conversation's id or the beginning of its name.
    pub within: Option<String>,
    /// What is in it.
    pub has: Vec<Has>,
    /// Before this moment.
    pub before: Option<UnixMillis>,
    /// At or after this moment.
    pub after: Option<UnixMillis>,
}

/// What can be in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    /// A web address.
    Link,
    /// A reaction.
    Reaction,
    /// A pin.
    Pin,
}

/// Why a query cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidQuery {
    /// Nothing to look for.
    #[error("there is nothing to look for")]
    Empty,
    /// Too long to be meant.
    #[error("a search has up to 512 characters and 16 words, which have up to 64 parts")]
    TooLong,
    /// A filter with a value that is none.
    #[error("{0} cannot be understood; dates are written 2026-01-31, has: knows link, reaction and pin")]
    Filter(String),
}

/// Longest query, in characters.
const CHARS_MAX: usize = 512;
/// Most words that are typed.
const TYPED_WORDS_MAX: usize = 16;
/// Most words that become of them: an address has several, and a script without spaces many.
const WORDS_MAX: usize = 64;

impl Query {
    /// Understands words, `from:` `in:` `has:` `before:` `after:` (dates as `YYYY-MM-DD`, UTC).
    ///
    /// # Errors
    /// [`InvalidQuery`].
    pub fn parse(text: &str) -> Result<Self, InvalidQuery> {
        if text.chars().count() > CHARS_MAX {
            return Err(InvalidQuery::TooLong);
        }
        let mut query = Self { last_is_prefix: !text.ends_with(char::is_whitespace), ..Self::default() };
        let mut typed_words = 0;
        for part in text.split_whitespace() {
            if !query.take_filter(part)? {
                typed_words += 1;
                query.words.extend(words(part));
            }
        }
        if typed_words > TYPED_WORDS_MAX || query.words.len() > WORDS_MAX {
            return Err(InvalidQuery::TooLong);
        }
        query.check()
    }

    fn take_filter(&mut self, part: &str) -> Result<bool, InvalidQuery> {
        let invalid = || InvalidQuery::Filter(part.to_owned());
        let Some((key, value)) = part.split_once(':').filter(|(_, value)| !value.is_empty()) else {
            return Ok(false);
        };
        match key.to_ascii_lowercase().as_str() {
            "from" => self.from = Some(value.trim_start_matches('@').to_lowercase()),
            "in" => self.within = Some(value.trim_start_matches('#').to_lowercase()),
            "has" => self.has.push(parse_has(value).ok_or_else(invalid)?),
            "before" => self.before = Some(parse_day(value).ok_or_else(invalid)?),
            "after" => self.after = Some(parse_day(value).ok_or_else(invalid)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn check(self) -> Result<Self, InvalidQuery> {
        let has_filter =
            self.from.is_some() || !self.has.is_empty() || self.before.is_some() || self.after.is_some();
        if self.words.is_empty() && !has_filter {
            return Err(InvalidQuery::Empty);
        }
        Ok(self)
    }
}

fn parse_has(value: &str) -> Option<Has> {
    match value.to_ascii_lowercase().as_str() {
        "link" | "links" => Some(Has::Link),
        "reaction" | "reactions" => Some(Has::Reaction),
        "pin" | "pinned" => Some(Has::Pin),
        _ => None,
    }
}

/// Midnight UTC of a day written `YYYY-MM-DD`.
fn parse_day(text: &str) -> Option<UnixMillis> {
    let mut parts = text.splitn(3, '-');
    let year: i64 = parts.next()?.parse().ok()?;
    let month: i64 = parts.next()?.parse().ok()?;
    let day: i64 = parts.next()?.parse().ok()?;
    let is_date = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day);
    is_date.then(|| UnixMillis(days_from_civil(year, month, day) as u64 * 86_400_000))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01, proleptic Gregorian: years begin in March so that the leap day is last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_filters_are_told_apart() {
        let query = Query::parse("Hello from:@Bob in:#team has:link after:2026-01-31 wor").unwrap();
        assert_eq!(query.words, ["hello", "wor"]);
        assert!(query.last_is_prefix);
        assert_eq!((query.from.as_deref(), query.within.as_deref()), (Some("bob"), Some("team")));
        assert_eq!(query.after, Some(UnixMillis(1_769_817_600_000)));
        assert_eq!(query.has, [Has::Link]);
    }

    #[test]
    fn what_cannot_be_understood_is_said() {
        assert_eq!(Query::parse("  "), Err(InvalidQuery::Empty));
        assert_eq!(Query::parse("in:team"), Err(InvalidQuery::Empty));
        assert!(matches!(Query::parse("before:soon x"), Err(InvalidQuery::Filter(_))));
        assert!(matches!(Query::parse("has:soul x"), Err(InvalidQuery::Filter(_))));
        assert_eq!(Query::parse(&"x ".repeat(300)), Err(InvalidQuery::TooLong));
    }

    #[test]
    fn a_query_has_up_to_sixteen_words_however_many_parts_they_have() {
        assert_eq!(Query::parse(&"x ".repeat(16)).unwrap().words.len(), 16);
        assert_eq!(Query::parse(&"x ".repeat(17)), Err(InvalidQuery::TooLong));
        assert_eq!(Query::parse(&"x.y.z ".repeat(16)).unwrap().words.len(), 48);
        assert_eq!(Query::parse(&"字".repeat(65)).unwrap().words.len(), 64);
        assert_eq!(Query::parse(&"字".repeat(66)), Err(InvalidQuery::TooLong));
        assert!(Query::parse(&format!("has:link {}", "x ".repeat(16))).is_ok());
    }

    #[test]
    fn a_day_that_is_in_no_calendar_cannot_be_understood() {
        for day in
            ["2026-02-29", "2026-02-31", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "1-1-1"]
        {
            let query = Query::parse(&format!("before:{day}"));
            assert_eq!(query, Err(InvalidQuery::Filter(format!("before:{day}"))));
        }
        for day in ["2024-02-29", "2000-02-29", "2026-12-31"] {
            assert!(Query::parse(&format!("before:{day}")).is_ok(), "{day}");
        }
    }

    #[test]
    fn a_web_address_is_words_and_not_a_filter() {
        assert_eq!(Query::parse("https://example.org/a").unwrap().words, ["https", "example", "org", "a"]);
    }
}
