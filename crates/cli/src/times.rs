//! Moments as people read them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Says moments in one time zone.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    zone: TimeZone,
    today: Date,
}

impl Times {
    /// The time zone of this machine, and its today.
    pub(crate) fn here() -> Self {
        let now = jiff::Zoned::now();
        Self { zone: now.time_zone().clone(), today: now.date() }
    }

    #[cfg(test)]
    pub(crate) fn utc(today: Date) -> Self {
        Self { zone: TimeZone::UTC, today }
    }

    /// The clock time of a moment (RFC 3339).
    pub(crate) fn clock(&self, at: &str) -> String {
        self.local(at).map_or_else(String::new, |local| local.strftime("%H:%M").to_string())
    }

    /// The day of a moment, to be compared.
    pub(crate) fn day(&self, at: &str) -> Option<Date> {
        self.local(at).map(|local| local.date())
    }

    /// What to call a day.
    pub(crate) fn day_name(&self, day: Date) -> String {
        if day == self.today {
            "Today".to_owned()
        } else if Some(day) == self.today.yesterday().ok() {
            "Yesterday".to_owned()
        } else if day.year() == self.today.year() {
            day.strftime("%A, %-d %B").to_string()
        } else {
            day.strftime("%A, %-d %B %Y").to_string()
        }
    }

    /// The clock time today, and the day otherwise.
    pub(crate) fn short(&self, at: &str) -> String {
        match self.day(at) {
            Some(day) if day == self.today => self.clock(at),
            Some(day) => day.strftime("%-d %b").to_string(),
            None => String::new(),
        }
    }

    /// Whether two moments are more than a few minutes apart.
    pub(crate) fn is_apart(&self, earlier: &str, later: &str) -> bool {
        const TOGETHER_S: i64 = 300;
        let seconds = |at: &str| at.parse::<Timestamp>().map(Timestamp::as_second).unwrap_or_default();
        seconds(later) - seconds(earlier) > TOGETHER_S
    }

    fn local(&self, at: &str) -> Option<jiff::Zoned> {
        Some(at.parse::<Timestamp>().ok()?.to_zoned(self.zone.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_have_the_names_people_use() {
        let times = Times::utc(date(2024, 6, 21));
        assert_eq!(times.day_name(date(2024, 6, 21)), "Today");
        assert_eq!(times.day_name(date(2024, 6, 20)), "Yesterday");
        assert_eq!(times.day_name(date(2024, 6, 1)), "Saturday, 1 June");
        assert_eq!(times.day_name(date(2023, 12, 31)), "Sunday, 31 December 2023");
        assert_eq!(times.short("2024-06-21T12:04:00.000Z"), "12:04");
        assert_eq!(times.short("2024-06-01T12:04:00.000Z"), "1 Jun");
        assert_eq!(times.clock("nonsense"), "");
    }
}
