use http::{HeaderMap, HeaderValue, header};
use std::{fmt, str::FromStr};

/// A web site as browsers name it in `Origin`: scheme, host and port.
///
/// # Source
/// RFC 6454 sections 6.1 and 7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: String,
    /// Host with its port when that is not the scheme's own.
    authority: String,
}

/// The text is not an origin.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotAnOrigin;

impl Origin {
    /// Whether a page of this origin was served under the host that the request names.
    fn is_host(&self, host: &str) -> bool {
        self.authority == without_default_port(&self.scheme, &host.to_ascii_lowercase())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let (scheme, authority) = text.split_once("://").ok_or(NotAnOrigin)?;
        let is_host = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        if !["http", "https"].contains(&scheme) || authority.is_empty() || !authority.chars().all(is_host) {
            return Err(NotAnOrigin);
        }
        let authority = without_default_port(scheme, &authority.to_ascii_lowercase()).to_owned();
        Ok(Self { scheme: scheme.to_owned(), authority })
    }
}

fn without_default_port<'a>(scheme: &str, authority: &'a str) -> &'a str {
    let port = if scheme == "https" { ":443" } else { ":80" };
    authority.strip_suffix(port).unwrap_or(authority)
}

/// What the `Origin` header of a request says about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict<'a> {
    /// No browser page of another site is involved.
    Own,
    /// A page of another site that is allowed; the value to answer with.
    Allowed(&'a HeaderValue),
    /// A page of a site that is not allowed, or one that hides which it is.
    Foreign,
}

/// Judges the `Origin` header.
pub(super) fn judge<'a>(
    headers: &'a HeaderMap,
    host: Option<&str>,
    own: Option<&Origin>,
    allowed: &[Origin],
) -> Verdict<'a> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(value) = origins.next() else { return Verdict::Own };
    if origins.next().is_some() {
        return Verdict::Foreign;
    }
    let Some(origin) = value.to_str().ok().and_then(|text| text.parse::<Origin>().ok()) else {
        return Verdict::Foreign;
    };
    if own == Some(&origin) || host.is_some_and(|host| origin.is_host(host)) {
        Verdict::Own
    } else if allowed.contains(&origin) {
        Verdict::Allowed(value)
    } else {
        Verdict::Foreign
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_pages_and_listed_sites_pass_and_others_do_not() {
        let check = |origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().expect("a header"));
            }
            let own: Origin = "https://chat.example.org".parse().expect("an origin");
            let allowed = ["https://intranet.example.org:8443".parse().expect("an origin")];
            match judge(&headers, Some("localhost:8080"), Some(&own), &allowed) {
                Verdict::Own => "own",
                Verdict::Allowed(_) => "allowed",
                Verdict::Foreign => "foreign",
            }
        };
        assert_eq!(check(None), "own");
        assert_eq!(check(Some("http://localhost:8080")), "own");
        assert_eq!(check(Some("https://chat.example.org")), "own");
        assert_eq!(check(Some("https://CHAT.example.org:443")), "own");
        assert_eq!(check(Some("https://intranet.example.org:8443")), "allowed");
        for foreign in [
            "null",
            "https://intranet.example.org",
            "http://localhost",
            "https://chat.example.org.evil.example",
            "x",
        ] {
            assert_eq!(check(Some(foreign)), "foreign", "{foreign}");
        }
    }
}
