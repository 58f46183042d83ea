"""Runs aioxmpp's end-to-end tests and compares what fails with the list of known failures.

Arguments are words of the names of tests to run those only.
"""

import configparser
import subprocess
import sys
import tempfile
from pathlib import Path

from judge import expected, junit
from judge.server import PASSWORD, Server, running

HERE = Path(__file__).parent
TESTS = Path("target/tools/aioxmpp").resolve()
ACCOUNTS = 400
A_TEST_WITHIN_S = 15
ALL_WITHIN_S = 600


def main() -> int:
    with running() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = [f"aioxmpp{number}" for number in range(ACCOUNTS)]
        server.register(*names)
        report = folder / "report.xml"
        command = [sys.executable, "-m", "pytest", "-p", "aioxmpp.e2etest", "-p", "no:cacheprovider", "--quiet"]
        command += ["--e2etest-only", f"--e2etest-config={settings(folder, server, names)}", f"--junit-xml={report}"]
        command += [f"--deselect={test}" for test in expected.read(HERE / "unsteady.txt")]
        command += ["--rootdir", str(TESTS), "--tb=short", "-W", "ignore", *chosen()]
        subprocess.run(["timeout", str(ALL_WITHIN_S), *command], check=False, cwd=TESTS)
        found = junit.read(report)
        if not server.is_well():
            print(server.last_words())
            return 1
    known = HERE / "known_failures.txt"
    return expected.compare(found.passed, found.failed, found.left_out, known, is_part=bool(sys.argv[1:]))


def settings(folder: Path, server: Server, names: list[str]) -> Path:
    settings = configparser.ConfigParser()
    settings["global"] = {"provisioner": "fresh_accounts.FreshAccounts", "timeout": str(A_TEST_WITHIN_S)}
    settings["fresh_accounts.FreshAccounts"] = {
        "host": server.c2s.host,
        "port": str(server.c2s.port),
        "domain": server.domain,
        "no_verify": "true",
        "accounts": repr([(name, PASSWORD) for name in names]),
        # What the tests know about servers. Ours has no command that only answers.
        "quirks": repr(["#no-adhoc-ping"]),
    }
    file = folder / "e2etest.ini"
    with open(file, "w") as output:
        settings.write(output)
    return file


def chosen() -> list[str]:
    files = sorted(str(file.relative_to(TESTS)) for file in TESTS.glob("tests/**/test_e2e.py"))
    return [*files, "-k", " or ".join(sys.argv[1:])] if sys.argv[1:] else files


if __name__ == "__main__":
    raise SystemExit(main())
