"""A program on a terminal that tmux shows."""

import asyncio
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

COLUMNS, ROWS = 120, 30
SEES_WITHIN_S = 15
LOOK_EVERY_S = 0.05


class Screen:
    """A terminal of its own; `folder` is the home of what runs in it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._starts = 0

    async def start(self, command: list[str]) -> None:
        """Starts a program in a home where it finds only what the suite has put there."""
        # A tmux that is about to end would still answer at its old place.
        self._starts += 1
        places = {"HOME": ".", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache"}
        env = {name: str(self.folder / place) for name, place in places.items()}
        words = [word for name, value in env.items() for word in ("-e", f"{name}={value}")]
        size = ["-x", str(COLUMNS), "-y", str(ROWS)]
        await self._tmux("new-session", "-d", *size, *words, *command)

    async def stop(self) -> None:
        """Ends the terminal with what runs in it."""
        await self._tmux("kill-server", check=False)

    async def lines(self) -> list[str]:
        """What is on the screen."""
        return (await self._tmux("capture-pane", "-p")).rstrip().split("\n")

    async def sees(self, *words: str, not_any_more: str | None = None) -> None:
        """Waits until a line has all these words and none has what is to be gone."""

        def is_there(lines: list[str]) -> bool:
            is_gone = not not_any_more or not any(not_any_more in line for line in lines)
            return is_gone and any(all(word in line for word in words) for line in lines)

        await self._until(is_there, f"{words} without {not_any_more!r}")

    async def enters(self, text: str) -> None:
        """Types a line: the first key alone, which may open a field, and the last once the others are there, as
        what comes in one burst counts as pasted for some programs."""
        await self._types(text[0])
        await self._types(text[1:])
        await self._tmux("send-keys", "Enter")

    async def _types(self, text: str) -> None:
        await self._tmux("send-keys", "-l", text)
        await self._until(lambda lines: lines[-1].endswith(text[-COLUMNS // 3 :].rstrip()), f"{text!r} in the last line")

    async def _until(self, condition: Callable[[list[str]], bool], what: str) -> None:
        deadline = time.monotonic() + SEES_WITHIN_S
        while not condition(lines := await self.lines()):
            shown = "\n".join(lines)
            assert time.monotonic() < deadline, f"{what} is not on the screen:\n{shown}"
            # polls: the screen, until SEES_WITHIN_S
            await asyncio.sleep(LOOK_EVERY_S)

    async def _tmux(self, *words: str, check: bool = True) -> str:
        env = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        env.pop("TMUX", None)
        command = ["tmux", "-u", "-S", str(self.folder / f"tmux-{self._starts}"), "-f", "/dev/null", *words]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
        )
        output, error = await process.communicate()
        assert process.returncode == 0 or not check, f"{command}: {error.decode()}"
        return output.decode()
