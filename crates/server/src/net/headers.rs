use http::{HeaderMap, HeaderName, HeaderValue, header};

static SECURITY: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types dompurify svelte-trusted-html parlance-worker",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

const A_YEAR_ENCRYPTED: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds what protects browsers, and forbids keeping what did not say how long it may be kept.
pub(super) fn protect(headers: &mut HeaderMap, is_encrypted: bool) {
    for (name, value) in &SECURITY {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_encrypted {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, A_YEAR_ENCRYPTED);
    }
}

/// Lets a page of this origin read the answer.
///
/// # Source
/// Fetch Standard, "HTTP responses" in "CORS protocol".
pub(super) fn share(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}

/// Answers the question before a request from a page of another origin.
pub(super) fn allow_everything(headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type, if-none-match"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
}
