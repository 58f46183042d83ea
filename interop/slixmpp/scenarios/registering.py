"""Making an account, and what its owner does with it."""

import asyncio

from slixmpp.exceptions import IqError
from slixmpp.xmlstream import ET

from judge.checks import scenario
from judge.people import DEFAULT_PLUGINS, Cast, Person, SignInRefused
from judge.waits import WITHIN_S, until

PLUGINS = [*DEFAULT_PLUGINS, "xep_0004", "xep_0050", "xep_0066", "xep_0077"]


def _newcomer(cast: Cast, name: str) -> Person:
    """Somebody without an account."""
    person = Person(cast.server, cast.name(name), None, {"plugins": PLUGINS})
    cast.people.append(person)
    return person


def _preauth(token: str) -> ET.Element:
    return ET.Element("{urn:xmpp:pars:0}preauth", token=token)


async def _invites(person: Person) -> str:
    """Asks the server for a link; its token."""
    send = person.plugin["xep_0050"].send_command
    done = await send(person.home.domain, "urn:xmpp:invite#invite", timeout=WITHIN_S)
    uri = done["command"]["form"].get_values()["uri"]
    start, end = f"xmpp:{person.boundjid.bare}?roster;preauth=", ";ibr=y"
    assert uri.startswith(start) and uri.endswith(end), uri
    return uri.removeprefix(start).removesuffix(end)


async def _shows(person: Person, token: str) -> None:
    """Shows an invitation before signing in, when slixmpp holds back what it does not know."""
    iq = person.make_iq_set(_preauth(token), ito=person.home.domain)
    person.send_raw(str(iq))
    answer = await person.sees_iq(lambda one: one["id"] == iq["id"], "the answer to an invitation")
    if answer["type"] == "error":
        raise IqError(answer)


async def _registers(person: Person, token: str | None = None) -> None:
    """Shows the token, fills in the form that comes before signing in, and signs in."""
    answers: asyncio.Queue = asyncio.Queue()

    async def register(form) -> None:
        assert {"username", "password"} <= set(form["register"]["fields"]), form
        try:
            if token:
                await _shows(person, token)
            iq = person.make_iq_set()
            iq["register"]["username"] = person.boundjid.user
            iq["register"]["password"] = person.password
            answers.put_nowait(await person.asks(iq))
        except IqError as refused:
            answers.put_nowait(refused)

    person.add_event_handler("register", register)
    signing_in = asyncio.ensure_future(person.sign_in())
    answer = await asyncio.wait_for(answers.get(), WITHIN_S)
    if isinstance(answer, IqError):
        signing_in.cancel()
        raise answer
    await signing_in


@scenario
async def somebody_makes_an_account_and_signs_in(cast: Cast) -> None:
    await _registers(_newcomer(cast, "juliet"))


@scenario
async def a_name_that_is_taken_is_refused(cast: Cast) -> None:
    cast.server.register(cast.name("juliet"))
    try:
        await _registers(_newcomer(cast, "juliet"))
    except IqError as refused:
        assert refused.condition == "conflict", refused.condition
    else:
        raise AssertionError("a name was given twice")


@scenario
async def who_knows_the_password_changes_it(cast: Cast) -> None:
    juliet = await cast.enter("juliet", plugins=PLUGINS)
    await juliet.plugin["xep_0077"].change_password("battery staple", jid=cast.server.domain, timeout=WITHIN_S)
    await cast.enter("juliet", password="battery staple")
    try:
        await cast.enter("juliet")
    except SignInRefused:
        return
    raise AssertionError("the old password still works")


@scenario
async def an_account_that_is_removed_is_gone_for_contacts_too(cast: Cast) -> None:
    romeo, juliet = await cast.friends("romeo", "juliet", plugins=PLUGINS)
    gone = juliet.loses_connection()
    await juliet.plugin["xep_0077"].cancel_registration(timeout=WITHIN_S)
    await gone
    await romeo.sees_presence(
        lambda one: one["from"].bare == juliet.boundjid.bare and one["type"] == "unsubscribed",
        "romeo hears that juliet is no contact any more",
    )
    try:
        await cast.enter("juliet")
    except SignInRefused:
        return
    raise AssertionError("somebody signed in to a removed account")


async def _are_contacts(one: Person, other: Person) -> None:
    for person, seen in ((one, other), (other, one)):
        await person.sees_presence(
            lambda it, seen=seen: it["from"].bare == seen.boundjid.bare and it["type"] == "available",
            f"{person.boundjid} sees {seen.boundjid}",
        )
        roster, jid = person.client_roster, seen.boundjid.bare
        await until(
            lambda roster=roster, jid=jid: roster[jid]["subscription"] == "both", f"{jid} is a contact of {person.boundjid}"
        )


@scenario
async def who_was_invited_makes_an_account_and_is_a_contact(cast: Cast) -> None:
    romeo, juliet = await cast.enter("romeo", plugins=PLUGINS), _newcomer(cast, "juliet")
    token = await _invites(romeo)
    await _registers(juliet, token)
    await _are_contacts(romeo, juliet)
    try:
        await _registers(_newcomer(cast, "nurse"), token)
    except IqError as refused:
        assert refused.condition == "item-not-found", refused.condition
    else:
        raise AssertionError("an invitation worked twice")


@scenario
async def who_has_an_account_already_becomes_a_contact_with_the_same_link(cast: Cast) -> None:
    romeo, juliet = await cast.enter("romeo", plugins=PLUGINS), await cast.enter("juliet")
    request = juliet.make_presence(pto=romeo.boundjid.bare, ptype="subscribe")
    request.append(_preauth(await _invites(romeo)))
    request.send()
    await _are_contacts(romeo, juliet)
