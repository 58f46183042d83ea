"""What people keep on the server, and what they ask it."""

from slixmpp.exceptions import IqError
from slixmpp.xmlstream import ET

from judge.checks import scenario
from judge.people import DEFAULT_PLUGINS, WITHIN_S, Cast, Person

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)
BOOKMARKS = "urn:xmpp:bookmarks:1"
PUBSUB = "http://jabber.org/protocol/pubsub"


def event(node: str):
    """Whether a message tells of a node."""
    path = f"{{{PUBSUB}#event}}event/{{{PUBSUB}#event}}items[@node='{node}']"
    return lambda message: message.xml.find(path) is not None


async def _interested(cast: Cast, name: str, *nodes: str, resource: str | None = None) -> Person:
    person = cast.person(name, resource)
    person.add_event_handler("session_bind", lambda _: [person.plugin["xep_0163"].add_interest(node) for node in nodes])
    await person.sign_in(presence=False)
    await person.plugin["xep_0115"].update_caps()
    person.send_presence()
    await person.sees_presence(lambda one: one["from"] == person.boundjid, "the own presence")
    return person


@scenario
async def an_avatar_is_published_and_seen_by_contacts(cast: Cast) -> None:
    node = "urn:xmpp:avatar:metadata"
    romeo = await _interested(cast, "romeo", node)
    juliet = await _interested(cast, "juliet", node)
    for one, other in ((romeo, juliet), (juliet, romeo)):
        one.send_presence(pto=other.boundjid.bare, ptype="subscribe")
    await romeo.sees_presence(lambda one: one["from"] == juliet.boundjid, "her presence")
    await juliet.sees_presence(lambda one: one["from"] == romeo.boundjid, "his presence")
    await juliet.plugin["xep_0084"].publish_avatar(PNG)
    hash_ = juliet.plugin["xep_0084"].generate_id(PNG)
    await juliet.plugin["xep_0084"].publish_avatar_metadata(
        {"id": hash_, "type": "image/png", "bytes": str(len(PNG)), "width": "1", "height": "1"}
    )
    told = await romeo.sees(event(node), "the news of the avatar")
    assert told["from"] == juliet.boundjid.bare and hash_ in str(told)
    answer = await romeo.plugin["xep_0084"].retrieve_avatar(juliet.boundjid.bare, hash_)
    assert answer["pubsub"]["items"]["item"]["avatar_data"]["value"] == PNG


@scenario
async def a_nickname_is_published_and_told_to_those_who_come_later(cast: Cast) -> None:
    node = "http://jabber.org/protocol/nick"
    romeo, juliet = await cast.friends("romeo", "juliet")
    await juliet.plugin["xep_0172"].publish_nick("Jule")
    phone = await _interested(cast, "romeo", node, resource="phone")
    told = await phone.sees(event(node), "the nickname")
    assert told["from"] == juliet.boundjid.bare and "Jule" in str(told)
    assert romeo.boundjid.bare == phone.boundjid.bare


@scenario
async def a_bookmark_is_on_every_device_and_nobody_elses(cast: Cast) -> None:
    desk, phone = (
        await _interested(cast, "romeo", BOOKMARKS, resource="desk"),
        await _interested(cast, "romeo", BOOKMARKS, resource="phone"),
    )
    room = cast.room("garden")
    payload = ET.fromstring(
        f"<conference xmlns='{BOOKMARKS}' name='The garden' autojoin='true'><nick>Romeo</nick>"
        "<extensions><color xmlns='urn:example:color'>green</color></extensions></conference>"
    )
    await publish(
        desk, BOOKMARKS, room, payload, {"persist_items": "true", "max_items": "max", "access_model": "whitelist"}
    )
    told = await phone.sees(event(BOOKMARKS), "the bookmark")
    assert "The garden" in str(told) and "green" in str(told)
    other = await cast.enter("mercutio")
    try:
        await other.plugin["xep_0060"].get_items(desk.boundjid.bare, BOOKMARKS, timeout=WITHIN_S)
    except IqError as error:
        refusals = ("forbidden", "not-authorized", "item-not-found", "not-allowed", "service-unavailable")
        assert error.condition in refusals, error
    else:
        raise AssertionError("somebody else reads the bookmarks")
    await phone.plugin["xep_0060"].retract(phone.boundjid.bare, BOOKMARKS, room, notify=True, timeout=WITHIN_S)
    await desk.sees(lambda one: event(BOOKMARKS)(one) and "retract" in str(one), "that it is gone")
    items = await desk.plugin["xep_0060"].get_items(None, BOOKMARKS, timeout=WITHIN_S)
    assert len(items["pubsub"]["items"]) == 0


async def publish(person: Person, node: str, item: str, payload, options: dict[str, str]) -> None:
    """Publishes an item with options."""
    form = person.plugin["xep_0004"].make_form("submit")
    form.add_field("FORM_TYPE", "hidden", value=f"{PUBSUB}#publish-options")
    for name, value in options.items():
        form.add_field(f"pubsub#{name}", value=value)
    await person.plugin["xep_0060"].publish(None, node, id=item, payload=payload, options=form, timeout=WITHIN_S)


@scenario
async def options_that_do_not_fit_refuse_what_is_published(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    payload = ET.fromstring("<note xmlns='urn:example:note'>secret</note>")
    await publish(romeo, "urn:example:note", "one", payload, {"access_model": "whitelist"})
    try:
        await publish(romeo, "urn:example:note", "two", payload, {"access_model": "open"})
    except IqError as error:
        assert error.condition == "conflict", error
    else:
        raise AssertionError("it was published under other conditions")


@scenario
async def a_card_is_written_and_read_by_others(cast: Cast) -> None:
    romeo, juliet = await cast.enter("romeo"), await cast.enter("juliet")
    card = juliet.plugin["xep_0054"].make_vcard()
    card["FN"] = "Juliet Capulet"
    card["NICKNAME"] = "Jule"
    await juliet.plugin["xep_0054"].publish_vcard(card)
    answer = await romeo.plugin["xep_0054"].get_vcard(juliet.boundjid.bare, cached=False, timeout=WITHIN_S)
    assert answer["vcard_temp"]["FN"] == "Juliet Capulet", answer


@scenario
async def private_storage_keeps_what_is_put_into_it(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    for text in ["first", "second"]:
        await _private(romeo, "set", f"<note xmlns='urn:example:note'>{text}</note>")
        answer = await _private(romeo, "get", "<note xmlns='urn:example:note'/>")
        assert answer.xml.find("{jabber:iq:private}query/{urn:example:note}note").text == text
    empty = await _private(romeo, "get", "<other xmlns='urn:example:note'/>")
    assert empty.xml.find("{jabber:iq:private}query/{urn:example:note}other") is not None


async def _private(person: Person, kind: str, payload: str):
    iq = person.make_iq(itype=kind)
    iq.xml.append(ET.fromstring(f"<query xmlns='jabber:iq:private'>{payload}</query>"))
    return await person.asks(iq)


@scenario
async def how_far_a_chat_was_read_is_on_every_device(cast: Cast) -> None:
    node = "urn:xmpp:mds:displayed:0"
    romeo = await cast.enter("romeo")
    desk = await _interested(cast, "juliet", node, resource="desk")
    phone = await _interested(cast, "juliet", node, resource="phone")
    await romeo.says(desk.boundjid.bare, "read this")
    message = await desk.reads("read this")
    found = [one.get("id") for one in message.xml.findall("{urn:xmpp:sid:0}stanza-id")]
    await desk.plugin["xep_0490"].flag_chat(romeo.boundjid.bare, found[0], timeout=WITHIN_S)
    told = await phone.sees(event(node), "how far it was read")
    assert found[0] in str(told)


@scenario
async def the_server_says_what_it_is_and_can(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    info = (await romeo.plugin["xep_0030"].get_info(cast.server.domain))["disco_info"]
    assert ("server", "im") in {identity[:2] for identity in info["identities"]}
    wanted = {"http://jabber.org/protocol/disco#info", "urn:xmpp:ping", "urn:xmpp:carbons:2", "urn:xmpp:blocking"}
    assert wanted <= set(info["features"]), wanted - set(info["features"])
    account = (await romeo.plugin["xep_0030"].get_info(romeo.boundjid.bare))["disco_info"]
    assert ("pubsub", "pep") in {identity[:2] for identity in account["identities"]}
    assert "urn:xmpp:mam:2" in account["features"]
    items = (await romeo.plugin["xep_0030"].get_items(cast.server.domain))["disco_items"]["items"]
    assert cast.server.groups in {str(item[0]) for item in items}
    groups = (await romeo.plugin["xep_0030"].get_info(cast.server.groups))["disco_info"]
    assert ("conference", "text") in {identity[:2] for identity in groups["identities"]}
    assert "http://jabber.org/protocol/muc" in groups["features"]


@scenario
async def the_server_and_its_groups_say_whom_to_turn_to(cast: Cast) -> None:
    romeo = await cast.enter("romeo", plugins=[*DEFAULT_PLUGINS, "xep_0004", "xep_0128"])
    for jid in (cast.server.domain, cast.server.groups):
        info = await romeo.plugin["xep_0030"].get_info(jid, timeout=WITHIN_S)
        values = info["disco_info"]["form"].get_values()
        assert values["FORM_TYPE"] == ["http://jabber.org/network/serverinfo"], values
        assert values["abuse-addresses"] == ["mailto:abuse@localhost", "xmpp:abuse@localhost"], values


@scenario
async def the_server_announces_what_it_supports_with_the_hash_of_it(cast: Cast) -> None:
    romeo, announced = cast.person("romeo"), []
    romeo.add_event_handler("entity_caps", announced.append)
    await romeo.sign_in()
    (caps,) = [one["caps"] for one in announced if one["from"] == cast.server.domain]
    info = await romeo.plugin["xep_0030"].get_info(cast.server.domain, node=f"{caps['node']}#{caps['ver']}")
    expected = romeo.plugin["xep_0115"].generate_verstring(info["disco_info"], caps["hash"])
    assert caps["ver"] == expected


@scenario
async def the_server_answers_a_ping_its_version_and_the_time(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    await romeo.plugin["xep_0199"].send_ping(cast.server.domain, timeout=WITHIN_S)
    version = await romeo.plugin["xep_0092"].get_version(cast.server.domain, timeout=WITHIN_S)
    assert version["software_version"]["name"]
    time = await romeo.plugin["xep_0202"].get_entity_time(cast.server.domain, timeout=WITHIN_S)
    assert time.xml.find("{urn:xmpp:time}time/{urn:xmpp:time}utc").text.endswith("Z"), time


@scenario
async def people_ask_each_others_devices(cast: Cast) -> None:
    romeo, juliet = await cast.friends("romeo", "juliet")
    await romeo.plugin["xep_0199"].send_ping(juliet.boundjid, timeout=WITHIN_S)
    info = (await romeo.plugin["xep_0030"].get_info(juliet.boundjid, timeout=WITHIN_S))["disco_info"]
    assert "urn:xmpp:ping" in info["features"]


@scenario
async def what_the_server_does_not_know_is_refused(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    for kind in ("get", "set"):
        iq = romeo.make_iq(itype=kind, ito=cast.server.domain)
        iq.xml.append(ET.fromstring("<query xmlns='urn:example:unknown'/>"))
        try:
            await romeo.asks(iq)
        except IqError as error:
            assert error.condition in ("service-unavailable", "feature-not-implemented"), error
        else:
            raise AssertionError("it was answered")
