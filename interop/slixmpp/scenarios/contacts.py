"""Contact lists, presence and blocking."""

from slixmpp.exceptions import IqError

from judge.checks import scenario
from judge.people import Cast, Person
from judge.waits import until


def _push(person: Person, contact: str, **wanted: str):
    """Whether a change of a contact was told to a device."""

    def is_it(iq) -> bool:
        if iq["type"] != "set":
            return False
        item = iq.xml.find(f"{{jabber:iq:roster}}query/{{jabber:iq:roster}}item[@jid='{contact}']")
        return item is not None and all(item.get(key, "") == value for key, value in wanted.items())

    return person.sees_iq(is_it, f"{person.boundjid} is told that {contact} is {wanted}")


async def contacts(person: Person) -> dict:
    """The contact list as the server has it: address to name, subscription and groups."""
    await person.get_roster()
    await person.catches_up()
    iq = person.make_iq_get()
    iq.enable("roster")
    answer = await person.asks(iq)
    return {str(jid): item for jid, item in answer["roster"]["items"].items()}


@scenario
async def a_contact_is_added_renamed_and_removed_on_every_device(cast: Cast) -> None:
    desk, phone = await cast.enter("romeo", "desk"), await cast.enter("romeo", "phone")
    juliet = cast.person("juliet").boundjid.bare
    for device in (desk, phone):
        await device.get_roster()
    await desk.update_roster(juliet, name="Juliet", groups=["Verona"])
    for device in (desk, phone):
        await _push(device, juliet, name="Juliet", subscription="none")
    await phone.update_roster(juliet, name="My Juliet", groups=["Verona", "Loves"])
    for device in (desk, phone):
        await _push(device, juliet, name="My Juliet")
    item = (await contacts(desk))[juliet]
    assert item["name"] == "My Juliet" and set(item["groups"]) == {"Verona", "Loves"}, item
    await desk.del_roster_item(juliet)
    for device in (desk, phone):
        await _push(device, juliet, subscription="remove")
    assert juliet not in await contacts(phone)


@scenario
async def a_subscription_is_asked_for_and_granted_and_both_see_each_other(cast: Cast) -> None:
    romeo, juliet = await cast.enter("romeo", "a"), await cast.enter("juliet", "a")
    phone = await cast.enter("romeo", "phone")
    for one in (romeo, juliet, phone):
        one.auto_authorize = None
        await one.get_roster()
    romeo.send_presence(pto=juliet.boundjid.bare, ptype="subscribe")
    for device in (romeo, phone):
        await _push(device, juliet.boundjid.bare, subscription="none", ask="subscribe")
    request = await juliet.sees_presence(lambda one: one["type"] == "subscribe", "the request")
    assert request["from"] == romeo.boundjid.bare
    juliet.send_presence(pto=romeo.boundjid.bare, ptype="subscribed")
    for device in (romeo, phone):
        await _push(device, juliet.boundjid.bare, subscription="to")
        await device.sees_presence(lambda one: one["from"] == juliet.boundjid, "her presence")
    await _push(juliet, romeo.boundjid.bare, subscription="from")
    juliet.send_presence(pto=romeo.boundjid.bare, ptype="subscribe")
    await romeo.sees_presence(lambda one: one["type"] == "subscribe", "her request")
    romeo.send_presence(pto=juliet.boundjid.bare, ptype="subscribed")
    await _push(juliet, romeo.boundjid.bare, subscription="both")
    for device in (romeo, phone):
        await juliet.sees_presence(lambda one: one["from"] == device.boundjid, "his presence")


@scenario
async def a_request_waits_for_somebody_who_is_away(cast: Cast) -> None:
    romeo, juliet = await cast.enter("romeo"), cast.person("juliet")
    juliet.auto_authorize = None
    romeo.send_presence(pto=juliet.boundjid.bare, ptype="subscribe")
    await romeo.catches_up()
    await juliet.sign_in()
    await juliet.sees_presence(lambda one: one["type"] == "subscribe", "the request")


@scenario
async def a_request_is_refused(cast: Cast) -> None:
    romeo, juliet = await cast.enter("romeo"), await cast.enter("juliet")
    juliet.auto_authorize = None
    romeo.send_presence(pto=juliet.boundjid.bare, ptype="subscribe")
    await juliet.sees_presence(lambda one: one["type"] == "subscribe", "the request")
    juliet.send_presence(pto=romeo.boundjid.bare, ptype="unsubscribed")
    await romeo.sees_presence(lambda one: one["type"] == "unsubscribed", "the refusal")
    assert (await contacts(romeo))[juliet.boundjid.bare]["subscription"] == "none"


@scenario
async def presence_goes_to_contacts_with_what_it_says_and_ends_with_the_session(cast: Cast) -> None:
    romeo, juliet = await cast.friends("romeo", "juliet")
    romeo.send_presence(pshow="away", pstatus="thinking", ppriority=5)
    seen = await juliet.sees_presence(lambda one: one["status"] == "thinking", "the status")
    assert seen["show"] == "away" and seen["priority"] == 5
    await romeo.sign_out()
    await juliet.sees_presence(lambda one: one["type"] == "unavailable" and one["from"] == romeo.boundjid, "the end")


@scenario
async def a_lost_connection_without_resumption_ends_the_presence(cast: Cast) -> None:
    romeo, juliet = await cast.friends("romeo", "juliet")
    await romeo.cut()
    await juliet.sees_presence(lambda one: one["type"] == "unavailable" and one["from"] == romeo.boundjid, "the end")


@scenario
async def who_takes_a_contact_off_is_no_longer_seen(cast: Cast) -> None:
    romeo, juliet = await cast.friends("romeo", "juliet")
    await juliet.get_roster()
    await juliet.del_roster_item(romeo.boundjid.bare)
    await romeo.sees_presence(lambda one: one["type"] in ("unavailable", "unsubscribed"), "the end")
    assert (await contacts(romeo))[juliet.boundjid.bare]["subscription"] == "none"


@scenario
async def a_stranger_gets_no_presence_and_cannot_ask_a_device(cast: Cast) -> None:
    romeo, stranger = await cast.enter("romeo", "desk"), await cast.enter("stranger")
    stranger.send_presence(pto=romeo.boundjid.bare, ptype="probe")
    await stranger.catches_up()
    assert not [one for one in stranger.presences if one["from"] == romeo.boundjid and one["type"] == "available"]
    iq = stranger.make_iq_get(queryxmlns="jabber:iq:version", ito=cast.server.jid(cast.name("romeo")) + "/gone")
    try:
        await stranger.asks(iq)
    except IqError as error:
        assert error.condition == "service-unavailable", error
    else:
        raise AssertionError("a device that is not there answered")


@scenario
async def somebody_who_is_blocked_reaches_nobody_until_unblocked(cast: Cast) -> None:
    romeo, juliet = await cast.friends("romeo", "juliet")
    phone = await cast.enter("juliet", "phone")
    await phone.plugin["xep_0191"].get_blocked()
    await juliet.plugin["xep_0191"].get_blocked()
    await juliet.plugin["xep_0191"].block({romeo.boundjid.bare})
    await phone.sees_iq(lambda one: one.xml.find("{urn:xmpp:blocking}block") is not None, "the push")
    assert await phone.plugin["xep_0191"].get_blocked_jids() == {romeo.boundjid.bare}
    await romeo.sees_presence(lambda one: one["type"] == "unavailable" and one["from"] == juliet.boundjid, "the end")
    message = await romeo.says(juliet.boundjid.bare, "do you hear me?")
    error = await romeo.sees(lambda one: one["type"] == "error" and one["id"] == message["id"], "the error")
    assert error["error"]["condition"] == "service-unavailable", error
    await juliet.catches_up()
    assert "do you hear me?" not in juliet.bodies()
    await juliet.plugin["xep_0191"].unblock({romeo.boundjid.bare})
    await phone.sees_iq(lambda one: one.xml.find("{urn:xmpp:blocking}unblock") is not None, "the push")
    await romeo.says(juliet.boundjid.bare, "and now?")
    await juliet.reads("and now?")


@scenario
async def the_contact_list_is_only_sent_when_it_has_changed(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    if "rosterver" not in romeo.features:
        raise AssertionError("no versions of contact lists are offered")
    await romeo.get_roster()
    await romeo.update_roster(cast.person("juliet").boundjid.bare, name="Juliet")
    version = await until(lambda: romeo.client_roster.version, "a version of the contact list")
    iq = romeo.make_iq_get()
    iq["roster"]["ver"] = version
    answer = await romeo.asks(iq)
    assert answer.xml.find("{jabber:iq:roster}query") is None, answer
