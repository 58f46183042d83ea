"""Devices that are away and woken by their push services."""

import contextlib
from collections.abc import AsyncIterator

from slixmpp.exceptions import IqError
from slixmpp.xmlstream import ET

from judge.checks import scenario
from judge.components import PushService
from judge.people import DEFAULT_PLUGINS, Cast, Person
from judge.server import ECHO as DOMAIN
from judge.waits import until

PUSH = "urn:xmpp:push:0"
PUBLISH_OPTIONS = "http://jabber.org/protocol/pubsub#publish-options"


@contextlib.asynccontextmanager
async def _service(cast: Cast) -> AsyncIterator[PushService]:
    service = await PushService(cast.server).comes()
    try:
        yield service
    finally:
        await service.goes()


async def _asks(person: Person, command: str, node: str | None, *, service: str = DOMAIN, inside: str = "") -> None:
    iq = person.make_iq_set(ito=person.boundjid.bare)
    named = "" if node is None else f" node='{node}'"
    iq.xml.append(ET.fromstring(f"<{command} xmlns='{PUSH}' jid='{service}'{named}>{inside}</{command}>"))
    await person.asks(iq)


async def _away(cast: Cast, name: str, **options) -> tuple[Person, str]:
    """Somebody whose device is registered and goes; the node it is registered with."""
    person = await cast.enter(name, "phone", **options)
    node = f"node of {person.boundjid.user}"
    await _asks(person, "enable", node)
    return person, node


async def _notified(service: PushService, node: str, counts: list[str]) -> None:
    await until(lambda: service.of(node) == counts, f"{node} is notified of {counts}, and not {service.of(node)}")


@scenario
async def an_account_says_that_its_devices_can_be_notified(cast: Cast) -> None:
    juliet = await cast.enter("juliet")
    info = await juliet.plugin["xep_0030"].get_info(jid=juliet.boundjid.bare)
    assert PUSH in info["disco_info"]["features"], info


@scenario
async def a_device_that_is_away_is_notified_once_for_each_message_with_their_number(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    async with _service(cast) as service:
        juliet, node = await _away(cast, "juliet")
        await romeo.says(juliet.boundjid.bare, "while you are here")
        await juliet.reads("while you are here")
        await juliet.sign_out()
        await romeo.says(juliet.boundjid.bare, "a secret")
        await until(lambda: service.of(node), "the device is notified")
        notification = service.notified[-1]
        assert notification["from"] == cast.server.domain, notification
        assert "secret" not in str(notification) and "romeo" not in str(notification), notification
        await romeo.says(juliet.boundjid.bare, "two")
        await until(lambda: len(service.of(node)) == 2, "it is notified again")
        first, second = map(int, service.of(node))
        assert second == first + 1, service.of(node)


@scenario
async def a_service_gets_back_what_it_asked_for(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    async with _service(cast) as service:
        juliet = await cast.enter("juliet", "phone")
        field = "<field var='{}'><value>{}</value></field>"
        fields = field.format("FORM_TYPE", PUBLISH_OPTIONS) + field.format("secret", "eruio234vzxc2kla-91")
        form = f"<x xmlns='jabber:x:data' type='submit'>{fields}</x>"
        await _asks(juliet, "enable", "secret node", inside=form)
        await juliet.sign_out()
        await romeo.says(juliet.boundjid.bare, "hello")
        await _notified(service, "secret node", ["1"])
        sent = str(service.notified[-1])
        assert "publish-options" in sent and "eruio234vzxc2kla-91" in sent, sent


@scenario
async def a_device_that_lost_its_connection_is_notified_before_it_resumes(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    async with _service(cast) as service:
        juliet, node = await _away(cast, "juliet", plugins=[*DEFAULT_PLUGINS, "xep_0198"])
        await until(lambda: juliet.plugin["xep_0198"].enabled_in, "stream management is on")
        await juliet.cut()
        await romeo.says(juliet.boundjid.bare, "one")
        await _notified(service, node, ["1"])
        await juliet.resume()
        await juliet.reads("one")


@scenario
async def a_device_that_was_disabled_is_notified_no_more(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    async with _service(cast) as service:
        juliet, node = await _away(cast, "juliet")
        await _asks(juliet, "enable", f"{node} too")
        await _asks(juliet, "disable", node)
        await juliet.sign_out()
        await romeo.says(juliet.boundjid.bare, "one")
        await _notified(service, f"{node} too", ["1"])
        juliet = await cast.enter("juliet", "phone")
        await _asks(juliet, "disable", None)
        await juliet.sign_out()
        await _is_not_notified_of_more(cast, service, romeo, juliet)
        assert service.of(node) == [] and service.of(f"{node} too") == ["1"], service.notified


async def _is_not_notified_of_more(cast: Cast, service: PushService, romeo: Person, juliet: Person) -> None:
    """Writes to somebody, and waits until a later message to somebody else was notified."""
    await romeo.says(juliet.boundjid.bare, "in silence")
    await romeo.catches_up()
    marker, node = await _away(cast, "marker")
    await marker.sign_out()
    await romeo.says(marker.boundjid.bare, "aloud")
    await _notified(service, node, ["1"])


@scenario
async def a_service_that_refuses_is_told_no_more(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    async with _service(cast) as service:
        juliet, node = await _away(cast, "juliet")
        await juliet.sign_out()
        service.refusal = ("cancel", "item-not-found")
        await romeo.says(juliet.boundjid.bare, "one")
        await _notified(service, node, ["1"])
        service.refusal = None
        await _is_not_notified_of_more(cast, service, romeo, juliet)
        assert service.of(node) == ["1"], service.notified


@scenario
async def a_service_that_asks_to_wait_is_not_told_at_once(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    async with _service(cast) as service:
        juliet, node = await _away(cast, "juliet")
        await juliet.sign_out()
        service.refusal = ("wait", "resource-constraint")
        await romeo.says(juliet.boundjid.bare, "one")
        await _notified(service, node, ["1"])
        service.refusal = None
        await _is_not_notified_of_more(cast, service, romeo, juliet)
        assert service.of(node) == ["1"], service.notified


@scenario
async def what_waits_for_a_service_that_is_away_is_told_once_it_is_back(cast: Cast) -> None:
    romeo = await cast.enter("romeo")
    juliet, node = await _away(cast, "juliet")
    await juliet.sign_out()
    for number in range(5):
        await romeo.says(juliet.boundjid.bare, f"line {number}")
    await romeo.catches_up()
    async with _service(cast) as service:
        await until(lambda: service.of(node), "the device is notified")
        assert service.of(node)[0] == "5", service.of(node)
        await romeo.says(juliet.boundjid.bare, "the last line")
        await until(lambda: service.of(node)[-1] == "6", "all messages are counted")


@scenario
async def people_rooms_and_strangers_are_no_push_services(cast: Cast) -> None:
    juliet = await cast.enter("juliet")
    for service, condition in [
        (juliet.boundjid.bare, "not-acceptable"),
        (cast.room("verona"), "not-acceptable"),
        ("push.nowhere.example", "remote-server-not-found"),
    ]:
        try:
            await _asks(juliet, "enable", "node", service=service)
            raise AssertionError(f"{service} was accepted")
        except IqError as error:
            assert error.iq["error"]["condition"] == condition, error.iq
