use jiff::Timestamp;
use parlance_core::id::UnixMillis;

/// RFC 3339, UTC, with milliseconds.
pub fn format(at: UnixMillis) -> String {
    let moment = i64::try_from(at.0).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    moment.unwrap_or(Timestamp::MAX).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Understands RFC 3339; `None` for anything else, and for moments before 1970.
pub(crate) fn parse(text: &str) -> Option<UnixMillis> {
    let moment: Timestamp = text.parse().ok()?;
    u64::try_from(moment.as_millisecond()).ok().map(UnixMillis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_always_three_digits_after_the_second() {
        assert_eq!(format(UnixMillis(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(format(UnixMillis(1_769_817_600_120)), "2026-01-31T00:00:00.120Z");
        assert_eq!(parse("2026-01-31T00:00:00.120Z"), Some(UnixMillis(1_769_817_600_120)));
        assert_eq!(parse("2026-01-31T01:00:00+01:00"), Some(UnixMillis(1_769_817_600_000)));
        assert_eq!((parse("yesterday"), parse("1960-01-01T00:00:00Z")), (None, None));
    }
}
