use http::{HeaderMap, header};

/// A way to pack a file that was packed when the client was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Encoding {
    /// The word in `Content-Encoding`.
    pub(super) name: &'static str,
    /// What the name of the packed file ends in.
    pub(super) suffix: &'static str,
}

const BY_SIZE: &[Encoding] =
    &[Encoding { name: "br", suffix: ".br" }, Encoding { name: "gzip", suffix: ".gz" }];

/// The encodings that the client takes, the smallest first.
///
/// # Source
/// RFC 9110 section 12.5.3; weights other than zero are treated alike.
pub(super) fn accepted(headers: &HeaderMap) -> impl Iterator<Item = Encoding> {
    let lines = headers.get_all(header::ACCEPT_ENCODING);
    let text = lines.iter().filter_map(|line| line.to_str().ok()).collect::<Vec<_>>().join(",");
    BY_SIZE.iter().copied().filter(move |encoding| text.split(',').any(|part| accepts(part, encoding.name)))
}

fn accepts(part: &str, name: &str) -> bool {
    let mut fields = part.split(';').map(str::trim);
    let is_named = fields.next().is_some_and(|word| word.eq_ignore_ascii_case(name));
    is_named && !fields.any(|field| matches!(field, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_encoding_that_is_accepted_comes_first() {
        let check = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, text.parse().expect("a header"));
            accepted(&headers).map(|encoding| encoding.name).collect::<Vec<_>>()
        };
        assert_eq!(check("gzip, deflate, br"), ["br", "gzip"]);
        assert_eq!(check("gzip;q=0.5, br;q=0"), ["gzip"]);
        assert!(check("identity").is_empty());
    }
}
