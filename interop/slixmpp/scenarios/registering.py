"""Making an account, and what its owner does with it."""

import asyncio

from slixmpp.exceptions import IqError

from judge.checks import scenario
from judge.people import DEFAULT_PLUGINS, Cast, Person, SignInRefused
from judge.waits import WITHIN_S

PLUGINS = [*DEFAULT_PLUGINS, "xep_0004", "xep_0066", "xep_0077"]


def _newcomer(cast: Cast, name: str) -> Person:
    """Somebody without an account."""
    person = Person(cast.server, cast.name(name), None, {"plugins": PLUGINS})
    cast.people.append(person)
    return person


async def _registers(person: Person) -> None:
    """Fills in the form that comes before signing in, and signs in."""
    answers: asyncio.Queue = asyncio.Queue()

    async def register(form) -> None:
        assert {"username", "password"} <= set(form["register"]["fields"]), form
        iq = person.make_iq_set()
        iq["register"]["username"] = person.boundjid.user
        iq["register"]["password"] = person.password
        try:
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
