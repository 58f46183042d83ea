//! Sizes and times as they are written in the settings: a number with its unit.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr, time::Duration};

const SIZES: &[(&str, u64)] = &[("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
const PERIODS: &[(&str, u64)] =
    &[("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// A number of bytes, written `"64KiB"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ByteSize(u64);

impl ByteSize {
    pub(crate) const fn kib(count: u64) -> Self {
        Self(count << 10)
    }

    /// The number of bytes.
    pub(crate) fn bytes(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// A length of time, written `"30s"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Period(u64);

impl Period {
    pub(crate) const fn milliseconds(count: u64) -> Self {
        Self(count)
    }

    pub(crate) const fn seconds(count: u64) -> Self {
        Self(count * 1_000)
    }

    pub(crate) const fn minutes(count: u64) -> Self {
        Self(count * 60_000)
    }

    /// The same as the standard library says it.
    pub(crate) fn duration(self) -> Duration {
        Duration::from_millis(self.0)
    }
}

/// Why a number with a unit cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a whole number and one of the units {units}, such as \"{example}\"")]
pub(crate) struct UnitError {
    units: &'static str,
    example: &'static str,
}

fn parse(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits_end = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at(digits_end);
    let (_, factor) = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim()))?;
    digits.parse::<u64>().ok()?.checked_mul(*factor)
}

fn write(f: &mut fmt::Formatter<'_>, value: u64, units: &[(&str, u64)]) -> fmt::Result {
    let smallest = units[units.len() - 1];
    let (name, factor) = units
        .iter()
        .find(|(_, factor)| value >= *factor && value.is_multiple_of(*factor))
        .unwrap_or(&smallest);
    write!(f, "{}{name}", value / factor)
}

impl FromStr for ByteSize {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        parse(text, SIZES).map(Self).ok_or(UnitError { units: "B, KiB, MiB, GiB", example: "64KiB" })
    }
}

impl FromStr for Period {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        parse(text, PERIODS).map(Self).ok_or(UnitError { units: "ms, s, min, h, d", example: "30s" })
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.0, SIZES)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.0, PERIODS)
    }
}

macro_rules! as_text {
    ($type:ident, $name:literal, $pattern:literal) => {
        impl TryFrom<String> for $type {
            type Error = UnitError;

            fn try_from(text: String) -> Result<Self, UnitError> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    };
}

as_text!(ByteSize, "ByteSize", "^[0-9]+ ?(B|KiB|MiB|GiB)$");
as_text!(Period, "Period", "^[0-9]+ ?(ms|s|min|h|d)$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_read_back_as_they_are_written() {
        for text in ["0B", "1B", "1000B", "64KiB", "16MiB", "3GiB"] {
            assert_eq!(text.parse::<ByteSize>().map(|size| size.to_string()), Ok(text.to_owned()));
        }
        for text in ["250ms", "30s", "15min", "6h", "7d"] {
            assert_eq!(text.parse::<Period>().map(|period| period.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("90s".parse::<Period>().map(|period| period.duration()), Ok(Duration::from_secs(90)));
    }

    #[test]
    fn a_number_without_unit_or_with_a_strange_one_is_refused() {
        for text in ["", "5", "KiB", "5 parsecs", "-1s", "1.5s", "99999999999999999999GiB"] {
            assert!(text.parse::<ByteSize>().is_err(), "{text}");
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
