/// How much one peer may ask of us before the stream is closed with `policy-violation`.
///
/// Together they bound the memory of a stream: at most the bytes of one stanza, a few times that for the
/// index of it, and the largest chunk that is ever fed at once.
///
/// # Source
/// RFC 6120 section 13.12 wants 10,000 bytes or more for a stanza.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a first-level element, of the stream header or of a WebSocket frame; more than
    /// 1 GiB counts as that.
    pub stanza_bytes_max: u32,
    /// Elements within each other, the first-level element counted as one.
    pub depth_max: u32,
    /// Attributes of one element, declarations of namespaces included.
    pub attributes_max: u32,
    /// Bytes of the name of an element or attribute, with its prefix.
    pub name_bytes_max: u32,
    /// Namespaces declared by attributes that are in scope at once, the stream header included.
    pub namespaces_max: u32,
}

impl Default for Limits {
    /// 256 KiB, 64 levels, 64 attributes, names of 256 bytes, 64 namespaces.
    fn default() -> Self {
        Self {
            stanza_bytes_max: 256 * 1024,
            depth_max: 64,
            attributes_max: 64,
            name_bytes_max: 256,
            namespaces_max: 64,
        }
    }
}
