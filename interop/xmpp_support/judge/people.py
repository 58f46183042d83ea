"""People who use slixmpp."""

import asyncio
import enum
from collections.abc import Callable
from pathlib import Path
from typing import Any

from slixmpp import ClientXMPP, Iq, Message, Presence
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from .server import PASSWORD, Server
from .waits import WITHIN_S, until

CLIENT = "{jabber:client}"
DEFAULT_PLUGINS = [
    "xep_0030",
    "xep_0045",
    "xep_0049",
    "xep_0054",
    "xep_0059",
    "xep_0060",
    "xep_0084",
    "xep_0085",
    "xep_0092",
    "xep_0115",
    "xep_0163",
    "xep_0172",
    "xep_0184",
    "xep_0191",
    "xep_0199",
    "xep_0202",
    "xep_0203",
    "xep_0223",
    "xep_0249",
    "xep_0280",
    "xep_0297",
    "xep_0308",
    "xep_0313",
    "xep_0333",
    "xep_0334",
    "xep_0352",
    "xep_0359",
    "xep_0402",
    "xep_0421",
    "xep_0424",
    "xep_0425",
    "xep_0444",
    "xep_0461",
    "xep_0490",
]


class Tls(enum.Enum):
    """How a connection is encrypted."""

    START = enum.auto()
    DIRECT = enum.auto()
    NONE = enum.auto()


class SignInRefused(Exception):
    """The server did not let somebody in."""


class Person(ClientXMPP):
    """Somebody at a device, who remembers everything that came."""

    def __init__(self, server: Server, name: str, resource: str | None, options: dict[str, Any]):
        jid = server.jid(name) + (f"/{resource}" if resource else "")
        mechanism, self.tls = options.get("mechanism"), options.get("tls", Tls.START)
        super().__init__(jid, options.get("password", PASSWORD), sasl_mech=mechanism)
        self.home, self.name = server, name
        self.seen: list[Message] = []
        self.presences: list[Presence] = []
        self.iqs: list[Iq] = []
        self.ca_certs = Path(server.certificate)
        self.enable_direct_tls = self.tls is Tls.DIRECT
        self.enable_starttls = self.tls is Tls.START
        self.enable_plaintext = self.tls is Tls.NONE
        if self.tls is Tls.NONE:
            self.plugin["feature_mechanisms"].unencrypted_plain = True
            self.plugin["feature_mechanisms"].unencrypted_scram = True
        for plugin in options.get("plugins", DEFAULT_PLUGINS):
            self.register_plugin(plugin)
        for plugin, settings in options.get("settings", {}).items():
            self.register_plugin(plugin, settings)
        for kind, kept in (("message", self.seen), ("presence", self.presences), ("iq", self.iqs)):
            self.register_handler(Callback(f"keep {kind}", MatchXPath(CLIENT + kind), kept.append))

    def reach(self) -> None:
        """Begins to connect."""
        address = self.home.c2s_tls if self.tls is Tls.DIRECT else self.home.c2s
        self.connect(address.host, address.port)

    async def sign_in(self, *, presence: bool = True) -> "Person":
        """Signs in, asks for the contact list, and is there for others unless told otherwise."""
        await self._reach_until({"session_start"})
        await asyncio.wait_for(self.get_roster(), WITHIN_S)
        if presence:
            self.send_presence()
            await self.sees_presence(lambda one: one["from"] == self.boundjid, "the own presence")
        return self

    async def resume(self) -> None:
        """Comes back to the stream that was cut."""
        await self._reach_until({"session_resumed"}, refusals={"sm_failed", "session_start"})

    async def _reach_until(self, wanted: set[str], refusals: set[str] = frozenset()) -> None:
        happened: asyncio.Queue[str] = asyncio.Queue()
        fatal = {"failed_all_auth", "no_auth", "connection_failed", "ssl_invalid_chain", "stream_error"} | refusals
        handlers = {name: (lambda _, name=name: happened.put_nowait(name)) for name in wanted | fatal}
        for name, handler in handlers.items():
            self.add_event_handler(name, handler)
        try:
            self.reach()
            first = await asyncio.wait_for(happened.get(), WITHIN_S)
        finally:
            for name, handler in handlers.items():
                self.del_event_handler(name, handler)
        if first not in wanted:
            self.cancel_connection_attempt()
            raise SignInRefused(f"{self.boundjid}: {first}")

    async def sign_out(self) -> None:
        """Says goodbye and closes the stream."""
        await asyncio.wait_for(self.disconnect(), WITHIN_S)

    async def cut(self) -> None:
        """Loses the connection without a word."""
        gone = self.loses_connection()
        self.transport.abort()
        await gone

    def loses_connection(self) -> asyncio.Future:
        """Notices, from now on, that the connection is gone."""
        return asyncio.ensure_future(self.wait_until("disconnected", WITHIN_S))

    async def says(self, to: str, text: str, *, kind: str = "chat", **parts: Any) -> Message:
        """Sends a message; `parts` are written to its interfaces."""
        message = self.make_message(mto=to, mbody=text, mtype=kind)
        message["id"] = self.new_id()
        for part, value in parts.items():
            message[part] = value
        message.send()
        return message

    async def sees(self, wanted: Callable[[Message], Any], what: str, *, within_s: float = WITHIN_S) -> Message:
        """Waits for a message."""
        return await self._first(self.seen, wanted, what, within_s)

    async def reads(self, text: str) -> Message:
        """Waits for a message with this body."""
        return await self.sees(lambda one: one["body"] == text, f"{self.boundjid} reads {text!r}")

    async def sees_presence(self, wanted: Callable[[Presence], Any], what: str) -> Presence:
        """Waits for a presence."""
        return await self._first(self.presences, wanted, what, WITHIN_S)

    async def sees_iq(self, wanted: Callable[[Iq], Any], what: str) -> Iq:
        """Waits for an IQ."""
        return await self._first(self.iqs, wanted, what, WITHIN_S)

    async def _first(self, kept: list, wanted: Callable, what: str, within_s: float) -> Any:
        found = lambda: next((one for one in kept if wanted(one)), None)  # noqa: E731
        try:
            return await until(found, what, within_s)
        except AssertionError as late:
            raise AssertionError(f"{late}; there were:\n" + "\n".join(map(str, kept[-12:]))) from None

    def bodies(self, kind: str | None = None) -> list[str]:
        """The bodies that came, in order."""
        return [one["body"] for one in self.seen if one["body"] and (kind is None or one["type"] == kind)]

    async def catches_up(self) -> None:
        """Waits until everything that the server had for this stream before now has come."""
        await self.plugin["xep_0199"].send_ping(self.boundjid.domain, timeout=WITHIN_S)

    async def asks(self, iq: Iq) -> Iq:
        """Sends an IQ and waits for its answer."""
        return await iq.send(timeout=WITHIN_S)


class Cast:
    """The people of a scenario: each has a name of its own, so that scenarios do not meet."""

    _scenes = 0

    def __init__(self, server: Server):
        self.server, self.people = server, []
        Cast._scenes += 1
        self._scene = Cast._scenes

    def name(self, name: str) -> str:
        """A name in this scenario as the server has it."""
        return f"{name}-{self._scene}"

    def room(self, name: str) -> str:
        """The address of a group of this scenario."""
        return self.server.room(self.name(name))

    def person(self, name: str, resource: str | None = None, **options: Any) -> Person:
        """Somebody with an account who is not signed in."""
        self.server.register(self.name(name))
        person = Person(self.server, self.name(name), resource, options)
        self.people.append(person)
        return person

    def administrator(self, name: str, **options: Any) -> Person:
        """Somebody who administers the server and is not signed in."""
        assert self.server.make_administrator, "this server is given no administrators"
        self.server.make_administrator(self.name(name), PASSWORD)
        self.server.accounts.add(self.name(name))
        return self.person(name, **options)

    async def enter(self, name: str, resource: str | None = None, *, presence: bool = True, **options: Any) -> Person:
        """Somebody who signs in."""
        return await self.person(name, resource, **options).sign_in(presence=presence)

    async def friends(self, *names: str, **options: Any) -> list[Person]:
        """People who sign in and have each other in their contact lists."""
        people = [await self.enter(name, **options) for name in names]
        for one in people:
            for other in people:
                if one is not other:
                    one.send_presence(pto=other.boundjid.bare, ptype="subscribe")
        for one in people:
            for other in people:
                if one is not other:
                    await one.sees_presence(
                        lambda seen: seen["from"] == other.boundjid and seen["type"] == "available",
                        f"{one.boundjid} sees {other.boundjid}",
                    )
        return people

    async def __aenter__(self) -> "Cast":
        return self

    async def __aexit__(self, *_: Any) -> None:
        for person in self.people:
            person.abort()
