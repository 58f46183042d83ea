"""Somebody at Poezio."""

from pathlib import Path

from judge.server import PASSWORD, Server

from .screen import Screen

SETTINGS = """
[Poezio]
jid = {jid}/terminal
password = {password}
custom_host = {host}
custom_port = {port}
ca_cert_path = {certificate}
default_nick = {nick}
use_log = false
use_bookmarks_method = pep
enable_user_nick = false
save_status = false
"""
UNDER_ANY_USER = "import os; os.geteuid = lambda: 1; from poezio.__main__ import run; run()"
"""Starts it where tests run as root too, which it refuses otherwise."""


class Poezio:
    """Poezio on a terminal; it keeps nothing of what was said."""

    def __init__(self, server: Server, name: str, folder: Path):
        self.server, self.nick, self.address = server, name, server.jid(name)
        self.screen = Screen(folder)

    async def start(self) -> None:
        """Starts it and signs in."""
        file = self.screen.folder / "poezio.cfg"
        file.parent.mkdir(parents=True, exist_ok=True)
        host, port, certificate = self.server.c2s.host, self.server.c2s.port, self.server.certificate
        file.write_text(
            SETTINGS.format(
                jid=self.address, password=PASSWORD, host=host, port=port, certificate=certificate, nick=self.nick
            )
        )
        await self.screen.start(["/usr/bin/python3", "-c", UNDER_ANY_USER, "--file", str(file)])
        await self.screen.sees("Authentication success")

    async def stop(self) -> None:
        await self.screen.stop()

    async def opens(self, address: str) -> None:
        """Looks at the conversation with somebody."""
        await self.screen.enters(f"/message {address}")

    async def says(self, text: str) -> None:
        """Says something where it looks."""
        await self.screen.enters(text)

    async def joins(self, room: str) -> None:
        await self.screen.enters(f"/join {room}/{self.nick}")
        await self.screen.sees(f"{self.nick}", "joined")
