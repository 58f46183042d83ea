//! XEP-0377: Spam Reporting (0.4.1): what goes to administrators together with a block.
//!
//! # Differs
//! Reports stay here: nobody forwards them, whatever the reporter would allow.

use super::{BLOCKING, Named};
use crate::{address::Entity, errors::Refused, iq::Iq};
use parlance_core::id::EventId;
use parlance_hub::{
    HubError,
    ports::{ArchiveScope, ReportReason},
    usecase::NewReport,
};
use parlance_xmpp::{Element, Jid, StanzaCondition};

pub(crate) const REPORTING: &str = "urn:xmpp:reporting:1";
const STANZA_ID: &str = "urn:xmpp:sid:0";

/// The reports in a command, checked before anything is blocked.
///
/// # Source
/// XEP-0377 sections 4 and 6.
pub(super) async fn read(iq: &Iq<'_>) -> Result<Vec<NewReport>, Refused> {
    let mut reports = Vec::new();
    for item in iq.payload.children().filter(|child| child.is(BLOCKING, "item")) {
        let (Some(jid), Some(report)) = (item.attribute("jid"), item.child(REPORTING, "report")) else {
            continue;
        };
        let jid = Jid::parse(jid).map_err(|_| StanzaCondition::JidMalformed)?;
        let new = NewReport {
            reported: jid.to_string(),
            who: None,
            reason: reason(report)?,
            text: text(report),
            messages: messages(iq, report).await?,
        };
        new.check().map_err(|rejection| Refused::from(HubError::from(rejection)))?;
        reports.push(new);
    }
    Ok(reports)
}

/// Keeps reports once the block stands.
pub(super) async fn keep(iq: &Iq<'_>, named: &Named, reports: Vec<NewReport>) -> Result<(), Refused> {
    for mut report in reports {
        for who in &named.people {
            if iq.xmpp.hub.person(*who).await?.address.as_str() == report.reported {
                report.who = Some(*who);
            }
        }
        iq.xmpp.hub.report(iq.seat.caller, report).await?;
    }
    Ok(())
}

fn reason(report: &Element) -> Result<ReportReason, Refused> {
    match report.attribute("reason") {
        Some("urn:xmpp:reporting:spam") => Ok(ReportReason::Spam),
        Some(_) => Ok(ReportReason::Abuse),
        None => Err(Refused::from(StanzaCondition::BadRequest).text("a report needs a reason")),
    }
}

fn text(report: &Element) -> String {
    let texts = report.children().filter(|child| child.is(REPORTING, "text"));
    texts.map(|text| text.text().trim().to_owned()).collect::<Vec<_>>().join("\n")
}

async fn messages(iq: &Iq<'_>, report: &Element) -> Result<Vec<(ArchiveScope, EventId)>, Refused> {
    let mut messages = Vec::new();
    for named in report.children().filter(|child| child.is(STANZA_ID, "stanza-id")) {
        let Some(id) = named.attribute("id").and_then(|id| id.parse().ok()) else { continue };
        messages.push((scope(iq, named.attribute("by").unwrap_or_default()).await?, id));
    }
    Ok(messages)
}

/// The archive that gave a message its id: that of a room, or one's own.
async fn scope(iq: &Iq<'_>, by: &str) -> Result<ArchiveScope, Refused> {
    let Ok(jid) = Jid::parse(by) else { return Ok(ArchiveScope::Personal) };
    let Entity::Room(name) = iq.xmpp.entity(&jid) else { return Ok(ArchiveScope::Personal) };
    let found = iq.xmpp.hub.conversation_named(name).await?;
    Ok(found.map_or(ArchiveScope::Personal, ArchiveScope::Conversation))
}

#[cfg(test)]
mod tests;
