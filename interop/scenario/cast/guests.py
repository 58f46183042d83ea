"""People in one group with slixmpp over TCP, told over lines of JSON what to say.

Arguments: host, port, room, password, and names with commas between them. Each line that comes is
`{"id", "who", "say"}` or `{"id", "who"}`, which asks for what was heard; each is answered with its id.
"""

import asyncio
import json
import logging
import sys
from types import SimpleNamespace

from slixmpp import Message
from slixmpp.exceptions import IqError, IqTimeout

from judge.address import Address
from judge.archive import body_of, id_of, stanza_id
from judge.people import Person, SignInRefused, Tls
from judge.rooms import join
from judge.waits import until

READS_WITHIN_S = 60
BACK_WITHIN_S = 60


class Guest:
    """Somebody who comes back by themselves when the connection is lost."""

    def __init__(self, home, name: str, room: str, password: str):
        self.home, self.name, self.room, self.password = home, name, room, password
        self.heard: list[dict[str, str]] = []
        self.person: Person | None = None

    async def enter(self) -> None:
        """Signs in, joins the group and reads what was missed."""
        person = Person(self.home, self.name, None, {"password": self.password, "tls": Tls.NONE})
        await person.sign_in(presence=False)
        await join(person, self.room, self.name, maxstanzas=0)
        if self.heard:
            rsm = {"max": 50, "after": self.heard[-1]["id"]}
            async for one in person.plugin["xep_0313"].iterate(jid=self.room, rsm=rsm):
                self._note(id_of(one), nick_of(one), body_of(one))
        for one in person.seen:
            self._take(one)
        person.add_event_handler("groupchat_message", self._take)
        person.add_event_handler("disconnected", lambda _: self._lose(person))
        self.person = person

    def _lose(self, person: Person) -> None:
        if self.person is person:
            self.person = None
            asyncio.ensure_future(self._come_back())

    async def _come_back(self) -> None:
        deadline = asyncio.get_running_loop().time() + BACK_WITHIN_S
        while self.person is None and asyncio.get_running_loop().time() < deadline:
            try:
                await self.enter()
            except (SignInRefused, AssertionError, asyncio.TimeoutError, IqError, IqTimeout):
                # polls: the server, until BACK_WITHIN_S
                await asyncio.sleep(0.1)

    async def says(self, text: str) -> None:
        """Says something, and again when it did not arrive; ends when the group has it."""
        is_there = lambda: any(one["text"] == text for one in self.heard)  # noqa: E731
        while not is_there():
            person = await until(lambda: self.person, f"{self.name} is back", BACK_WITHIN_S)
            if not is_there():
                await person.says(self.room, text, kind="groupchat")
                await until(lambda: is_there() or self.person is not person, f"{self.name} reads it", READS_WITHIN_S)

    def _take(self, message: Message) -> None:
        if message["type"] == "groupchat" and message["body"]:
            self._note(stanza_id(message, self.room), message["from"].resource, message["body"])

    def _note(self, place: str, nick: str, text: str | None) -> None:
        if text and all(one["id"] != place for one in self.heard):
            self.heard.append({"id": place, "nick": nick, "text": text})


def nick_of(result) -> str:
    """Who said what an archive has."""
    return result.xml.find(".//{jabber:client}message").get("from").split("/")[1]


async def main() -> None:
    host, port, room, password, names = sys.argv[1:]
    logging.getLogger("slixmpp").setLevel(logging.CRITICAL)
    home = SimpleNamespace(jid=lambda name: f"{name}@localhost", c2s=Address(host, int(port)), certificate="")
    guests = {name: Guest(home, name, room, password) for name in names.split(",")}
    await asyncio.gather(*(guest.enter() for guest in guests.values()))
    answer(0)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        asyncio.ensure_future(carry_out(guests, **json.loads(line)))


async def carry_out(guests: dict[str, Guest], id: int, who: str, say: str | None = None) -> None:
    if say is not None:
        await guests[who].says(say)
    answer(id, guests[who].heard)


def answer(number: int, heard: list | None = None) -> None:
    print(json.dumps({"id": number, "heard": heard}), flush=True)


asyncio.run(main())
