"""Reading archives with slixmpp."""

from slixmpp.xmlstream import ET

from .people import Person

MAM = "urn:xmpp:mam:2"
FORWARDED = "{urn:xmpp:forward:0}forwarded/{jabber:client}message"
_STANZA_ID = "{urn:xmpp:sid:0}stanza-id"


def stanza_id(message, by: str) -> str:
    """The id that an archive gave a message."""
    ids = [one.get("id") for one in message.xml.findall(_STANZA_ID) if one.get("by") == by]
    assert len(ids) == 1, f"{len(ids)} ids by {by} in {message}"
    return ids[0]


async def pages(person: Person, *, to: str | None = None, page: int = 4, **query) -> list:
    """All results of a query, page by page."""
    found = []
    async for one in person.plugin["xep_0313"].iterate(jid=to, rsm={"max": page}, **query):
        found.append(one)
    return found


def body_of(result) -> str | None:
    """The body of the message in a result."""
    message = result.xml.find(f"{{{MAM}}}result/{FORWARDED}")
    body = message.find("{jabber:client}body")
    return None if body is None else body.text


def id_of(result) -> str:
    """The id of a result."""
    return result.xml.find(f"{{{MAM}}}result").get("id")


async def ask(person: Person, fields: dict[str, str | list[str]], rsm: str = "", extra: str = "", to=None):
    """A query that the library has no words for; answers with the results and the closing IQ."""
    query_id = person.new_id()
    lines = "".join(_field(name, values) for name, values in {"FORM_TYPE": MAM, **fields}.items())
    form = f"<x xmlns='jabber:x:data' type='submit'>{lines}</x>"
    iq = person.make_iq_set(ito=to)
    iq.xml.append(
        ET.fromstring(
            f"<query xmlns='{MAM}' queryid='{query_id}'>{form}"
            f"<set xmlns='http://jabber.org/protocol/rsm'>{rsm}</set>{extra}</query>"
        )
    )
    answer = await person.asks(iq)
    results = [
        one
        for one in person.seen
        if (got := one.xml.find(f"{{{MAM}}}result")) is not None and got.get("queryid") == query_id
    ]
    return results, answer


def _field(name: str, values: str | list[str]) -> str:
    values = [values] if isinstance(values, str) else values
    return f"<field var='{name}'>{''.join(f'<value>{one}</value>' for one in values)}</field>"
