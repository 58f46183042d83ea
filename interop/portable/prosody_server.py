"""A Prosody that keeps everything in files."""

import socket
import subprocess
from pathlib import Path

from judge import certificate
from judge.address import Address, free_ports
from judge.server import Server, spawn, stop, wait_until_ready

from life import PASSWORDS

SETTINGS = """
run_as_root = true
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/prosody"
log = {{ {{ levels = {{ min = "info" }}, to = "console" }} }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
legacy_ssl_ports = {{}}
c2s_direct_tls_ports = {{}}
modules_enabled = {{
  "disco", "roster", "saslauth", "tls", "blocklist", "bookmarks", "carbons", "pep", "private", "vcard4",
  "vcard_legacy", "ping", "mam", "offline",
}}
modules_disabled = {{ "s2s", "http" }}
authentication = "internal_hashed"
storage = "internal"
archive_expires_after = "never"
limits = {{}}
ssl = {{ certificate = "{certificate}", key = "{key}" }}
VirtualHost "localhost"
Component "groups.localhost" "muc"
  modules_enabled = {{ "muc_mam" }}
  muc_log_by_default = true
  ssl = {{ certificate = "{certificate}", key = "{key}" }}
"""


def start(folder: Path) -> Server:
    """Starts it with accounts for everybody."""
    files = certificate.make(folder, ["localhost", "groups.localhost"], "127.0.0.1")
    (port,) = free_ports(1, "127.0.0.1")
    settings, log = folder / "prosody.cfg.lua", folder / "log"
    settings.write_text(SETTINGS.format(folder=folder, port=port, certificate=files.certificate, key=files.key))
    (folder / "prosody").mkdir()
    for name, password in PASSWORDS.items():
        words = ["prosodyctl", "--config", str(settings), "register", name, "localhost", password]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process = spawn(["prosody", "--config", str(settings), "-F"], folder, log)
    address = Address("127.0.0.1", port)
    wait_until_ready(process, log, lambda: listens(address))
    return Server(
        domain="localhost",
        groups="groups.localhost",
        c2s=address,
        c2s_tls=address,
        websocket="",
        certificate=files.certificate,
        log=log,
        process=process,
        make_account=lambda *_: None,
    )


def listens(address: Address) -> bool:
    """Whether something answers there."""
    try:
        with socket.create_connection((address.host, address.port), 1):
            return True
    except OSError:
        return False


def export(server: Server, folder: Path) -> None:
    """Its files are what is imported, once it has stopped."""
    stop(server.process)
    assert (folder / "prosody" / "localhost" / "accounts").is_dir()


FILES = ["prosody"]
"""What is imported, beside the new server."""


def LEFT_OUT(folder: str) -> list[str]:  # noqa: N802 - beside FILES
    """What may be left out."""
    return []
