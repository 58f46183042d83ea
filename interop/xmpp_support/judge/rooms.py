"""Being in groups with slixmpp."""

from slixmpp.exceptions import PresenceError

from .people import Cast, Person
from .waits import WITHIN_S, until

MUC_USER = "{http://jabber.org/protocol/muc#user}"
"""The namespace of what a group says to those in it, as element names begin."""


async def join(person: Person, room: str, nick: str, **options):
    """Joins a group; answers with the own presence, the subject, the others' presences and the history.

    # Errors
    `PresenceError` when the group refuses.
    """
    heard, met = len(person.seen), len(person.presences)
    # The library's own way of joining cannot tell refusals; this much it has to know to follow the group.
    person.plugin["xep_0045"].rooms[None][room] = {}
    person.plugin["xep_0045"].our_nicks[None][room] = nick
    person.plugin["xep_0045"].make_join_stanza(room, nick, **options).send()

    def is_answer(one) -> bool:
        return one["from"].bare == room and (one["type"] == "error" or "110" in codes(one))

    answer = await until(lambda: next(filter(is_answer, person.presences[met:]), None), f"{nick} enters {room}")
    if answer["type"] == "error":
        raise PresenceError(answer)

    def is_subject(one) -> bool:
        return one["from"].bare == room and one.xml.find("{jabber:client}subject") is not None and not one["body"]

    subject = await until(lambda: next(filter(is_subject, person.seen[heard:]), None), f"{nick} gets the subject")
    others = [one for one in person.presences[met:] if one["from"].bare == room and one is not answer]
    history = [one for one in person.seen[heard:] if one["from"].bare == room and one["body"]]
    return answer, subject, [one for one in others if "110" not in codes(one)], history


async def configure(owner: Person, room: str, **fields: str | bool) -> None:
    """Changes settings of a group, which are named without their prefix."""
    form = await owner.plugin["xep_0045"].get_room_config(room, timeout=WITHIN_S)
    for name, value in fields.items():
        variable = f"muc#roomconfig_{name}"
        assert variable in form.get_fields(), f"{variable} is not among {sorted(form.get_fields())}"
        form.get_fields()[variable]["value"] = value
    form.reply()
    await owner.plugin["xep_0045"].set_room_config(room, form, timeout=WITHIN_S)


async def found_group(cast: Cast, owner: Person, name: str = "garden", **fields: str | bool) -> str:
    """Makes a group that everybody may enter, unless told otherwise."""
    room = cast.room(name)
    await join(owner, room, owner.name)
    settings = {"persistentroom": True, "membersonly": False, "whois": "anyone", "moderatedroom": False}
    await configure(owner, room, **{**settings, **fields})
    return room


async def gathering(cast: Cast, *names: str, **fields: str | bool) -> tuple[str, list[Person]]:
    """A group with people in it, the first its owner."""
    people = [await cast.enter(name) for name in names]
    room = await found_group(cast, people[0], **fields)
    for person in people[1:]:
        if fields.get("membersonly"):
            await (
                people[0].plugin["xep_0045"].set_affiliation(room, "member", jid=person.boundjid.bare, timeout=WITHIN_S)
            )
        await join(person, room, person.name)
    return room, people


def codes(stanza) -> set[str]:
    """The status codes in a stanza of a group."""
    return {one.get("code") for one in stanza.xml.iter(f"{MUC_USER}status")}
