"""What two people do on a server, and what they look for on the next one."""

import asyncio

from judge.archive import body_of, pages
from judge.people import Person
from judge.rooms import configure, join
from judge.server import Server
from judge.waits import WITHIN_S, until
from slixmpp.xmlstream import ET

PASSWORDS = {"romeo": "iLuvJuLi3T", "juliet": "wherefore art thou"}
TALK = [("romeo", "Call me but love \u2665 \u00e4\n\"quoted\\\""), ("juliet", "What man art thou?"), ("romeo", "By a name I know not how")]
SAID = [("romeo", "But soft, what light?"), ("juliet", "Ay me!")]
SUBJECT = "The orchard at night"
PNG = b"\x89PNG not much of a picture"
BOOKMARKS = "urn:xmpp:bookmarks:1"


async def _enter(server: Server) -> list[Person]:
    people = [Person(server, name, "balcony", {"password": password}) for name, password in PASSWORDS.items()]
    for person in people:
        await person.sign_in()
    return people


def _leave(people: list[Person]) -> None:
    for person in people:
        person.abort()


async def live(server: Server) -> None:
    """Fills a server."""
    romeo, juliet = people = await _enter(server)
    try:
        await _befriend(romeo, juliet)
        await _publish(juliet)
        by_name = {"romeo": (romeo, juliet), "juliet": (juliet, romeo)}
        for name, text in TALK:
            sender, receiver = by_name[name]
            await sender.says(receiver.boundjid.bare, text)
            await receiver.reads(text)
        room = server.room("orchard")
        await join(romeo, room, "Romeo")
        await configure(romeo, room, persistentroom=True, roomname="The Orchard", membersonly=True, whois="anyone")
        await romeo.plugin["xep_0045"].set_affiliation(room, "member", jid=juliet.boundjid.bare, timeout=WITHIN_S)
        await join(juliet, room, "Juliet")
        romeo.plugin["xep_0045"].set_subject(room, SUBJECT)
        await juliet.sees(lambda one: one["subject"] == SUBJECT, "the subject")
        for name, text in SAID:
            sender, receiver = by_name[name]
            await sender.says(room, text, kind="groupchat")
            await receiver.reads(text)
        for person in people:
            await person.catches_up()
    finally:
        _leave(people)


async def _befriend(romeo: Person, juliet: Person) -> None:
    await romeo.update_roster(juliet.boundjid.bare, name="My Juliet", groups=["Verona"])
    await juliet.update_roster(romeo.boundjid.bare, name="Romeo", groups=["Montague", "Enemies"])
    for one, other in ((romeo, juliet), (juliet, romeo)):
        one.send_presence(pto=other.boundjid.bare, ptype="subscribe")
    for one, other in ((romeo, juliet), (juliet, romeo)):
        await until(lambda: _item(one, other)["subscription"] == "both", f"{one.boundjid} and {other.boundjid}")


def _item(one: Person, other: Person):
    return one.client_roster[other.boundjid.bare]


async def _publish(juliet: Person) -> None:
    card = juliet.plugin["xep_0054"].make_vcard()
    card["FN"] = "Juliet Capulet"
    await juliet.plugin["xep_0054"].publish_vcard(card)
    await juliet.plugin["xep_0084"].publish_avatar(PNG)
    hash_ = juliet.plugin["xep_0084"].generate_id(PNG)
    info = {"id": hash_, "type": "image/png", "bytes": str(len(PNG))}
    await juliet.plugin["xep_0084"].publish_avatar_metadata([info])
    bookmark = ET.fromstring(f"<conference xmlns='{BOOKMARKS}' name='The Play' autojoin='true'/>")
    options = juliet.plugin["xep_0004"].make_form("submit")
    options.add_field("FORM_TYPE", "hidden", value="http://jabber.org/protocol/pubsub#publish-options")
    options.add_field("pubsub#access_model", value="whitelist")
    await juliet.plugin["xep_0060"].publish(
        juliet.boundjid.bare, BOOKMARKS, id="play@groups.example", payload=bookmark, options=options, timeout=WITHIN_S
    )


async def check(server: Server, *, has_rooms: bool = True) -> list[str]:
    """What people do not find of what they had."""
    people = await _enter(server)
    missing = []
    try:
        for look in (_contacts, _archive, _card, _avatar, _bookmarks, *([_room] if has_rooms else [])):
            try:
                await look(server, *people)
            except Exception as wrong:  # noqa: BLE001 - everything else is looked for all the same
                missing.append(f"{look.__name__[1:]}: {type(wrong).__name__} {wrong}")
    finally:
        _leave(people)
    return missing


async def _contacts(_: Server, romeo: Person, juliet: Person) -> None:
    assert _item(romeo, juliet)["subscription"] == _item(juliet, romeo)["subscription"] == "both"
    assert set(_item(juliet, romeo)["groups"]) == {"Montague", "Enemies"}, _item(juliet, romeo)["groups"]
    assert _item(romeo, juliet)["name"] == "My Juliet"


async def _archive(_: Server, romeo: Person, juliet: Person) -> None:
    for person in (romeo, juliet):
        bodies = [body_of(one) for one in await pages(person)]
        assert [body for body in bodies if body] == [text for _, text in TALK], bodies
        assert not person.bodies("chat"), "what is old is no news"


async def _card(_: Server, romeo: Person, juliet: Person) -> None:
    answer = await romeo.plugin["xep_0054"].get_vcard(juliet.boundjid.bare, cached=False, timeout=WITHIN_S)
    # Prosody keeps a vCard as one of the newer kind.
    newer = romeo.make_iq_get(ito=juliet.boundjid.bare)
    newer.append(ET.Element("{urn:ietf:params:xml:ns:vcard-4.0}vcard"))
    if answer["vcard_temp"]["FN"] != "Juliet Capulet":
        assert "Juliet Capulet" in str(await romeo.asks(newer)), answer


async def _avatar(_: Server, romeo: Person, juliet: Person) -> None:
    hash_ = juliet.plugin["xep_0084"].generate_id(PNG)
    answer = await romeo.plugin["xep_0084"].retrieve_avatar(juliet.boundjid.bare, hash_)
    assert answer["pubsub"]["items"]["item"]["avatar_data"]["value"] == PNG


async def _bookmarks(_: Server, _romeo: Person, juliet: Person) -> None:
    answer = await juliet.plugin["xep_0060"].get_items(juliet.boundjid.bare, BOOKMARKS, timeout=WITHIN_S)
    assert "play@groups.example" in [item["id"] for item in answer["pubsub"]["items"]], answer


async def _room(server: Server, romeo: Person, juliet: Person) -> None:
    room = server.room("orchard")
    _, subject, _, history = await join(juliet, room, "Juliet")
    assert subject["subject"] == SUBJECT, subject
    assert [one["body"] for one in history] == [text for _, text in SAID], history
    answer, *_ = await join(romeo, room, "Romeo")
    item = answer.xml.find(".//{http://jabber.org/protocol/muc#user}item")
    assert item.get("affiliation") == "owner", answer


def run(doing):
    """Does it to its end."""
    return asyncio.run(doing)
