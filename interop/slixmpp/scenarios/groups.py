"""Groups: being in one."""

from slixmpp.exceptions import IqError, PresenceError

from judge.archive import body_of, id_of, pages, stanza_id
from judge.checks import scenario
from judge.people import WITHIN_S, Cast
from judge.rooms import MUC_USER, codes, gathering, join
from judge.waits import until


@scenario
async def who_enters_a_group_that_does_not_exist_makes_it(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    presence, _, occupants, history = await join(romeo, cast.room("new"), "Romeo")
    assert {"110", "201"} <= codes(presence), presence
    assert presence["muc"]["affiliation"] == "owner" and presence["muc"]["role"] == "moderator"
    assert occupants == [] and history == []


@scenario
async def everybody_reads_the_same_messages_in_the_same_order(cast: Cast) -> None:
    room, people = await gathering(cast, "romeo", "juliet", "nurse")
    for number in range(15):
        await people[number % 3].says(room, f"line {number}", kind="groupchat")
    logs = []
    for person in people:
        await until(lambda: len(person.bodies("groupchat")) >= 15, f"{person.name} reads everything")
        logs.append([(stanza_id(one, room), one["from"], one["body"]) for one in person.seen if one["body"]])
    assert logs[0] == logs[1] == logs[2]
    assert len({line[0] for line in logs[0]}) == 15


@scenario
async def ones_own_message_comes_back_with_its_id_and_place(cast: Cast) -> None:
    room, (romeo,) = await gathering(cast, "romeo")
    sent = await romeo.says(room, "echo", kind="groupchat")
    echo = await romeo.reads("echo")
    assert echo["id"] == sent["id"] and echo["from"] == f"{room}/{romeo.name}" and stanza_id(echo, room)


@scenario
async def who_comes_later_sees_who_is_there_and_what_was_said(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    for number in range(5):
        await romeo.says(room, f"line {number}", kind="groupchat")
    await juliet.reads("line 4")
    nurse = await cast.enter("nurse")
    presence, _, occupants, history = await join(nurse, room, "Nurse", maxstanzas=3)
    assert "110" in codes(presence)
    assert {one["from"].resource for one in occupants} == {romeo.name, juliet.name}
    assert [one["body"] for one in history] == ["line 2", "line 3", "line 4"]
    assert all(one.xml.find("{urn:xmpp:delay}delay") is not None and stanza_id(one, room) for one in history)
    await romeo.sees_presence(lambda one: one["from"] == f"{room}/Nurse", "she came")


@scenario
async def the_archive_of_a_group_has_what_was_said_with_the_same_ids(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet", membersonly=True)
    for number in range(9):
        await (romeo, juliet)[number % 2].says(room, f"line {number}", kind="groupchat")
    await until(lambda: len(juliet.bodies("groupchat")) == 9, "everything came")
    live = [(stanza_id(one, room), one["body"]) for one in juliet.seen if one["body"]]
    archived = [(id_of(one), body_of(one)) for one in await pages(juliet, to=room) if body_of(one)]
    assert archived == live
    info = (await juliet.plugin["xep_0030"].get_info(room))["disco_info"]
    assert "urn:xmpp:mam:2" in info["features"]


@scenario
async def the_subject_is_seen_by_those_inside_and_those_who_come(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    romeo.plugin["xep_0045"].set_subject(room, "Of love")
    told = await juliet.sees(lambda one: one["subject"] == "Of love", "the subject")
    assert told["from"] == f"{room}/{romeo.name}" and not told["body"]
    nurse = await cast.enter("nurse")
    _, subject, _, _ = await join(nurse, room, "Nurse")
    assert subject["subject"] == "Of love"


@scenario
async def a_nickname_that_is_taken_is_refused(cast: Cast) -> None:
    room, (romeo,) = await gathering(cast, "romeo")
    paris = await cast.enter("paris")
    try:
        await join(paris, room, romeo.name)
    except PresenceError as error:
        assert error.condition == "conflict", error
    else:
        raise AssertionError("two people have one nickname")


@scenario
async def somebody_changes_the_nickname_and_leaves(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    juliet.send_presence(pto=f"{room}/Jule")
    changed = await romeo.sees_presence(lambda one: "303" in codes(one), "the change")
    assert changed["from"] == f"{room}/{juliet.name}"
    assert changed.xml.find(f"{MUC_USER}x/{MUC_USER}item").get("nick") == "Jule", changed
    await romeo.sees_presence(lambda one: one["from"] == f"{room}/Jule" and one["type"] == "available", "the new name")
    juliet.send_presence(pto=f"{room}/Jule", ptype="unavailable", pstatus="good night")
    left = await romeo.sees_presence(
        lambda one: one["from"] == f"{room}/Jule" and one["type"] == "unavailable", "that she left"
    )
    assert left["status"] == "good night"
    await juliet.sees_presence(lambda one: "110" in codes(one) and one["type"] == "unavailable", "that she is out")


@scenario
async def a_connection_that_ends_leaves_the_group(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    await juliet.cut()
    await romeo.sees_presence(
        lambda one: one["from"] == f"{room}/{juliet.name}" and one["type"] == "unavailable", "that she left"
    )


@scenario
async def somebody_finds_out_whether_still_inside(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    await juliet.plugin["xep_0199"].send_ping(f"{room}/{juliet.name}", timeout=WITHIN_S)
    juliet.send_presence(pto=f"{room}/{juliet.name}", ptype="unavailable")
    await juliet.sees_presence(lambda one: "110" in codes(one) and one["type"] == "unavailable", "that she is out")
    try:
        await juliet.plugin["xep_0199"].send_ping(f"{room}/{juliet.name}", timeout=WITHIN_S)
    except IqError as error:
        assert error.condition == "not-acceptable", error
    else:
        raise AssertionError("she is told that she is inside")
    assert romeo.is_connected()


@scenario
async def an_occupant_keeps_an_id_that_nobody_forges(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    info = (await romeo.plugin["xep_0030"].get_info(room))["disco_info"]
    assert "urn:xmpp:occupant-id:0" in info["features"]
    message = juliet.make_message(mto=room, mbody="who am I?", mtype="groupchat")
    message["occupant-id"]["id"] = "forged"
    message.send()
    heard = await romeo.reads("who am I?")
    ids = heard.xml.findall("{urn:xmpp:occupant-id:0}occupant-id")
    assert len(ids) == 1 and ids[0].get("id") != "forged"
    juliet.send_presence(pto=f"{room}/Jule")
    renamed = await romeo.sees_presence(lambda one: one["from"] == f"{room}/Jule", "the new name")
    assert renamed["occupant-id"]["id"] == ids[0].get("id")


@scenario
async def two_people_whisper_in_a_group(cast: Cast) -> None:
    room, (romeo, juliet, nurse) = await gathering(cast, "romeo", "juliet", "nurse")
    await romeo.says(f"{room}/{juliet.name}", "only you")
    heard = await juliet.reads("only you")
    assert heard["from"] == f"{room}/{romeo.name}"
    await romeo.says(room, "all of you", kind="groupchat")
    await nurse.reads("all of you")
    assert "only you" not in nurse.bodies()


@scenario
async def messages_in_a_group_are_corrected_reacted_to_answered_and_retracted(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    first = await romeo.says(room, "a rsoe", kind="groupchat")
    place = stanza_id(await juliet.reads("a rsoe"), room)
    romeo.plugin["xep_0308"].build_correction(first["id"], room, mbody="a rose", mtype="groupchat").send()
    corrected = await juliet.reads("a rose")
    assert corrected["replace"]["id"] == first["id"]
    reaction = juliet.make_message(mto=room, mtype="groupchat")
    juliet.plugin["xep_0444"].set_reactions(reaction, place, {"🌹"})
    reaction.send()
    seen = await romeo.sees(lambda one: one.xml.find("{urn:xmpp:reactions:0}reactions") is not None, "the reaction")
    assert seen["reactions"]["id"] == place and seen["from"] == f"{room}/{juliet.name}"
    juliet.plugin["xep_0461"].send_reply(f"{room}/{romeo.name}", place, mto=room, mbody="sweet", mtype="groupchat")
    answer = await romeo.reads("sweet")
    assert answer["reply"]["id"] == place
    romeo.plugin["xep_0424"].send_retraction(room, place, mtype="groupchat")
    retraction = await juliet.sees(lambda one: one.xml.find("{urn:xmpp:message-retract:1}retract") is not None, "it")
    assert retraction["retract"]["id"] == place


@scenario
async def a_member_who_was_away_finds_what_was_said(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet", membersonly=True)
    await romeo.says(room, "before", kind="groupchat")
    place = stanza_id(await juliet.reads("before"), room)
    await juliet.sign_out()
    missed = [f"missed {number}" for number in range(7)]
    for text in missed:
        await romeo.says(room, text, kind="groupchat")
    await romeo.reads(missed[-1])
    again = await cast.enter("juliet")
    await join(again, room, again.name, maxstanzas=0)
    found = await pages(again, to=room)
    ids = [id_of(one) for one in found]
    assert [body_of(one) for one in found[ids.index(place) + 1 :]] == missed
    assert again.bodies("groupchat") == []
