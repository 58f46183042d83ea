"""Runs a program beside a server of its own: `with_server ACCOUNTS PROGRAM ARGUMENTS...`.

ACCOUNTS are names with commas between them. The program finds the server in its environment: `XMPP_DOMAIN`,
`XMPP_GROUPS`, `XMPP_C2S`, `XMPP_C2S_TLS`, `XMPP_WEBSOCKET`, `XMPP_PASSWORD` and `XMPP_CERTIFICATE`.
"""

import os
import subprocess
import sys

from .server import PASSWORD, running


def main() -> int:
    accounts, *command = sys.argv[1:]
    with running() as server:
        server.register(*accounts.split(","))
        settings = {
            "XMPP_DOMAIN": server.domain,
            "XMPP_GROUPS": server.groups,
            "XMPP_C2S": str(server.c2s),
            "XMPP_C2S_TLS": str(server.c2s_tls),
            "XMPP_WEBSOCKET": server.websocket,
            "XMPP_PASSWORD": PASSWORD,
            "XMPP_CERTIFICATE": str(server.certificate),
            # Read by Node: the authorities to trust besides the usual ones.
            "NODE_EXTRA_CA_CERTS": str(server.certificate),
        }
        code = subprocess.run(command, check=False, env={**os.environ, **settings}).returncode
        if code or not server.is_well():
            print(f"the server's last words:\n{server.last_words()}")
        return code or int(not server.is_well())


if __name__ == "__main__":
    raise SystemExit(main())
