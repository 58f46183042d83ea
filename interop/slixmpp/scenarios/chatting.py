"""Two people and what they send each other."""

from judge.archive import stanza_id
from judge.checks import scenario
from judge.people import Cast, Person
from judge.waits import until


async def _pair(cast: Cast) -> tuple[Person, Person]:
    return await cast.enter("romeo", "orchard"), await cast.enter("juliet", "balcony")


@scenario
async def two_people_exchange_messages_both_ways(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    await romeo.says(juliet.boundjid.bare, "O, wilt thou leave me so unsatisfied?")
    heard = await juliet.reads("O, wilt thou leave me so unsatisfied?")
    assert heard["from"] == romeo.boundjid
    await juliet.says(romeo.boundjid.full, "What satisfaction canst thou have tonight?")
    answer = await romeo.reads("What satisfaction canst thou have tonight?")
    assert answer["from"] == juliet.boundjid and answer["type"] == "chat"


@scenario
async def a_note_to_oneself_arrives_on_every_device(cast: Cast) -> None:
    desk, phone = await cast.enter("romeo", "desk"), await cast.enter("romeo", "phone")
    await desk.says(desk.boundjid.bare, "buy poison")
    for device in (desk, phone):
        await device.reads("buy poison")


@scenario
async def many_messages_arrive_once_and_in_order(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    texts = [f"line {number}" for number in range(200)]
    for text in texts:
        await romeo.says(juliet.boundjid.bare, text)
    await juliet.reads(texts[-1])
    assert juliet.bodies() == texts


@scenario
async def text_of_every_kind_arrives_unchanged(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    for text in [
        "a <b> & 'c' \"d\"",
        "two\nlines\tand a tab",
        "👩‍👩‍👧‍👦 é e\u0301 \u202egnol",
        "]]>",
        " spaces  around ",
    ]:
        await romeo.says(juliet.boundjid.bare, text)
        await juliet.reads(text)


@scenario
async def a_message_keeps_its_id_and_what_the_server_does_not_know(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    message = romeo.make_message(mto=juliet.boundjid.bare, mbody="with an extra", mtype="chat")
    message["id"] = "my own id"
    message["thread"] = "act-2"
    message.appendxml(_element("<x xmlns='urn:example:extra' kind='rose'><y>petal</y></x>"))
    message.send()
    heard = await juliet.reads("with an extra")
    assert heard["id"] == "my own id" and heard["thread"] == "act-2"
    extra = heard.xml.find("{urn:example:extra}x")
    assert extra is not None and extra.get("kind") == "rose"
    assert extra.find("{urn:example:extra}y").text == "petal"


@scenario
async def a_message_comes_with_the_id_of_its_place_in_the_archive(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    message = romeo.make_message(mto=juliet.boundjid.bare, mbody="stored", mtype="chat")
    forged = f"<stanza-id xmlns='urn:xmpp:sid:0' by='{juliet.boundjid.bare}' id='forged'/>"
    message.appendxml(_element(forged))
    message.send()
    heard = await juliet.reads("stored")
    assert stanza_id(heard, juliet.boundjid.bare) != "forged"


@scenario
async def a_receipt_is_asked_for_and_given(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    message = await romeo.says(juliet.boundjid.full, "received?", request_receipt=True)
    await juliet.reads("received?")
    receipt = await romeo.sees(lambda one: one["receipt"], "the receipt")
    assert receipt["receipt"] == message["id"] and receipt["from"] == juliet.boundjid


@scenario
async def a_displayed_marker_arrives(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    message = await romeo.says(juliet.boundjid.bare, "seen?", markable=True)
    await juliet.reads("seen?")
    juliet.plugin["xep_0333"].send_marker(romeo.boundjid.bare, message["id"], "displayed")
    marker = await romeo.sees(lambda one: one.xml.find("{urn:xmpp:chat-markers:0}displayed") is not None, "the marker")
    assert marker["displayed"]["id"] == message["id"]


@scenario
async def typing_is_told_and_not_stored(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    for state in ["composing", "paused", "active"]:
        message = romeo.make_message(mto=juliet.boundjid.full, mtype="chat")
        message["chat_state"] = state
        message.send()
        await juliet.sees(lambda one: one["chat_state"] == state, f"the state {state}")
    archive = await romeo.plugin["xep_0313"].retrieve(with_jid=juliet.boundjid.bare)
    assert len(archive["mam"]["results"]) == 0


@scenario
async def a_message_is_corrected(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    first = await romeo.says(juliet.boundjid.bare, "a rsoe")
    await juliet.reads("a rsoe")
    romeo.plugin["xep_0308"].build_correction(first["id"], juliet.boundjid.bare, mbody="a rose", mtype="chat").send()
    corrected = await juliet.reads("a rose")
    assert corrected["replace"]["id"] == first["id"]


@scenario
async def a_message_is_retracted(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    first = await romeo.says(juliet.boundjid.bare, "forget this")
    await juliet.reads("forget this")
    romeo.plugin["xep_0424"].send_retraction(juliet.boundjid.bare, first["id"], mtype="chat")
    retraction = await juliet.sees(lambda one: one.xml.find("{urn:xmpp:message-retract:1}retract") is not None, "it")
    assert retraction["retract"]["id"] == first["id"]


@scenario
async def reactions_are_set_and_taken_back(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    first = await romeo.says(juliet.boundjid.bare, "a rose")
    await juliet.reads("a rose")
    for reactions in [{"🌹", "👍"}, {"🌹"}, set()]:
        juliet.plugin["xep_0444"].send_reactions(romeo.boundjid.bare, first["id"], reactions)
        find = lambda one: one.xml.find("{urn:xmpp:reactions:0}reactions") is not None  # noqa: E731
        seen = lambda: [set(one["reactions"].get_values()) for one in romeo.seen if find(one)]  # noqa: E731
        await until(lambda: seen() and seen()[-1] == reactions, f"the reactions {reactions}")


@scenario
async def a_reply_says_what_it_answers(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    first = await romeo.says(juliet.boundjid.bare, "who is there?")
    await juliet.reads("who is there?")
    juliet.plugin["xep_0461"].send_reply(
        romeo.boundjid.full, first["id"], mto=romeo.boundjid.bare, mbody="me", mtype="chat"
    )
    answer = await romeo.reads("me")
    assert answer["reply"]["id"] == first["id"] and answer["reply"]["to"] == romeo.boundjid


@scenario
async def a_message_to_nobody_is_answered_with_an_error(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    message = await romeo.says(cast.server.jid(cast.name("nobody")), "anybody?")
    error = await romeo.sees(lambda one: one["type"] == "error", "the error")
    assert error["id"] == message["id"] and error["error"]["condition"] == "service-unavailable", error


@scenario
async def own_devices_get_copies_of_what_was_sent_and_received(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    phone = await cast.enter("romeo", "phone")
    for device in (romeo, phone):
        await device.plugin["xep_0280"].enable()
    await romeo.says(juliet.boundjid.bare, "from the orchard")
    await juliet.reads("from the orchard")
    sent = await phone.sees(lambda one: one.xml.find("{urn:xmpp:carbons:2}sent") is not None, "the copy of the sent")
    assert sent["from"] == romeo.boundjid.bare and sent["carbon_sent"]["body"] == "from the orchard"
    await juliet.says(romeo.boundjid.full, "to the orchard")
    await romeo.reads("to the orchard")
    received = await phone.sees(
        lambda one: one.xml.find("{urn:xmpp:carbons:2}received") is not None, "the copy of the received"
    )
    assert received["carbon_received"]["body"] == "to the orchard"
    await romeo.catches_up()
    assert not [one for one in romeo.seen if one.xml.find("{urn:xmpp:carbons:2}sent") is not None]


@scenario
async def a_private_message_is_not_copied(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    phone = await cast.enter("romeo", "phone")
    await phone.plugin["xep_0280"].enable()
    message = romeo.make_message(mto=juliet.boundjid.full, mbody="only here", mtype="chat")
    message.appendxml(_element("<private xmlns='urn:xmpp:carbons:2'/>"))
    message.send()
    await juliet.reads("only here")
    await romeo.says(juliet.boundjid.full, "for all")
    await phone.sees(lambda one: "for all" in str(one), "the copy of the next message")
    assert not [one for one in phone.seen if "only here" in str(one)]


@scenario
async def a_client_that_is_inactive_gets_every_message(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    juliet.plugin["xep_0352"].send_inactive()
    await romeo.says(juliet.boundjid.bare, "are you there?")
    await juliet.reads("are you there?")
    juliet.plugin["xep_0352"].send_active()
    await romeo.says(juliet.boundjid.bare, "and now?")
    await juliet.reads("and now?")


@scenario
async def a_headline_and_a_normal_message_arrive_as_they_were_sent(cast: Cast) -> None:
    romeo, juliet = await _pair(cast)
    for kind in ["normal", "headline"]:
        await romeo.says(juliet.boundjid.bare, f"a {kind}", kind=kind)
        heard = await juliet.reads(f"a {kind}")
        assert heard["type"] == kind


def _element(text: str):
    from slixmpp.xmlstream import ET

    return ET.fromstring(text)
