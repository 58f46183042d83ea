"""People at Profanity, at Poezio and with slixmpp talk in pairs and in a group."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

from at.poezio import Poezio
from at.profanity import Profanity
from judge.checks import play_all, scenario
from judge.people import Cast, Person
from judge.rooms import found_group
from judge.waits import WITHIN_S

Terminal = Profanity | Poezio


@scenario
async def two_terminals_and_somebody_with_slixmpp_talk_in_pairs(cast: Cast) -> None:
    async with at_terminals(cast) as (romeo, juliet, nurse):
        await romeo.opens(juliet.address)
        await romeo.says("It is my lady")
        await juliet.opens(romeo.address)
        await juliet.screen.sees("It is my lady")
        await juliet.says("Ay me!")
        await romeo.screen.sees("Ay me!")
        for terminal in (romeo, juliet):
            await terminal.opens(nurse.boundjid.bare)
            await terminal.says(f"I am {terminal.nick}")
            heard = await nurse.reads(f"I am {terminal.nick}")
            await nurse.says(heard["from"].full, f"Good morrow, {terminal.nick}")
            await terminal.screen.sees(f"Good morrow, {terminal.nick}")


@scenario
async def two_terminals_and_somebody_with_slixmpp_talk_in_a_group(cast: Cast) -> None:
    async with at_terminals(cast) as (romeo, juliet, nurse):
        room = await gather(cast, nurse, romeo, juliet)
        await nurse.says(room, "Who is there?", kind="groupchat")
        for terminal in (romeo, juliet):
            await terminal.screen.sees("Who is there?")
            await terminal.says(f"It is {terminal.nick}")
        for terminal in (romeo, juliet):
            await nurse.reads(f"It is {terminal.nick}")
            for other in (romeo, juliet):
                await other.screen.sees(f"It is {terminal.nick}")


@scenario
async def a_terminal_shows_what_a_message_was_corrected_to(cast: Cast) -> None:
    async with at_terminals(cast) as (romeo, juliet, nurse):
        for terminal in (romeo, juliet):
            await nurse.says(terminal.address, "Now is the sum")
            await terminal.opens(nurse.boundjid.bare)
            await terminal.screen.sees("Now is the sum")
            wrong = await nurse.says(terminal.address, "upon the hihgmost hill")
            await terminal.screen.sees("upon the hihgmost hill")
            await correct(nurse, wrong, "upon the highmost hill")
            await terminal.screen.sees("upon the highmost hill", not_any_more="hihgmost")


@scenario
async def a_terminal_that_starts_again_shows_what_was_said(cast: Cast) -> None:
    async with at_terminals(cast) as (romeo, juliet, nurse):
        room = await gather(cast, nurse, romeo, juliet)
        await nurse.says(room, "I am the drudge", kind="groupchat")
        for terminal in (romeo, juliet):
            await terminal.screen.sees("I am the drudge")
            await nurse.says(terminal.address, f"Go to, {terminal.nick}")
            await terminal.opens(nurse.boundjid.bare)
            await terminal.screen.sees(f"Go to, {terminal.nick}")
            await terminal.stop()
            await terminal.start()
            await terminal.opens(nurse.boundjid.bare)
            await terminal.screen.sees(f"Go to, {terminal.nick}")
            await terminal.joins(room)
            await terminal.screen.sees("I am the drudge")


@contextlib.asynccontextmanager
async def at_terminals(cast: Cast) -> AsyncIterator[tuple[Profanity, Poezio, Person]]:
    """Romeo at Profanity, Juliet at Poezio and the nurse with slixmpp, all signed in."""
    terminals = [terminal(cast, kind, name) for kind, name in ((Profanity, "romeo"), (Poezio, "juliet"))]
    try:
        await asyncio.gather(*(one.start() for one in terminals))
        yield *terminals, await cast.enter("nurse")
    finally:
        await asyncio.gather(*(one.stop() for one in terminals))


def terminal(cast: Cast, kind: type, name: str) -> Terminal:
    cast.server.register(cast.name(name))
    folder = cast.server.certificate.parent / cast.name(name)
    folder.mkdir()
    return kind(cast.server, cast.name(name), folder)


async def gather(cast: Cast, owner: Person, *terminals: Terminal) -> str:
    """A group for members with everybody in it."""
    room = await found_group(cast, owner, membersonly=True)
    for one in terminals:
        await owner.plugin["xep_0045"].set_affiliation(room, "member", jid=one.address, timeout=WITHIN_S)
        await one.joins(room)
    return room


async def correct(person: Person, wrong, text: str) -> None:
    """Says that a message should have been another."""
    message = person.make_message(mto=wrong["to"], mbody=text, mtype=wrong["type"])
    message["replace"]["id"] = wrong["id"]
    message.send()


asyncio.run(play_all(sys.argv[1:]))
