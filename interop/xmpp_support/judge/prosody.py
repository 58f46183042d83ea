"""Debian's Prosody, to judge the suites with."""

import socket
from pathlib import Path

from . import certificate
from .address import Address, free_ports
from .server import Server, Wishes, spawn, wait_until_ready

DOMAIN = "localhost"
GROUPS = f"groups.{DOMAIN}"

CONFIGURATION = """
run_as_root = true
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
log = {{ {{ levels = {{ min = "info" }}, to = "console" }} }}
interfaces = {{ "{host}" }}
c2s_ports = {{ {c2s} }}
c2s_direct_tls_ports = {{ {tls} }}
legacy_ssl_ports = {{}}
http_ports = {{ {http} }}
https_ports = {{}}
http_interfaces = {{ "{host}" }}
modules_enabled = {{
  "disco", "roster", "saslauth", "tls", "blocklist", "bookmarks", "carbons", "pep", "private", "smacks",
  "vcard4", "vcard_legacy", "csi_simple", "ping", "register", "time", "uptime", "version", "mam", "lastactivity",
  "websocket", "offline", "admin_adhoc",
}}
modules_disabled = {{ "s2s" }}
allow_registration = {registration}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
consider_websocket_secure = true
authentication = "internal_plain"
storage = {{ accounts = "internal" }}
default_storage = "memory"
limits = {{}}
ssl = {{ certificate = "{certificate}", key = "{key}" }}
VirtualHost "{domain}"
Component "{groups}" "muc"
  modules_enabled = {{ "muc_mam" }}
  ssl = {{ certificate = "{certificate}", key = "{key}" }}
"""


def start(folder: Path, wishes: Wishes) -> Server:
    """Starts Prosody in a folder."""
    host = wishes.host
    files = certificate.make(folder, [DOMAIN, GROUPS], host)
    http, any_c2s, any_tls = free_ports(3, host)
    c2s, tls = wishes.c2s_port or any_c2s, wishes.c2s_tls_port or any_tls
    accounts = folder / "data" / DOMAIN / "accounts"
    accounts.mkdir(parents=True)
    configuration = CONFIGURATION.format(
        folder=folder,
        host=host,
        c2s=c2s,
        tls=tls,
        http=http,
        registration="true" if wishes.in_band_registration else "false",
        certificate=files.certificate,
        key=files.key,
        domain=DOMAIN,
        groups=GROUPS,
    )
    (folder / "prosody.cfg.lua").write_text(configuration)
    log = folder / "log"
    process = spawn(["prosody", "--config", str(folder / "prosody.cfg.lua"), "-F"], folder, log)
    wait_until_ready(process, log, lambda: all(_accepts(host, port) for port in (c2s, tls, http)))

    def make_account(name: str, password: str) -> None:
        (accounts / f"{_as_file(name)}.dat").write_text(f'return {{ ["password"] = "{password}" }};\n')

    return Server(
        domain=DOMAIN,
        groups=GROUPS,
        c2s=Address(host, c2s),
        c2s_tls=Address(host, tls),
        websocket=f"ws://{host}:{http}/xmpp-websocket",
        certificate=files.certificate,
        log=log,
        process=process,
        make_account=make_account,
    )


def _accepts(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), 1):
            return True
    except OSError:
        return False


def _as_file(name: str) -> str:
    return "".join(one if one.isalnum() else f"%{ord(one):02x}" for one in name)
