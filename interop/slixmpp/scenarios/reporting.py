"""People who are reported to the administrators."""

from slixmpp.exceptions import IqError
from slixmpp.xmlstream import ET

from judge.archive import stanza_id
from judge.checks import scenario
from judge.people import Cast, Person

REPORTING = "urn:xmpp:reporting:1"


async def _blocks(person: Person, jid: str, report: str) -> None:
    iq = person.make_iq_set()
    iq.xml.append(ET.fromstring(f"<block xmlns='urn:xmpp:blocking'><item jid='{jid}'>{report}</item></block>"))
    await person.asks(iq)


def _reports(cast: Cast, about: str) -> list[dict]:
    return [one for one in cast.server.command("report", "list")["reports"] if one["reported"] == about]


@scenario
async def who_is_reported_is_shown_to_administrators_until_they_dismiss_it(cast: Cast) -> None:
    romeo, mallory = await cast.enter("romeo"), await cast.enter("mallory")
    info = await romeo.plugin["xep_0030"].get_info(jid=romeo.boundjid.bare)
    assert REPORTING in info["disco_info"]["features"], info
    for text in ("buy this", "and this"):
        await mallory.says(romeo.boundjid.bare, text)
    ids = [stanza_id(await romeo.reads(text), romeo.boundjid.bare) for text in ("buy this", "and this")]
    named = "".join(f"<stanza-id xmlns='urn:xmpp:sid:0' by='{romeo.boundjid.bare}' id='{one}'/>" for one in ids)
    text = "<text xml:lang='en'>Never came trouble to my house like this.</text>"
    report = f"<report xmlns='{REPORTING}' reason='urn:xmpp:reporting:spam'>{named}{text}</report>"
    await _blocks(romeo, mallory.boundjid.bare, report)
    assert mallory.boundjid.bare in await romeo.plugin["xep_0191"].get_blocked_jids()

    [listed] = _reports(cast, mallory.boundjid.bare)
    assert (listed["reporter"], listed["reason"]) == (romeo.boundjid.bare, "spam"), listed
    shown = cast.server.command("report", "show", listed["id"])
    assert shown["text"] == "Never came trouble to my house like this.", shown
    assert [one["text"] for one in shown["messages"]] == ["buy this", "and this"], shown
    cast.server.command("report", "dismiss", listed["id"])
    assert _reports(cast, mallory.boundjid.bare) == []


@scenario
async def a_report_without_a_reason_is_refused_and_blocks_nobody(cast: Cast) -> None:
    romeo, mallory = await cast.enter("romeo"), await cast.enter("mallory")
    try:
        await _blocks(romeo, mallory.boundjid.bare, f"<report xmlns='{REPORTING}'/>")
        raise AssertionError("the report was taken")
    except IqError as error:
        assert error.iq["error"]["condition"] == "bad-request", error.iq
    assert not await romeo.plugin["xep_0191"].get_blocked_jids()
