"""Groups: who may do what."""

from slixmpp import JID
from slixmpp.exceptions import IqError, PresenceError

from judge.archive import stanza_id
from judge.checks import scenario
from judge.people import WITHIN_S, Cast, Person
from judge.rooms import MUC_USER, codes, configure, found_group, gathering, join


async def refused(what, *conditions: str) -> None:
    """Something that has to be refused with one of these conditions."""
    try:
        await what
    except (IqError, PresenceError) as error:
        assert error.condition in conditions, f"{error.condition} is not one of {conditions}"
    else:
        raise AssertionError(f"it was allowed, and should have been refused with {conditions}")


async def affiliations(person: Person, room: str, kind: str) -> set[str]:
    """The addresses of those with an affiliation."""
    answer = await person.plugin["xep_0045"].get_affiliation_list(room, kind, timeout=WITHIN_S)
    return {str(one) for one in answer}


@scenario
async def the_settings_of_a_group_are_read_and_changed_by_its_owner_only(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    await configure(romeo, room, roomname="The garden", roomdesc="Under the balcony")
    await juliet.sees(lambda one: codes(one) & {"104", "172", "173", "174"}, "that the settings changed")
    info = (await juliet.plugin["xep_0030"].get_info(room))["disco_info"]
    assert "The garden" in {identity[3] for identity in info["identities"]}
    await refused(juliet.plugin["xep_0045"].get_room_config(room, timeout=WITHIN_S), "forbidden")


@scenario
async def only_members_enter_a_group_for_members(cast: Cast) -> None:
    romeo, juliet = await cast.enter("romeo"), await cast.enter("juliet")
    room = await found_group(cast, romeo, membersonly=True)
    await refused(join(juliet, room, "Juliet"), "registration-required")
    await romeo.plugin["xep_0045"].set_affiliation(room, "member", jid=juliet.boundjid.bare, timeout=WITHIN_S)
    presence, _, _, _ = await join(juliet, room, "Juliet")
    assert presence["muc"]["affiliation"] == "member"
    assert await affiliations(romeo, room, "member") == {juliet.boundjid.bare}


@scenario
async def a_member_is_invited_through_the_group_and_directly(cast: Cast) -> None:
    romeo, juliet, nurse = await cast.enter("romeo"), await cast.enter("juliet"), await cast.enter("nurse")
    room = await found_group(cast, romeo, membersonly=True)
    romeo.plugin["xep_0045"].invite(room, juliet.boundjid.bare, reason="come into the garden")
    invitation = await juliet.sees(lambda one: one.xml.find(f"{MUC_USER}x/{MUC_USER}invite") is not None, "it")
    assert invitation["from"] == room
    await join(juliet, room, "Juliet")
    await romeo.plugin["xep_0045"].set_affiliation(room, "member", jid=nurse.boundjid.bare, timeout=WITHIN_S)
    romeo.plugin["xep_0249"].send_invitation(nurse.boundjid.bare, room, reason="you too")
    direct = await nurse.sees(lambda one: one.xml.find("{jabber:x:conference}x") is not None, "the invitation")
    assert direct["from"] == romeo.boundjid and direct.xml.find("{jabber:x:conference}x").get("jid") == room
    await join(nurse, room, "Nurse")


@scenario
async def real_addresses_are_seen_where_the_settings_say_so(cast: Cast) -> None:
    room, (_, juliet) = await gathering(cast, "romeo", "juliet", membersonly=True, whois="anyone")
    nurse = await cast.enter("nurse")
    await cast.people[0].plugin["xep_0045"].set_affiliation(room, "member", jid=nurse.boundjid.bare, timeout=WITHIN_S)
    presence, _, occupants, _ = await join(nurse, room, "Nurse")
    assert "100" in codes(presence)
    assert juliet.boundjid.bare in {one["muc"]["jid"].bare for one in occupants}
    info = (await nurse.plugin["xep_0030"].get_info(room))["disco_info"]
    assert {"muc_nonanonymous", "muc_membersonly", "muc_persistent"} <= set(info["features"]), info["features"]


@scenario
async def somebody_is_kicked_and_may_come_back(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    await refused(
        juliet.plugin["xep_0045"].set_role(room, romeo.name, "none", timeout=WITHIN_S), "forbidden", "not-allowed"
    )
    await romeo.plugin["xep_0045"].set_role(room, juliet.name, "none", reason="go", timeout=WITHIN_S)
    out = await juliet.sees_presence(lambda one: "307" in codes(one), "that she was kicked")
    assert "110" in codes(out) and out["type"] == "unavailable"
    await romeo.sees_presence(lambda one: "307" in codes(one), "that she was kicked")
    await join(juliet, room, "Juliet")


@scenario
async def somebody_is_banned_and_stays_out_until_forgiven(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    await romeo.plugin["xep_0045"].set_affiliation(
        room, "outcast", jid=juliet.boundjid.bare, reason="never", timeout=WITHIN_S
    )
    await juliet.sees_presence(lambda one: "301" in codes(one), "that she was banned")
    await refused(join(juliet, room, "Juliet"), "forbidden")
    assert await affiliations(romeo, room, "outcast") == {juliet.boundjid.bare}
    await romeo.plugin["xep_0045"].set_affiliation(room, "none", jid=juliet.boundjid.bare, timeout=WITHIN_S)
    await join(juliet, room, "Juliet")


@scenario
async def a_banned_person_hears_nothing_more(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    await romeo.plugin["xep_0045"].set_affiliation(room, "outcast", jid=juliet.boundjid.bare, timeout=WITHIN_S)
    await juliet.sees_presence(lambda one: "301" in codes(one), "that she was banned")
    await romeo.says(room, "she is gone", kind="groupchat")
    await romeo.reads("she is gone")
    await juliet.catches_up()
    assert "she is gone" not in juliet.bodies()
    message = await juliet.says(room, "let me in", kind="groupchat")
    error = await juliet.sees(lambda one: one["type"] == "error" and one["id"] == message["id"], "the error")
    assert error["error"]["condition"] in ("not-acceptable", "forbidden"), error


@scenario
async def an_admin_is_made_and_unmade_and_told(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    for affiliation, role in (("admin", "moderator"), ("member", "participant")):
        await romeo.plugin["xep_0045"].set_affiliation(room, affiliation, jid=juliet.boundjid.bare, timeout=WITHIN_S)
        await juliet.sees_presence(
            lambda one: (
                one["from"] == f"{room}/{juliet.name}"
                and one["muc"]["affiliation"] == affiliation
                and one["muc"]["role"] == role
            ),
            f"that she is {affiliation}",
        )


@scenario
async def the_last_owner_cannot_step_down(cast: Cast) -> None:
    room, (romeo, _) = await gathering(cast, "romeo", "juliet")
    await refused(
        romeo.plugin["xep_0045"].set_affiliation(room, "none", jid=romeo.boundjid.bare, timeout=WITHIN_S), "conflict"
    )
    assert await affiliations(romeo, room, "owner") == {romeo.boundjid.bare}


@scenario
async def who_has_no_voice_is_not_heard(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet", moderatedroom=True)
    await romeo.plugin["xep_0045"].set_role(room, juliet.name, "visitor", timeout=WITHIN_S)
    await juliet.sees_presence(lambda one: one["muc"]["role"] == "visitor", "that she is a visitor")
    message = await juliet.says(room, "may I?", kind="groupchat")
    error = await juliet.sees(lambda one: one["type"] == "error" and one["id"] == message["id"], "the error")
    assert error["error"]["condition"] == "forbidden"
    await romeo.plugin["xep_0045"].set_role(room, juliet.name, "participant", timeout=WITHIN_S)
    await juliet.sees_presence(lambda one: one["muc"]["role"] == "participant", "that she has voice")
    await juliet.says(room, "now I may", kind="groupchat")
    await romeo.reads("now I may")


@scenario
async def who_is_outside_cannot_speak_in_a_group(cast: Cast) -> None:
    room, (romeo,) = await gathering(cast, "romeo")
    paris = await cast.enter("paris")
    message = await paris.says(room, "hear me", kind="groupchat")
    error = await paris.sees(lambda one: one["type"] == "error" and one["id"] == message["id"], "the error")
    assert error["error"]["condition"] == "not-acceptable", error
    await romeo.catches_up()
    assert "hear me" not in romeo.bodies()


@scenario
async def a_moderator_takes_a_message_out(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    info = (await romeo.plugin["xep_0030"].get_info(room))["disco_info"]
    assert "urn:xmpp:message-moderate:1" in info["features"], info["features"]
    await juliet.says(room, "a bad word", kind="groupchat")
    place = stanza_id(await romeo.reads("a bad word"), room)
    await refused(juliet.plugin["xep_0425"].moderate(JID(room), place, timeout=WITHIN_S), "forbidden")
    await romeo.plugin["xep_0425"].moderate(JID(room), place, "rude", timeout=WITHIN_S)
    told = await juliet.sees(lambda one: one.xml.find("{urn:xmpp:message-retract:1}retract") is not None, "it")
    assert told["from"] == room and told["retract"]["id"] == place
    assert told.xml.find("{urn:xmpp:message-retract:1}retract/{urn:xmpp:message-moderate:1}moderated") is not None


@scenario
async def a_group_is_destroyed_and_everybody_is_told(cast: Cast) -> None:
    room, (romeo, juliet) = await gathering(cast, "romeo", "juliet")
    await refused(juliet.plugin["xep_0045"].destroy(room, timeout=WITHIN_S), "forbidden")
    await romeo.plugin["xep_0045"].destroy(room, reason="the end", timeout=WITHIN_S)
    told = await juliet.sees_presence(lambda one: one.xml.find(f"{MUC_USER}x/{MUC_USER}destroy") is not None, "it")
    assert told["type"] == "unavailable"
    await refused(juliet.plugin["xep_0030"].get_info(room, timeout=WITHIN_S), "item-not-found", "gone")
