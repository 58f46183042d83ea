"""Counting what held and what did not."""

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import NoReturn

from .people import Cast
from .server import Server, running

SCENARIO_WITHIN_S = 60
_SCENARIOS: list[tuple[str, Callable]] = []


def scenario(play: Callable) -> Callable:
    """Marks a function as a scenario; its name is the sentence that it shows."""
    _SCENARIOS.append((play.__name__.replace("_", " "), play))
    return play


class Checks:
    """What a suite has found so far."""

    def __init__(self, server: Server, *, only: list[str] | None = None):
        self.server, self.only = server, only or []
        self.passed = self.failed = 0

    async def scenario(self, name: str, play: Callable[[], Awaitable[None]]) -> None:
        """Plays a scenario; one that raises or is late has failed."""
        if self.only and not any(word in name for word in self.only):
            return
        start = time.monotonic()
        try:
            await asyncio.wait_for(play(), SCENARIO_WITHIN_S)
            assert self.server.is_well(), f"the server is not well:\n{self.server.last_words()}"
        except Exception:
            self.failed += 1
            print(f"FAILED: {name}\n{_indented(traceback.format_exc(limit=-6))}", flush=True)
        else:
            self.passed += 1
            print(f"ok: {name} ({time.monotonic() - start:.1f} s)", flush=True)

    def finish(self) -> NoReturn:
        """Says how it went and ends the program."""
        if self.failed:
            print(f"the server's last words:\n{_indented(self.server.last_words())}")
        print(f"{self.passed} passed, {self.failed} failed")
        raise SystemExit(1 if self.failed or not self.passed else 0)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


async def play_all(words: list[str]) -> NoReturn:
    """Plays the scenarios whose names have one of the words, or all, over a server of their own."""
    # What slixmpp logs about refused sign-ins and the like is part of the scenarios, and it leaves tasks to end
    # by themselves.
    for library in ("slixmpp", "asyncio"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    with running() as server:
        checks = Checks(server, only=words)
        for name, play in _SCENARIOS:

            async def scene(play: Callable = play) -> None:
                async with Cast(server) as cast:
                    await play(cast)

            await checks.scenario(name, scene)
        checks.finish()
