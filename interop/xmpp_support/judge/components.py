"""Programs beside the server that have a domain of their own."""

import asyncio

from slixmpp import ComponentXMPP, Message, Presence

from .server import ECHO, ECHO_SECRET, Server
from .waits import WITHIN_S, until



class Refused(Exception):
    """The server ended the stream of a component, with this condition."""


class Echo(ComponentXMPP):
    """Everybody at its domain says what they hear, and lets themselves be seen by whoever asks."""

    def __init__(self, server: Server, *, domain: str = ECHO, secret: str = ECHO_SECRET):
        super().__init__(domain, secret, server.components.host, server.components.port)
        self.heard: list[Message] = []
        self.presences: list[Presence] = []
        self.ended_by: list[str] = []
        self.is_open = False
        self.register_plugin("xep_0030")
        self.register_plugin("xep_0092", {"software_name": "Echo", "version": "1", "os": ""})
        self.register_plugin("xep_0199")
        self.add_event_handler("message", self._hear)
        for kind in ("groupchat_message", "message_error"):
            self.add_event_handler(kind, self.heard.append)
        self.add_event_handler("session_start", lambda _: setattr(self, "is_open", True))
        self.add_event_handler("disconnected", lambda _: setattr(self, "is_open", False))
        self.add_event_handler("stream_error", lambda error: self.ended_by.append(error["condition"]))
        for kind in ("subscribe", "subscribed", "unsubscribe", "unsubscribed", "available", "unavailable", "probe"):
            self.add_event_handler(f"presence_{kind}", self.presences.append)
        self.roster.auto_authorize = None

    def _hear(self, message: Message) -> None:
        self.heard.append(message)
        if message["type"] in ("chat", "normal") and message["body"]:
            answer = self.make_message(
                mto=message["from"].bare, mfrom=message["to"], mbody=f"echo: {message['body']}", mtype="chat"
            )
            answer["id"] = self.new_id()
            answer.send()

    async def comes(self) -> "Echo":
        """Connects and proves its secret."""
        self.connect()
        await until(lambda: self.is_open or self.ended_by, "the component is in or refused")
        if self.ended_by:
            raise Refused(self.ended_by[0])
        return self

    async def goes(self) -> None:
        """Closes its stream."""
        self.cancel_connection_attempt()
        if self.is_open:
            await asyncio.wait_for(self.disconnect(), WITHIN_S)

    async def hears(self, text: str) -> Message:
        """Waits for a message with this body."""
        found = lambda: next((one for one in self.heard if one["body"] == text), None)  # noqa: E731
        return await until(found, f"the component hears {text!r}")

    async def sees(self, kind: str, of: str) -> Presence:
        """Waits for a presence of this type from somebody's bare address."""
        is_it = lambda one: one["type"] == kind and one["from"].bare == of  # noqa: E731
        found = lambda: next((one for one in self.presences if is_it(one)), None)  # noqa: E731
        return await until(found, f"the component sees {kind} of {of}")
