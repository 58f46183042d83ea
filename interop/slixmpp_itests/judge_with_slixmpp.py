"""Runs slixmpp's integration tests and compares what fails with the list of known failures.

Arguments are words of the names of tests to run those only.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from judge import expected, junit
from judge.address import host_where_free
from judge.server import PASSWORD, Wishes, running

HERE = Path(__file__).parent
TESTS = Path("target/tools/slixmpp_itests").resolve()
PORTS = [5222, 5223]
"""The only ports that these tests connect to."""
TESTS_AT_MOST = 80
ALL_WITHIN_S = 600


def main() -> int:
    wishes = Wishes(host_where_free(PORTS), *PORTS)
    with running(wishes) as server, tempfile.TemporaryDirectory() as folder:
        server.register(*(f"slix{count}x{number}" for count in range(TESTS_AT_MOST) for number in (1, 2)))
        settings = {
            "JUDGED_DOMAIN": server.domain,
            "JUDGED_HOST": server.c2s.host,
            "CI_ACCOUNT1_PASSWORD": PASSWORD,
            "CI_ACCOUNT2_PASSWORD": PASSWORD,
            "CI_MUC_SERVER": server.groups,
            # Read by the TLS library: the authorities to trust.
            "SSL_CERT_FILE": str(server.certificate),
        }
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-p", "their_server", "-p", "no:cacheprovider", "--quiet"]
        command += [f"--junit-xml={report}", "--rootdir", str(TESTS), "--tb=short", "-W", "ignore", "itests"]
        command += [f"--deselect={test}" for test in expected.read(HERE / "unsteady.txt")]
        command += ["-k", " or ".join(sys.argv[1:])] if sys.argv[1:] else []
        subprocess.run(["timeout", str(ALL_WITHIN_S), *command], check=False, cwd=TESTS, env={**os.environ, **settings})
        found = junit.read(report)
        if not server.is_well():
            print(server.last_words())
            return 1
    known = HERE / "known_failures.txt"
    return expected.compare(found.passed, found.failed, found.left_out, known, is_part=bool(sys.argv[1:]))


if __name__ == "__main__":
    raise SystemExit(main())
