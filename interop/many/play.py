"""Many people write into one group at once, and what each of them has in the end is compared."""

import asyncio
import hashlib
import itertools
import sys

from judge.archive import body_of, id_of, pages, stanza_id
from judge.checks import play_all, scenario
from judge.people import Cast, Person
from judge.rooms import found_group, join
from judge.waits import WITHIN_S, until

WRITERS = 20
MESSAGES_EACH = 25
EVERYTHING_WITHIN_S = 60
SHOWN_LINES = 5

Log = list[tuple[str, str]]
"""Ids and texts, in the order in which they came."""


@scenario
async def everybody_reads_the_same_in_the_same_order(cast: Cast) -> None:
    people = [await cast.enter(f"writer{number}") for number in range(WRITERS)]
    room = await gather(cast, people)
    await asyncio.gather(*(write(person, room) for person in people))
    logs = {person.name: await heard(person, room, WRITERS * MESSAGES_EACH) for person in people}
    logs["the archive"] = await archived(people[0], room)
    compare(logs)
    for person in people:
        own = [text for _, text in logs["the archive"] if text.startswith(f"{person.name}:")]
        assert own == said_by(person), f"what {person.name} said is not there once and in order: {own}"


@scenario
async def everybody_reads_the_same_while_somebody_comes_and_goes(cast: Cast) -> None:
    steady = [await cast.enter(f"steady{number}") for number in range(WRITERS // 2)]
    room = await gather(cast, steady)
    restless = await cast.enter("restless")
    await steady[0].plugin["xep_0045"].set_affiliation(room, "member", jid=restless.boundjid.bare, timeout=WITHIN_S)

    async def come_and_go() -> None:
        for _ in range(5):
            await join(restless, room, restless.name, maxstanzas=0)
            restless.send_presence(pto=f"{room}/{restless.name}", ptype="unavailable")
            await restless.catches_up()

    await asyncio.gather(come_and_go(), *(write(person, room) for person in steady))
    logs = {person.name: await heard(person, room, len(steady) * MESSAGES_EACH) for person in steady}
    logs["the archive"] = await archived(restless, room)
    compare(logs)
    part = collect(restless, room)
    whole = logs["the archive"]
    assert part == [line for line in whole if line in set(part)], "who came and went read in another order"


async def gather(cast: Cast, people: list[Person]) -> str:
    """A group of members with everybody in it."""
    owner = people[0]
    room = await found_group(cast, owner, membersonly=True)
    for person in people[1:]:
        await owner.plugin["xep_0045"].set_affiliation(room, "member", jid=person.boundjid.bare, timeout=WITHIN_S)
        await join(person, room, person.name)
    return room


def said_by(person: Person) -> list[str]:
    return [f"{person.name}: {number}" for number in range(MESSAGES_EACH)]


async def write(person: Person, room: str) -> None:
    """Says everything, and lets others speak in between."""
    for text in said_by(person):
        await person.says(room, text, kind="groupchat")
        await asyncio.sleep(0)


def collect(person: Person, room: str) -> Log:
    return [(stanza_id(one, room), one["body"]) for one in person.seen if one["body"] and one["type"] == "groupchat"]


async def heard(person: Person, room: str, count: int) -> Log:
    """Waits until somebody has heard everything."""
    await until(lambda: len(person.bodies("groupchat")) >= count, f"{person.name} hears all", EVERYTHING_WITHIN_S)
    return collect(person, room)


async def archived(person: Person, room: str) -> Log:
    return [(id_of(one), body_of(one)) for one in await pages(person, to=room, page=50) if body_of(one)]


def compare(logs: dict[str, Log]) -> None:
    """Prints what everybody has in a few letters, and fails when it is not the same."""
    first, *others = logs
    for name, log in logs.items():
        text = "\n".join(f"{place} {said}" for place, said in log)
        print(f"    {hashlib.sha256(text.encode()).hexdigest()[:32]}  {len(log)} lines  {name}")
    different = {name: difference(logs[first], logs[name]) for name in others if logs[name] != logs[first]}
    assert not different, f"not the same as {first}: {different}"
    print("    identical")


def difference(one: Log, other: Log) -> list[tuple]:
    """The first places at which two logs differ."""
    lines = enumerate(itertools.zip_longest(one, other))
    return [(place, *pair) for place, pair in lines if pair[0] != pair[1]][:SHOWN_LINES]


asyncio.run(play_all(sys.argv[1:]))
