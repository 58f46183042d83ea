use std::{borrow::Cow, net::Ipv6Addr};

use idna::uts46::{AsciiDenyList, Hyphens, Uts46};
use precis_profiles::{
    OpaqueString, UsernameCaseMapped,
    precis_core::{
        IdentifierClass, StringClass,
        profile::{PrecisFastInvocation, stabilize},
    },
};

use super::{JidError, PART_BYTES_MAX};

/// What a part may have before preparation, which can make it shorter: characters of full width have three
/// bytes and become one.
const RAW_BYTES_MAX: usize = 3 * PART_BYTES_MAX;

/// Prepares a localpart.
///
/// # Source
/// RFC 7622 section 3.3 (and 3.3.1 for the eight characters that are excluded); RFC 8265 section 3.3;
/// RFC 8264 section 7: the rules are applied until nothing changes.
pub(super) fn local(raw: &str) -> Result<Cow<'_, str>, JidError> {
    let prepared = match raw.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => lowercase(raw),
        false => {
            check_raw_length(raw)?;
            stabilize(raw, |text| UsernameCaseMapped::enforce(text)).map_err(|_| JidError::Local)?
        }
    };
    let is_excluded = |letter| matches!(letter, '"' | '&' | '\'' | '/' | ':' | '<' | '>' | '@');
    if prepared.is_empty() || prepared.contains(is_excluded) {
        return Err(JidError::Local);
    }
    check_length(prepared)
}

/// Prepares a resourcepart.
///
/// # Source
/// RFC 7622 section 3.4; RFC 8265 section 4.2.
pub(super) fn resource(raw: &str) -> Result<Cow<'_, str>, JidError> {
    let is_plain = raw.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    let prepared = match is_plain && !raw.is_empty() {
        true => Cow::Borrowed(raw),
        false => {
            check_raw_length(raw)?;
            stabilize(raw, |text| OpaqueString::enforce(text)).map_err(|_| JidError::Resource)?
        }
    };
    check_length(prepared)
}

/// Prepares a domainpart: an address of IP in its shortest form, or a name with U-labels in lower case.
///
/// # Source
/// RFC 7622 section 3.2 (with errata 5789); RFC 5890 sections 2.3.1 and 2.3.2; UTS 46 non-transitional.
///
/// # Differs
/// Labels with hyphens in the third and fourth place that are no A-labels are accepted; names that are in
/// use have them.
pub(super) fn domain(raw: &str) -> Result<Cow<'_, str>, JidError> {
    if let Some(inside) = raw.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return ip_literal(inside).map(Cow::Owned);
    }
    check_raw_length(raw)?;
    let without_root = raw.strip_suffix('.').unwrap_or(raw);
    match without_root.split('.').all(is_plain_label) {
        true => check_length(lowercase(without_root)),
        false => check_length(international(raw)?),
    }
}

/// A label of ASCII that means what it reads.
fn is_plain_label(label: &str) -> bool {
    let is_ldh = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_a_label = label.as_bytes().get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--"));
    is_ldh && !is_a_label && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
}

fn international(raw: &str) -> Result<Cow<'_, str>, JidError> {
    let (name, outcome) =
        Uts46::new().to_unicode(raw.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    outcome.map_err(|_| JidError::Domain)?;
    let without_root = name.strip_suffix('.').unwrap_or(&name);
    if !without_root.split('.').all(is_label) {
        return Err(JidError::Domain);
    }
    Ok(Cow::Owned(without_root.to_owned()))
}

/// UTS 46 also lets symbols pass; the class of identifiers is what IDNA2008 allows.
fn is_label(label: &str) -> bool {
    is_plain_label(label) || (!label.is_ascii() && IdentifierClass::default().allows(label).is_ok())
}

/// # Source
/// RFC 3986 section 3.2.2; RFC 6874 section 2 for the zone; RFC 5952 for the form.
fn ip_literal(inside: &str) -> Result<String, JidError> {
    let (address, zone) = match inside.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (inside, None),
    };
    let address: Ipv6Addr = address.parse().map_err(|_| JidError::Domain)?;
    match zone {
        None => Ok(format!("[{address}]")),
        Some(zone) if is_zone(zone) => Ok(format!("[{address}%{zone}]")),
        Some(_) => Err(JidError::Domain),
    }
}

fn is_zone(zone: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    (1..=64).contains(&zone.len()) && zone.bytes().all(is_unreserved)
}

fn lowercase(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    }
}

/// Preparing costs the more the longer a text is.
fn check_raw_length(raw: &str) -> Result<(), JidError> {
    if raw.len() > RAW_BYTES_MAX { Err(JidError::TooLong) } else { Ok(()) }
}

fn check_length(prepared: Cow<'_, str>) -> Result<Cow<'_, str>, JidError> {
    if prepared.len() > PART_BYTES_MAX { Err(JidError::TooLong) } else { Ok(prepared) }
}
