"""What administrators do, and everybody else does not."""

import asyncio

from slixmpp.exceptions import IqError

from judge.checks import scenario
from judge.people import DEFAULT_PLUGINS, Cast, Person, SignInRefused
from judge.waits import WITHIN_S

PLUGINS = [*DEFAULT_PLUGINS, "xep_0004", "xep_0050", "xep_0133"]
ADMIN = "http://jabber.org/protocol/admin#"


async def _administrator(cast: Cast) -> Person:
    return await cast.administrator("root", plugins=PLUGINS).sign_in()


async def _listed(person: Person) -> set[str]:
    found = await person.plugin["xep_0133"].get_commands(person.home.domain, timeout=WITHIN_S)
    return {node for _, node, _ in found["disco_items"]["items"]}


async def _runs(person: Person, task: str, **values: str | list[str]) -> dict:
    """Runs a task as the plugin does, with answers to its form; what was answered last."""
    done: asyncio.Future = asyncio.get_running_loop().create_future()

    def asked(iq, session) -> None:
        form = person.plugin["xep_0004"].make_form(ftype="submit")
        for name, value in values.items():
            form.add_field(var=name, value=value)
        session["payload"] = [form]
        session["next"] = lambda answer, _: done.set_result(answer["command"])
        person.plugin["xep_0050"].complete_command(session)

    def first(iq, session) -> None:
        asked(iq, session) if iq["command"]["status"] == "executing" else done.set_result(iq["command"])

    def refused(iq, session) -> None:
        # COMPAT(slixmpp 1.17): a session that was refused is taken for the next one that is.
        person.plugin["xep_0050"].terminate_command(session)
        done.set_exception(IqError(iq))

    session = {"next": first, "error": refused}
    getattr(person.plugin["xep_0133"], task.replace("-", "_"))(person.home.domain, session)
    return await asyncio.wait_for(done, WITHIN_S)


async def _is_refused(signing_in) -> None:
    try:
        await signing_in
    except SignInRefused:
        return
    raise AssertionError("somebody signed in who should not")


@scenario
async def an_administrator_adds_disables_enables_and_deletes_an_account(cast: Cast) -> None:
    root, name = await _administrator(cast), cast.name("juliet")
    jid, password = cast.server.jid(name), "battery staple"
    await _runs(root, "add-user", **{"accountjid": jid, "password": password, "password-verify": password})
    cast.server.accounts.add(name)
    await cast.enter("juliet", password=password)
    await _runs(root, "disable-user", accountjids=[jid])
    await _is_refused(cast.enter("juliet", password=password))
    await _runs(root, "reenable-user", accountjids=[jid])
    await cast.enter("juliet", password=password)
    await _runs(root, "delete-user", accountjids=[jid])
    await _is_refused(cast.enter("juliet", password=password))


@scenario
async def an_administrator_ends_sessions_and_changes_a_password(cast: Cast) -> None:
    root, juliet = await _administrator(cast), await cast.enter("juliet")
    gone = juliet.loses_connection()
    await _runs(root, "end-user-session", accountjids=[juliet.boundjid.full])
    await gone
    juliet = await cast.enter("juliet")
    gone = juliet.loses_connection()
    await _runs(root, "change-user-password", accountjid=juliet.boundjid.bare, password="battery staple")
    await gone
    await _is_refused(cast.enter("juliet"))
    await cast.enter("juliet", password="battery staple")


@scenario
async def an_administrator_sees_how_many_accounts_there_are_and_which(cast: Cast) -> None:
    root, juliet = await _administrator(cast), await cast.enter("juliet", "balcony")
    number = await _runs(root, "get-registered-users-num")
    assert int(number["form"].get_values()["registeredusersnum"]) >= 2
    online = await _runs(root, "get-online-users-list", max_items="200")
    assert juliet.boundjid.bare in online["form"].get_values()["onlineuserjids"]
    statistics = await _runs(root, "user-stats", accountjid=juliet.boundjid.bare)
    assert "balcony" in statistics["form"].get_values()["onlineresources"]
    seen = await _runs(root, "get-user-lastlogin", accountjids=[juliet.boundjid.bare])
    assert seen["form"].get_values()["lastlogin"]


@scenario
async def who_is_no_administrator_sees_and_runs_no_task_of_theirs(cast: Cast) -> None:
    root, romeo = await _administrator(cast), await cast.enter("romeo", plugins=PLUGINS)
    assert ADMIN + "add-user" in await _listed(root)
    assert not [node for node in await _listed(romeo) if node.startswith(ADMIN)]
    for task in ("get-registered-users-num", "delete-user", "add-user"):
        try:
            await _runs(romeo, task)
        except IqError as refused:
            assert refused.condition == "forbidden", refused.condition
        else:
            raise AssertionError(f"{task} was run by somebody who may not")


@scenario
async def a_task_that_is_cancelled_is_over(cast: Cast) -> None:
    root = await _administrator(cast)
    send = root.plugin["xep_0050"].send_command
    begun = await send(cast.server.domain, ADMIN + "delete-user", timeout=WITHIN_S)
    session = begun["command"]["sessionid"]
    ended = await send(cast.server.domain, ADMIN + "delete-user", action="cancel", sessionid=session, timeout=WITHIN_S)
    assert ended["command"]["status"] == "canceled"
    try:
        await send(cast.server.domain, ADMIN + "delete-user", sessionid=session, timeout=WITHIN_S)
    except IqError as refused:
        assert refused.condition == "bad-request", refused.condition
    else:
        raise AssertionError("a session went on after its end")
