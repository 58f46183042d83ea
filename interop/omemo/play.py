"""Plays the scenarios whose names have one of the words given, or all."""

import asyncio
import logging
import sys

from judge.archive import body_of, pages
from judge.checks import play_all, scenario
from judge.people import Cast
from judge.rooms import found_group, join
from judge.waits import WITHIN_S
from secretive import enter, overhear, whisper


@scenario
async def two_people_exchange_secrets_both_ways(cast: Cast) -> None:
    romeo, juliet = await enter(cast, "romeo"), await enter(cast, "juliet")
    for number in range(3):
        for one, other in ((romeo, juliet), (juliet, romeo)):
            text = f"secret {number} of {one.name}"
            sent = await whisper(one, other.boundjid.bare, text, {other.boundjid.bare})
            assert await overhear(other, sent) == text


@scenario
async def every_device_of_both_reads_a_secret(cast: Cast) -> None:
    romeo, desk, phone = (
        await enter(cast, "romeo"),
        await enter(cast, "juliet", "desk"),
        await enter(cast, "juliet", "phone"),
    )
    for device in (desk, phone):
        await device.plugin["xep_0280"].enable()
        await romeo.plugin["xep_0384"].refresh_device_lists({desk.boundjid}, force_download=True)
    sent = await whisper(romeo, desk.boundjid.bare, "for both", {desk.boundjid.bare})
    for device in (desk, phone):
        assert await overhear(device, sent) == "for both"


@scenario
async def a_secret_waits_for_somebody_who_is_away(cast: Cast) -> None:
    romeo, juliet = await enter(cast, "romeo"), await enter(cast, "juliet")
    await juliet.cut()
    sent = await whisper(romeo, juliet.boundjid.bare, "come back", {juliet.boundjid.bare})
    await romeo.catches_up()
    await juliet.sign_in()
    assert await overhear(juliet, sent) == "come back"


@scenario
async def the_server_keeps_a_secret_without_knowing_it(cast: Cast) -> None:
    romeo, juliet = await enter(cast, "romeo"), await enter(cast, "juliet")
    sent = await whisper(romeo, juliet.boundjid.bare, "the hidden word", {juliet.boundjid.bare})
    await overhear(juliet, sent)
    archived = [one for one in await pages(juliet) if sent["id"] in str(one)]
    assert len(archived) == 1 and "encrypted" in str(archived[0]) and "the hidden word" not in str(archived[0])
    assert body_of(archived[0]) == sent["body"]
    assert "the hidden word" not in cast.server.log.read_text(errors="replace")


@scenario
async def members_of_a_group_share_secrets(cast: Cast) -> None:
    people = [await enter(cast, name) for name in ("romeo", "juliet", "nurse")]
    room = await found_group(cast, people[0], membersonly=True, whois="anyone")
    for person in people[1:]:
        await people[0].plugin["xep_0045"].set_affiliation(room, "member", jid=person.boundjid.bare, timeout=WITHIN_S)
        await join(person, room, person.name)
    members = {person.boundjid.bare for person in people}
    for person in people:
        text = f"a secret of {person.name}"
        sent = await whisper(person, room, text, members - {person.boundjid.bare}, kind="groupchat")
        for reader in people:
            assert await overhear(reader, sent) == text


# What the libraries log about devices that they meet for the first time is part of the scenarios.
logging.disable(logging.CRITICAL)
asyncio.run(play_all(sys.argv[1:]))
