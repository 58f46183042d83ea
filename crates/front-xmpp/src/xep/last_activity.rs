//! XEP-0012: Last Activity (2.0): when somebody was last there, for those who see their presence.

use crate::iq::{Answer, At, Handler, Iq, Wants};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::presence::Availability;
use parlance_xmpp::{StanzaCondition, write::Writer};

pub(crate) const LAST: &str = "jabber:iq:last";

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Own, wants: Wants::Get, namespace: LAST, name: "query", answer: of_own },
    Handler { at: At::Other, wants: Wants::Get, namespace: LAST, name: "query", answer: of_other },
];

fn of_own(_: Iq<'_>) -> BoxFuture<'_, Answer> {
    std::future::ready(Ok(written(0))).boxed()
}

/// # Source
/// XEP-0012 section 4; who does not see somebody's presence may not know, nor who does not exist.
fn of_other(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let person = iq.xmpp.hub.person_at(iq.to.bare()).await?;
        crate::xep::blocking::check(iq.xmpp, iq.seat, person.id).await?;
        let may_see = iq.seat.with(|state| state.contacts.of(person.id).is_watched);
        if !may_see {
            return Err(StanzaCondition::Forbidden.into());
        }
        let shown = iq.xmpp.hub.presence_of(person.id).await?;
        if shown.availability != Availability::Offline {
            return Ok(written(0));
        }
        let last_seen = shown.last_seen_at.ok_or(StanzaCondition::Forbidden)?;
        Ok(written(iq.xmpp.hub.now().0.saturating_sub(last_seen.0) / 1_000))
    }
    .boxed()
}

fn written(seconds: u64) -> String {
    let mut xml = Writer::new();
    xml.start("query").namespace(LAST).attribute("seconds", &seconds.to_string());
    xml.finish()
}

#[cfg(test)]
mod tests {
    use crate::{presence::tests::friends, stage::Stage};

    #[tokio::test]
    async fn only_those_who_see_somebody_learn_when_they_were_last_there() {
        let stage = Stage::new().await;
        let (mut romeo, mut juliet) = friends(&stage).await;
        let ask = "<iq type='get' id='last' to='juliet@example.org'><query xmlns='jabber:iq:last'/></iq>";
        romeo.send(ask).await;
        romeo.sees(&["id='last'", "seconds='0'"]).await;
        juliet.tells("unsubscribed", &romeo).await;
        romeo.sees(&["type='unsubscribed'"]).await;
        romeo.send(ask).await;
        romeo.sees(&["id='last'", "<forbidden"]).await;
    }
}
