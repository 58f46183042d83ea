"""Somebody at Profanity."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from judge.server import PASSWORD, Server

from .screen import Screen

SETTINGS = """
[connection]
carbons=true
correction.allow=true
mam=true
[ui]
history=false
splash=false
[logging]
chlog=false
grlog=false
"""
ACCOUNT = """
[{jid}]
enabled=true
jid={jid}
resource=terminal
server={host}
port={port}
tls.policy=force
password={password}
muc.service={groups}
muc.nick={nick}
"""


class Profanity:
    """Profanity on a terminal; it keeps nothing of what was said."""

    def __init__(self, server: Server, name: str, folder: Path):
        self.server, self.nick, self.address = server, name, server.jid(name)
        self.screen = Screen(folder)

    async def start(self) -> None:
        """Starts it and signs in."""
        is_first = not (self.screen.folder / "data/profanity/tlscerts").exists()
        self._write_settings()
        await self.screen.start(["profanity", "--account", self.address])
        if is_first:
            await self.screen.sees("Fingerprint", _fingerprint(self.server.certificate))
            await self.screen.enters("/tls always")
        await self.screen.sees(f"{self.address}", "logged in successfully")

    async def stop(self) -> None:
        await self.screen.stop()

    async def opens(self, address: str) -> None:
        """Looks at the conversation with somebody; in a group the same words would be for somebody inside."""
        await self.screen.enters("/win 1")
        await self.screen.enters(f"/msg {address}")

    async def says(self, text: str) -> None:
        """Says something where it looks."""
        await self.screen.enters(text)

    async def joins(self, room: str) -> None:
        await self.screen.enters(f"/join {room} nick {self.nick}")
        await self.screen.sees(f"You have joined the room as {self.nick}")

    def _write_settings(self) -> None:
        config, data = self.screen.folder / "config/profanity", self.screen.folder / "data/profanity"
        for folder in (config, data):
            folder.mkdir(parents=True, exist_ok=True)
        (config / "profrc").write_text(SETTINGS)
        host, port = self.server.c2s.host, self.server.c2s.port
        account = ACCOUNT.format(
            jid=self.address, host=host, port=port, password=PASSWORD, groups=self.server.groups, nick=self.nick
        )
        (data / "accounts").write_text(account)


def _fingerprint(certificate: Path) -> str:
    """What Profanity shows of a certificate."""
    return x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA1()).hex()
