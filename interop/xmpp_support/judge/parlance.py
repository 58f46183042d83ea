"""The server that is judged."""

import json
import os
import ssl
import subprocess
import urllib.request
from pathlib import Path

from . import certificate
from .address import Address
from .server import ECHO, ECHO_SECRET, Server, Wishes, spawn, wait_until_ready

DOMAIN = "localhost"
GROUPS = f"groups.{DOMAIN}"


def start(folder: Path, wishes: Wishes) -> Server:
    """Starts the built program in a folder."""
    host = wishes.host
    files = certificate.make(folder, [DOMAIN, GROUPS], host)
    settings = {
        "PARLANCE__DEV": "true",
        "PARLANCE__LIMITS__ENABLED": "false",
        "PARLANCE__REGISTRATION__MODE": "open",
        "PARLANCE__CONTACT__ABUSE": "mailto:abuse@localhost,xmpp:abuse@localhost",
        "PARLANCE__HTTP__LISTEN": f"{host}:0",
        "PARLANCE__ADMIN__LISTEN": f"{host}:0",
        "PARLANCE__XMPP__C2S_LISTEN": f"{host}:{wishes.c2s_port}",
        "PARLANCE__XMPP__C2S_TLS_LISTEN": f"{host}:{wishes.c2s_tls_port}",
        "PARLANCE__XMPP__COMPONENT_LISTEN": f"{host}:{wishes.component_port}",
        "PARLANCE__XMPP__COMPONENTS": f'[{{ domain = "{ECHO}", secret = "{ECHO_SECRET}" }}]',
        "PARLANCE__XMPP__ALLOW_PLAINTEXT": "true",
        "PARLANCE__TLS__MODE": "files",
        "PARLANCE__TLS__CERT_FILE": str(files.certificate),
        "PARLANCE__TLS__KEY_FILE": str(files.key),
    }
    if wishes.in_band_registration:
        # Programs that make accounts stay and do not sign in.
        settings["PARLANCE__XMPP__SIGN_IN_TIME_MAX"] = "15min"
    ready, log = folder / "ready.json", folder / "log"
    process = spawn(
        [os.environ["PARLANCE_BIN"], "serve", "--data", "data", "--ready-file", str(ready)], folder, log, settings
    )
    wait_until_ready(process, log, lambda: ready.exists() and ready.read_text() != "")
    bound = json.loads(ready.read_text())
    http = bound["http"][0]
    trust = ssl.create_default_context(cafile=files.certificate)

    def make_account(name: str, password: str) -> None:
        body = json.dumps({"name": name, "password": password}).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"https://{http}/v1/auth/register", body, headers)
        with urllib.request.urlopen(request, timeout=30, context=trust):
            pass

    def make_administrator(name: str, password: str) -> None:
        command = [os.environ["PARLANCE_BIN"], "user", "add", name, "--admin", "--password-stdin", "--data", "data"]
        subprocess.run(command, cwd=folder, input=password.encode(), check=True, stdout=subprocess.DEVNULL)

    def command(*words: str) -> dict:
        line = [os.environ["PARLANCE_BIN"], *words, "--json", "--data", "data"]
        return json.loads(subprocess.run(line, cwd=folder, check=True, stdout=subprocess.PIPE).stdout)

    return Server(
        domain=DOMAIN,
        groups=GROUPS,
        c2s=Address.parse(bound["xmpp"][0]),
        c2s_tls=Address.parse(bound["xmpp_tls"][0]),
        components=Address.parse(bound["xmpp_components"][0]),
        websocket=f"wss://{http}/xmpp-websocket",
        certificate=files.certificate,
        log=log,
        process=process,
        make_account=make_account,
        make_administrator=make_administrator,
        command=command,
    )
