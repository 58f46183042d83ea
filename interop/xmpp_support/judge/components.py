"""Programs beside the server that have a domain of their own."""

import asyncio

from slixmpp import ComponentXMPP, Iq, Message, Presence
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from .server import ECHO, ECHO_SECRET, Server
from .waits import WITHIN_S, until

PUBSUB = "http://jabber.org/protocol/pubsub"


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


class PushService(Echo):
    """Takes notifications (XEP-0357), and answers each as it is told to."""

    def __init__(self, server: Server):
        super().__init__(server)
        self.notified: list[Iq] = []
        self.refusal: tuple[str, str] | None = None
        """Type and condition of the error that answers every notification."""
        requests = MatchXPath(f"{{{self.default_ns}}}iq/{{{PUBSUB}}}pubsub/{{{PUBSUB}}}publish")
        self.register_handler(Callback("notification", requests, self._take))

    def _take(self, iq: Iq) -> None:
        self.notified.append(iq)
        if self.refusal is None:
            iq.reply(clear=True).send()
            return
        answer = iq.reply(clear=True)
        answer["type"] = "error"
        answer["error"]["type"], answer["error"]["condition"] = self.refusal
        answer.send()

    def of(self, node: str) -> list[str]:
        """How many messages each notification of a node told of, in order."""
        return [_count(iq) for iq in self.notified if _node(iq) == node]


def _node(iq: Iq) -> str:
    return iq.xml.find(f"{{{PUBSUB}}}pubsub/{{{PUBSUB}}}publish").get("node")


def _count(iq: Iq) -> str:
    fields = iq.xml.iter("{jabber:x:data}field")
    return next(one.findtext("{jabber:x:data}value") for one in fields if one.get("var") == "message-count")
