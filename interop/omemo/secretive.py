"""People whose client encrypts for others."""

import asyncio
from typing import Any

from judge.people import DEFAULT_PLUGINS, Cast, Person
from judge.waits import WITHIN_S
from omemo.storage import Just, Maybe, Nothing, Storage
from slixmpp import JID, Message
from slixmpp.plugins import register_plugin
from slixmpp_omemo import XEP_0384


class Memory(Storage):
    """Keys in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, Any] = {}

    async def _load(self, key: str) -> Maybe:
        return Just(self._kept[key]) if key in self._kept else Nothing()

    async def _store(self, key: str, value: Any) -> None:
        self._kept[key] = value

    async def _delete(self, key: str) -> None:
        self._kept.pop(key, None)


class Trusting(XEP_0384):
    """Encrypts for every device that the server tells of."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._memory = Memory()

    @property
    def storage(self) -> Storage:
        return self._memory

    @property
    def _btbv_enabled(self) -> bool:
        return True

    async def _prompt_manual_trust(self, manually_trusted: Any, identifier: Any) -> None:
        raise AssertionError(f"somebody is not trusted blindly: {manually_trusted}")


Trusting.__name__ = "XEP_0384"
register_plugin(Trusting)
PLUGINS = [*DEFAULT_PLUGINS, "xep_0380", "xep_0384"]


async def enter(cast: Cast, name: str, resource: str | None = None) -> Person:
    """Somebody who signs in and has published the keys of the device."""
    person = cast.person(name, resource, plugins=PLUGINS)
    is_ready = asyncio.ensure_future(person.wait_until("omemo_initialized", WITHIN_S))
    await person.sign_in()
    await is_ready
    return person


async def whisper(person: Person, to: str, text: str, readers: set[str], *, kind: str = "chat") -> Message:
    """Sends a message that only the devices of the readers can read."""
    message = person.make_message(mto=to, mbody=text, mtype=kind)
    encrypted, errors = await person.plugin["xep_0384"].encrypt_message(message, {JID(one) for one in readers})
    assert not errors, errors
    encrypted["eme"]["namespace"] = "eu.siacs.conversations.axolotl"
    assert text not in str(encrypted)
    encrypted.send()
    return encrypted


async def overhear(person: Person, sent: Message) -> str:
    """Waits for an encrypted message and reads it."""
    heard = await person.sees(
        lambda one: one["id"] == sent["id"] and person.plugin["xep_0384"].is_encrypted(one), f"{person.name} gets it"
    )
    decrypted, _ = await person.plugin["xep_0384"].decrypt_message(heard)
    return decrypted["body"]
