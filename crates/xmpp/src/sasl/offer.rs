use super::{BindingType, ChannelBindings, Mechanism, ScramHash};

/// What a server is ready to accept on one connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offer<'a> {
    /// The hash functions that passwords are kept for.
    pub scram: &'a [ScramHash],
    /// Whether a password may be sent as it is. Never without TLS.
    pub plain: bool,
    /// Whether the connection itself says who the peer is.
    pub external: bool,
}

impl Offer<'_> {
    /// The mechanisms that are offered, the stronger first. Those that bind to the channel are there when
    /// it has data for that.
    ///
    /// # Source
    /// RFC 6120 section 6.3.3 (order of preference); RFC 5802 section 6.
    pub fn mechanisms(&self, bindings: &ChannelBindings) -> Vec<Mechanism> {
        let can_bind = !bindings.is_empty();
        let is_offered = |mechanism: &Mechanism| match (mechanism, mechanism.scram_hash()) {
            (_, Some(hash)) => self.scram.contains(&hash) && (can_bind || !mechanism.is_plus()),
            (Mechanism::External, _) => self.external,
            (Mechanism::Plain, _) => self.plain,
            _ => false,
        };
        Mechanism::ALL.iter().copied().filter(is_offered).collect()
    }

    /// The mechanisms by which a token can be used on a channel with these data.
    ///
    /// # Source
    /// XEP-0484 (0.2.0) section 3.1.
    pub fn token_mechanisms(bindings: &ChannelBindings) -> Vec<Mechanism> {
        let can_bind = |binding: Option<BindingType>| binding.is_none_or(|it| bindings.get(it).is_some());
        let is_offered = |it: &Mechanism| it.is_token() && can_bind(it.token_binding());
        Mechanism::ALL.iter().copied().filter(is_offered).collect()
    }
}

/// What lets a client notice that somebody changed the list of mechanisms or of channel bindings: the
/// attribute `h` of the server's first message of SCRAM. `bindings` is `None` when the server announced
/// none; `mechanisms` are those of the profile in use, as announced.
///
/// # Source
/// XEP-0474 (0.5.0) section 5.1.
pub fn downgrade_hash(hash: ScramHash, mechanisms: &[Mechanism], bindings: Option<&[BindingType]>) -> String {
    let mut text = joined(mechanisms.iter().map(|it| it.as_str()).collect());
    if let Some(bindings) = bindings {
        text.push('\u{1f}');
        text.push_str(&joined(bindings.iter().map(|it| it.as_str()).collect()));
    }
    hash.digest_base64(text.as_bytes())
}

fn joined(mut words: Vec<&str>) -> String {
    words.sort_unstable();
    words.join("\u{1e}")
}
