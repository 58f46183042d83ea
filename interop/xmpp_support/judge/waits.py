"""Waiting for something to be so, with a deadline."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
WITHIN_S = 10
LOOK_EVERY_S = 0.01


async def until(condition: Callable[[], T], what: str, within_s: float = WITHIN_S) -> T:
    """Looks until the condition gives something, and hands that back; fails when it is late."""
    deadline = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        # polls: the condition, until the deadline
        await asyncio.sleep(LOOK_EVERY_S)
    return found
