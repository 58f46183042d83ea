"""A server of its own for a suite.

The suites judge Parlance. With `XMPP_JUDGED=prosody` they judge Debian's Prosody instead: what fails there
too is more likely a fault of the suite.
"""

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from .address import Address

READY_WITHIN_S = 60
STOPPED_WITHIN_S = 10
PASSWORD = "correct horse battery"
ECHO = "echo.localhost"
"""The domain of a component that may connect."""
ECHO_SECRET = "the secret of the echo"


@dataclass(frozen=True)
class Wishes:
    """What a suite wants of its server."""

    host: str = "127.0.0.1"
    c2s_port: int = 0
    """The port of XMPP with STARTTLS; 0 is any that is free."""
    c2s_tls_port: int = 0
    """The port of XMPP with TLS from the first byte; 0 is any that is free."""
    component_port: int = 0
    """The port for components; 0 is any that is free."""
    in_band_registration: bool = False
    """Whether clients may make accounts over XMPP."""


@dataclass
class Server:
    """A running server, as its clients see it."""

    domain: str
    groups: str
    """The domain of the groups."""
    c2s: Address
    """XMPP with STARTTLS, and for tests without."""
    c2s_tls: Address
    """XMPP with TLS from the first byte."""
    websocket: str
    """The URL of XMPP over WebSocket."""
    certificate: Path
    """The certificate that clients have to trust."""
    log: Path
    """What the server writes about itself."""
    process: subprocess.Popen
    make_account: Callable[[str, str], None]
    """Makes an account with a name and a password."""
    make_administrator: Callable[[str, str], None] | None = None
    """The same for somebody who administers the server, where the suite can do that."""
    command: Callable[..., dict] | None = None
    """Runs an administration command of these words and gives its answer, where the suite can do that."""
    components: Address | None = None
    """Where components connect, where the suite can have some."""
    accounts: set[str] = field(default_factory=set)

    def register(self, *names: str, password: str = PASSWORD) -> None:
        """Makes the accounts of these names that are not there yet."""
        for name in names:
            if name not in self.accounts:
                self.make_account(name, password)
                self.accounts.add(name)

    def jid(self, name: str) -> str:
        """The bare address of an account."""
        return f"{name}@{self.domain}"

    def room(self, name: str) -> str:
        """The address of a group."""
        return f"{name}@{self.groups}"

    def last_words(self, lines: int = 40) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def is_well(self) -> bool:
        """Whether it runs and nothing in it has panicked."""
        return self.process.poll() is None and "panicked" not in self.log.read_text(errors="replace")


@contextlib.contextmanager
def running(wishes: Wishes = Wishes()) -> Iterator[Server]:
    """A server that is stopped at the end."""
    from . import parlance, prosody

    start = {"parlance": parlance.start, "prosody": prosody.start}[os.environ.get("XMPP_JUDGED", "parlance")]
    with tempfile.TemporaryDirectory(prefix="parlance-interop-") as name:
        server = start(Path(name), wishes)
        try:
            yield server
        finally:
            stop(server.process)


def spawn(command: list[str], folder: Path, log: Path, env: dict[str, str] | None = None) -> subprocess.Popen:
    """Starts a server in a folder of its own."""
    with open(log, "wb") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(env or {})},
        )


def stop(process: subprocess.Popen) -> None:
    """Asks it to end, and ends it when it does not."""
    process.terminate()
    try:
        process.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until_ready(process: subprocess.Popen, log: Path, is_ready: Callable[[], bool]) -> None:
    """Waits until a server that was started accepts connections."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        if is_ready():
            return
        # polls: the server, until READY_WITHIN_S
        time.sleep(0.02)
    stop(process)
    raise SystemExit(f"the server did not start:\n{log.read_text(errors='replace')}")
