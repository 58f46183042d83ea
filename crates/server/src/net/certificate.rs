//! Just enough of X.509 to know when a certificate ends.

use rustls_pki_types::CertificateDer;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// When the certificate ends; `None` when it cannot be read.
///
/// # Source
/// RFC 5280 sections 4.1 and 4.1.2.5; the encoding is ITU-T X.690.
pub(crate) fn expires_at(certificate: &CertificateDer<'_>) -> Option<SystemTime> {
    let mut outer = Der(certificate.as_ref());
    let mut signed = Der(Der(outer.expect(SEQUENCE)?).expect(SEQUENCE)?);
    let mut fields_before_validity = 3;
    if signed.0.first() == Some(&VERSION) {
        fields_before_validity += 1;
    }
    for _ in 0..fields_before_validity {
        signed.next()?;
    }
    let mut validity = Der(signed.expect(SEQUENCE)?);
    validity.next()?;
    let (tag, text) = validity.next()?;
    let seconds = read_time(tag, std::str::from_utf8(text).ok()?)?;
    UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))
}

/// What is left of a sequence of values.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next value with its tag.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, first], rest) = self.0.split_first_chunk::<2>()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, value))
    }

    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, value)| value)
    }
}

/// Seconds since 1970 of `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
fn read_time(tag: u8, text: &str) -> Option<i64> {
    let digits = text.strip_suffix('Z')?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let short: i64 = digits.get(..2)?.parse().ok()?;
            (if short < 50 { 2000 + short } else { 1900 + short }, digits.get(2..)?)
        }
        GENERALIZED_TIME => (digits.get(..4)?.parse().ok()?, digits.get(4..)?),
        _ => return None,
    };
    let field = |place: usize| rest.get(place..place + 2)?.parse::<i64>().ok();
    let days = days_since_1970(year, field(0)?, field(2)?);
    Some(days * 86_400 + field(4)? * 3_600 + field(6)? * 60 + field(8)?)
}

/// Days since 1 January 1970 in the Gregorian calendar, counted in years that begin in March so
/// that the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_certificate_is_read() {
        for (year, seconds) in [(2031, 1_924_992_000), (2051, 2_556_144_000)] {
            let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(year, 1, 1);
            let key = rcgen::KeyPair::generate().expect("a key");
            let certificate = params.self_signed(&key).expect("a certificate");
            let expected = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(expires_at(certificate.der()), Some(expected), "{year}");
        }
    }

    #[test]
    fn torn_certificates_are_not_read() {
        let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        let whole = key.cert.der().as_ref();
        for length in 0..100 {
            assert_eq!(expires_at(&CertificateDer::from(&whole[..length])), None);
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(2000, 3, 1), 11_017);
        assert_eq!(days_since_1970(2024, 2, 29), 19_782);
    }
}
