"""An ejabberd with its own database, which exports while it runs."""

import re
import subprocess
from pathlib import Path

from judge import certificate
from judge.address import Address, free_ports
from judge.server import Server, spawn, stop, wait_until_ready

from life import PASSWORDS
from prosody_server import listens

SETTINGS = """
loglevel: error
hosts: [localhost]
certfiles: ["{certificate}", "{key}"]
auth_password_format: scram
registration_timeout: infinity
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    starttls: true
modules:
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_disco: {{}}
  mod_mam: {{default: always, db_type: mnesia}}
  mod_muc:
    host: groups.localhost
    default_room_options: {{mam: true, persistent: true}}
  mod_muc_admin: {{}}
  mod_offline: {{}}
  mod_ping: {{}}
  mod_privacy: {{}}
  mod_private: {{}}
  mod_pubsub: {{plugins: [flat, pep]}}
  mod_roster: {{versioning: true}}
  mod_vcard: {{search: false}}
"""


def start(folder: Path) -> Server:
    """Starts it with accounts for everybody, but not as a node that others can join."""
    files = certificate.make(folder, ["localhost", "groups.localhost"], "127.0.0.1")
    (port,) = free_ports(1, "127.0.0.1")
    settings, log = folder / "ejabberd.yml", folder / "log"
    settings.write_text(SETTINGS.format(port=port, certificate=files.certificate, key=files.key))
    people = "".join(f'ejabberd_auth:try_register(<<"{n}">>,<<"localhost">>,<<"{p}">>),' for n, p in PASSWORDS.items())
    exports = f'"{folder}/moving"'
    # What `ejabberdctl export_piefxis` and `ejabberdctl dump` run, asked for by a file that appears.
    asked = (
        f"{people}spawn(fun W() -> case filelib:is_file(\"{folder}/export\") of "
        f"false -> timer:sleep(50), W(); true -> ejabberd_piefxis:export_server({exports}), "
        f"ejabberd_admin:dump_to_textfile(\"{folder}/moving/dump.new\"), "
        f"file:rename(\"{folder}/moving/dump.new\", \"{folder}/moving/dump\") end end)."
    )
    words = ["erl", "-mnesia", "dir", f'"{folder}/mnesia"', "-noinput", "-eval"]
    words.append(f"{{ok,_}}=application:ensure_all_started(ejabberd),{asked}")
    for name in ("mnesia", "moving"):
        (folder / name).mkdir()
    env = {
        "EJABBERD_CONFIG_PATH": str(settings),
        "EJABBERD_LOG_PATH": str(folder / "ejabberd.log"),
        "ERL_LIBS": re.search(r"^ERL_LIBS='(.*)'$", Path("/usr/sbin/ejabberdctl").read_text(), re.M)[1],
        "HOME": str(folder),
    }
    process = spawn(words, folder, log, env)
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


def export(server: Server, folder: Path) -> None:
    """Lets it write its files, and ends it."""
    (folder / "export").touch()
    wait_until_ready(server.process, server.log, lambda: (folder / "moving" / "dump").exists())
    stop(server.process)


FILES = ["moving"]
"""What is imported, beside the new server."""


def LEFT_OUT(folder: str) -> list[str]:  # noqa: N802 - beside FILES
    """What may be left out."""
    return []
