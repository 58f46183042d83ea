//! Nicknames in rooms.

use precis_profiles::{Nickname, precis_core::profile::PrecisFastInvocation};

/// What two nicknames have in common that people would take for the same; `None` for what cannot be one.
///
/// # Source
/// RFC 8266 sections 2.3 and 2.4: without outer and double spaces, in one case, in one form of Unicode.
///
/// ```
/// use parlance_xmpp::nickname_key;
///
/// assert_eq!(nickname_key(" Juliet  Capulet"), nickname_key("juliet capulet"));
/// assert_eq!(nickname_key("  "), None);
/// ```
pub fn nickname_key(nickname: &str) -> Option<String> {
    let tidy = Nickname::enforce(nickname).ok()?;
    let folded = tidy.to_lowercase();
    Nickname::enforce(folded.as_str()).map(std::borrow::Cow::into_owned).ok()
}
