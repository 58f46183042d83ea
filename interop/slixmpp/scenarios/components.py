"""Programs beside the server: gateways, bots and services."""

import contextlib
from collections.abc import AsyncIterator

from slixmpp.exceptions import IqError

from judge.archive import body_of, pages
from judge.checks import scenario
from judge.components import Echo, Refused
from judge.people import Cast
from judge.server import ECHO as DOMAIN
from judge.waits import until

from .contacts import contacts


@contextlib.asynccontextmanager
async def _echo(cast: Cast) -> AsyncIterator[Echo]:
    echo = await Echo(cast.server).comes()
    try:
        yield echo
    finally:
        await echo.goes()


@scenario
async def a_bot_of_a_component_is_talked_to_and_answers_and_the_archive_has_it(cast: Cast) -> None:
    romeo, phone = await cast.enter("romeo", "orchard"), await cast.enter("romeo", "phone")
    phone.plugin["xep_0280"].enable()
    async with _echo(cast) as echo:
        bot = f"bot@{DOMAIN}"
        await romeo.says(bot, "who is there?")
        heard = await echo.hears("who is there?")
        assert (heard["from"], heard["to"]) == (romeo.boundjid, bot), heard
        for device in (romeo, phone):
            answer = await device.reads("echo: who is there?")
            assert answer["from"] == bot and answer["type"] == "chat", answer
        kept = [body_of(result) for result in await pages(romeo, with_jid=bot)]
        assert kept == ["who is there?", "echo: who is there?"], kept


@scenario
async def many_messages_to_a_component_arrive_once_and_in_order(cast: Cast) -> None:
    romeo = await cast.enter("romeo", "orchard")
    async with _echo(cast) as echo:
        sent = [f"line {number}" for number in range(100)]
        for text in sent:
            await romeo.says(f"many@{DOMAIN}", text)
        await echo.hears(sent[-1])
        assert [one["body"] for one in echo.heard] == sent
        await romeo.reads("echo: line 99")
        assert romeo.bodies() == [f"echo: {text}" for text in sent]


@scenario
async def requests_go_to_a_component_and_come_from_it(cast: Cast) -> None:
    romeo = await cast.enter("romeo", "orchard")
    async with _echo(cast) as echo:
        version = await romeo.plugin["xep_0092"].get_version(DOMAIN)
        assert version["software_version"]["name"] == "Echo", version
        await echo.plugin["xep_0199"].send_ping(romeo.boundjid, ifrom=f"bot@{DOMAIN}", timeout=10)
        info = await echo.plugin["xep_0030"].get_info(jid=cast.server.domain, ifrom=DOMAIN, timeout=10)
        assert ("server", "im") in {one[:2] for one in info["disco_info"]["identities"]}, info
        try:
            await echo.plugin["xep_0199"].send_ping(f"{romeo.boundjid.bare}/nowhere", ifrom=DOMAIN, timeout=10)
            raise AssertionError("nobody is there to answer")
        except IqError as error:
            assert "<service-unavailable" in str(error.iq), error


@scenario
async def the_server_lists_components_that_are_connected(cast: Cast) -> None:
    romeo = await cast.enter("romeo", "orchard")

    async def listed() -> set[str]:
        items = await romeo.plugin["xep_0030"].get_items(cast.server.domain)
        return {item[0] for item in items["disco_items"]["items"]}

    async with _echo(cast):
        assert DOMAIN in await listed()
    assert DOMAIN not in await listed()


@scenario
async def somebody_at_a_component_is_asked_for_presence_and_both_see_each_other(cast: Cast) -> None:
    romeo = await cast.enter("romeo", "orchard")
    romeo.auto_authorize = None
    bot = f"bot@{DOMAIN}"
    async with _echo(cast) as echo:
        romeo.send_presence(pto=bot, ptype="subscribe")
        await echo.sees("subscribe", romeo.boundjid.bare)
        # It remembers what it has granted, so that it answers probes.
        echo.roster[bot][romeo.boundjid.bare].authorize()
        echo.roster[bot][romeo.boundjid.bare].subscribe()
        await romeo.sees_presence(lambda one: one["type"] == "subscribe" and one["from"] == bot, "the request")
        romeo.send_presence(pto=bot, ptype="subscribed")
        await echo.sees("subscribed", romeo.boundjid.bare)
        await echo.sees("available", romeo.boundjid.bare)
        echo.send_presence(pto=romeo.boundjid.bare, pfrom=f"{bot}/wire", pshow="away")
        seen = await romeo.sees_presence(lambda one: one["from"] == f"{bot}/wire", "the bot is there")
        assert seen["type"] == "away", seen
        phone = await cast.enter("romeo", "phone")
        probe = await echo.sees("probe", romeo.boundjid.bare)
        assert probe["from"] == phone.boundjid and probe["to"] == bot, probe
        echo.presences.clear()
        echo.send_presence(pto=romeo.boundjid.bare, pfrom=bot, ptype="probe")
        await until(lambda: len({one["from"] for one in echo.presences}) == 2, "both devices are shown")
        echo.presences.clear()
        await romeo.sign_out()
        await echo.sees("unavailable", romeo.boundjid.bare)
        item = (await contacts(phone))[bot]
        assert item["subscription"] == "both", item
        await phone.del_roster_item(bot)
        await echo.sees("unsubscribe", romeo.boundjid.bare)
        await echo.sees("unsubscribed", romeo.boundjid.bare)


@scenario
async def who_is_blocked_at_a_component_is_not_heard(cast: Cast) -> None:
    romeo = await cast.enter("romeo", "orchard")
    async with _echo(cast) as echo:
        bot = f"pest@{DOMAIN}"
        await romeo.says(bot, "before")
        await romeo.reads("echo: before")
        await romeo.plugin["xep_0191"].block({bot})
        assert await romeo.plugin["xep_0191"].get_blocked_jids() == {bot}
        echo.send_message(mto=romeo.boundjid.bare, mbody="after", mfrom=bot, mtype="chat")
        await until(lambda: any(one["type"] == "error" for one in echo.heard), "the pest is refused")
        assert "after" not in romeo.bodies()


@scenario
async def a_room_of_a_component_is_entered_and_spoken_in(cast: Cast) -> None:
    romeo = await cast.enter("romeo", "orchard")
    async with _echo(cast) as echo:
        room = f"#verona%irc@{DOMAIN}"
        romeo.send_presence(pto=f"{room}/romeo")
        entered = await echo.sees("available", romeo.boundjid.bare)
        assert entered["to"] == f"{room}/romeo", entered
        echo.send_presence(pto=romeo.boundjid, pfrom=f"{room}/juliet")
        await romeo.sees_presence(lambda one: one["from"] == f"{room}/juliet", "somebody in the room")
        await romeo.says(room, "is anybody here?", kind="groupchat")
        await echo.hears("is anybody here?")
        said = dict(mto=romeo.boundjid, mfrom=f"{room}/juliet", mbody="I am", mtype="groupchat")
        echo.send_message(**said)
        await romeo.reads("I am")
        echo.presences.clear()
        await romeo.sign_out()
        gone = await echo.sees("unavailable", romeo.boundjid.bare)
        assert gone["to"] == f"{room}/romeo", gone


@scenario
async def a_component_that_is_away_is_not_available_and_comes_back(cast: Cast) -> None:
    romeo = await cast.enter("romeo", "orchard")

    async def refusal(to: str) -> str:
        sent = await romeo.says(to, "is anybody there?")
        error = await romeo.sees(lambda one: one["type"] == "error" and one["id"] == sent["id"], "an error")
        return error["error"]["condition"]

    bot = f"bot@{DOMAIN}"
    assert await refusal(bot) == "service-unavailable"
    assert await refusal("bot@nowhere.localhost") == "remote-server-not-found"
    for number in range(2):
        async with _echo(cast):
            await romeo.says(bot, f"visit {number}")
            await romeo.reads(f"echo: visit {number}")
    assert await refusal(bot) == "service-unavailable"


@scenario
async def a_component_has_to_know_its_secret_and_be_known(cast: Cast) -> None:
    for options, condition in [
        ({"secret": "another secret"}, "not-authorized"),
        ({"domain": "stranger.localhost"}, "host-unknown"),
    ]:
        stranger = Echo(cast.server, **options)
        try:
            await stranger.comes()
            raise AssertionError(f"{options} was let in")
        except Refused as refused:
            assert str(refused) == condition, refused
        finally:
            await stranger.goes()


@scenario
async def a_second_connection_of_a_component_is_refused(cast: Cast) -> None:
    romeo = await cast.enter("romeo", "orchard")
    async with _echo(cast):
        second = Echo(cast.server)
        try:
            await second.comes()
            raise AssertionError("the domain was given twice")
        except Refused as refused:
            assert str(refused) == "conflict", refused
        finally:
            await second.goes()
        await romeo.says(f"bot@{DOMAIN}", "still there?")
        await romeo.reads("echo: still there?")


@scenario
async def a_component_that_speaks_for_others_is_cut(cast: Cast) -> None:
    romeo = await cast.enter("romeo", "orchard")
    async with _echo(cast) as echo:
        echo.send_message(mto=romeo.boundjid, mfrom=f"juliet@{cast.server.domain}", mbody="I am Juliet")
        await until(lambda: echo.ended_by, "the component is cut")
        assert echo.ended_by == ["invalid-from"], echo.ended_by
        await romeo.catches_up()
        assert romeo.bodies() == []
