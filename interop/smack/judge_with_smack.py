"""Runs Smack's integration tests and compares what fails with the list of known failures.

Arguments are names of tests (`Class` or `Class.method`) to run those only. `SMACK_JARS` names a folder with
another selection of jars, for example those of the server extensions of the XMPP interoperability tests.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from judge import expected
from judge.address import host_where_free
from judge.server import Server, Wishes, running

HERE = Path(__file__).parent
JARS = Path(os.environ.get("SMACK_JARS", "target/tools/smack"))
KNOWN = Path(os.environ.get("SMACK_KNOWN_FAILURES", HERE / "known_failures.txt"))
SMACK_PORT = 5222
"""The only port that these tests connect to."""
REPLY_WITHIN_MS = 5000
ALL_WITHIN_S = 900
STARTS = 12
"""How often the run is taken up again behind a test that ended it."""
STEP = re.compile(r"^[A-Z]+: (\w+\.\w+) \((\w+(?:, [\w-]+)?)[^)]*\) (Start|Success|Failed|is not possible)")
IMPOSSIBLE_CLASS = re.compile(r"^INFO: Could not run ([\w.]*?(\w+)) because: (.*)")
CAUSE = re.compile(r"^Caused by: (.*)")
AGAIN_MAX = 6
"""How many tests that failed are played again by themselves, three times at most: many listen for what an
earlier step has set off and the library's threads are still at. What fails every time has failed."""
LAST_LINES = 40
TRUST_PASSWORD = "public"


@dataclass
class Found:
    """What the tests have shown so far."""

    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)
    running: str | None = None
    ended: str = ""
    """The test that has failed last."""

    def read(self, line: str) -> None:
        if step := STEP.match(line):
            name, kind, what = step.groups()
            test = name if kind in ("Normal", "LowLevel", "SpecificLowLevel") else f"{name} {kind}"
            self.running = test if what == "Start" else None
            self.ended = test if what == "Failed" else ""
            {"Start": set(), "Success": self.passed, "Failed": self.failed}.get(what, self.left_out).add(test)
        elif impossible := IMPOSSIBLE_CLASS.match(line):
            if "." in impossible[1]:
                self.left_out.add(f"{impossible[2]} ({impossible[3]})")
        elif (cause := CAUSE.match(line)) and self.ended:
            self.reasons.setdefault(self.ended, cause[1])

    def done(self) -> list[str]:
        return sorted({test.split(" ")[0] for test in self.passed | self.failed | self.left_out})


def main() -> int:
    host = host_where_free([SMACK_PORT])
    with running(Wishes(host, c2s_port=SMACK_PORT, in_band_registration=True)) as server:
        trust = make_trust_store(server)
        found = play_all(server, trust)
        play_again(server, trust, found)
        if not server.is_well():
            print(server.last_words())
            return 1
    return expected.compare(found.passed, found.failed, found.left_out, KNOWN, is_part=bool(sys.argv[1:]))


def play_all(server: Server, trust: Path) -> Found:
    """Plays every test, or those that were asked for."""
    found = Found()
    for _ in range(STARTS):
        log = play(server, trust, found, only=sys.argv[1:], but=found.done())
        if found.running is None:
            print("" if found.passed else log)
            break
        print(f"the run ended in {found.running} and is taken up again behind it:\n{log}")
        found.failed.add(found.running)
        found.running = None
    # A class may have been left out in one start and played in another.
    found.passed -= found.failed
    return found


def play_again(server: Server, trust: Path, found: Found) -> None:
    """Plays what has failed and should not have."""
    for test in sorted(found.failed - expected.read(KNOWN))[:AGAIN_MAX]:
        print(f"failed: {test}: {found.reasons.get(test, 'the run ended')}")
        for _ in range(3):
            again = Found()
            play(server, trust, again, only=[test.split(" ")[0]])
            if test in again.passed - again.failed:
                print(f"passed when played again: {test}")
                found.failed.discard(test)
                found.passed.add(test)
                break


def make_trust_store(server: Server) -> Path:
    certificate = x509.load_pem_x509_certificate(server.certificate.read_bytes())
    file = server.certificate.with_name("trust.p12")
    entry = pkcs12.PKCS12Certificate(certificate, b"server")
    file.write_bytes(pkcs12.serialize_java_truststore([entry], BestAvailableEncryption(TRUST_PASSWORD.encode())))
    return file


def play(server: Server, trust: Path, found: Found, *, only: Iterable[str], but: Iterable[str] = ()) -> str:
    """Runs tests; answers with the last that was printed."""
    settings = {
        "javax.net.ssl.trustStore": trust,
        "javax.net.ssl.trustStorePassword": TRUST_PASSWORD,
        "sinttest.service": server.domain,
        "sinttest.host": server.c2s.host,
        "sinttest.securityMode": "required",
        "sinttest.replyTimeout": REPLY_WITHIN_MS,
        "sinttest.enabledConnections": "tcp",
        "sinttest.dnsResolver": "javax",
    }
    if only:
        settings["sinttest.enabledTests"] = ",".join(only)
    if but:
        settings["sinttest.disabledTests"] = ",".join(but)
    command = ["java", "-ea:org.igniterealtime.smack.inttest...", "-Duser.language=en", "-Duser.country=US"]
    command += [f"-D{key}={value}" for key, value in settings.items()]
    command += ["-cp", f"{JARS}/*", "org.igniterealtime.smack.inttest.SmackIntegrationTestFramework"]
    log: list[str] = []
    with subprocess.Popen(
        ["timeout", str(ALL_WITHIN_S), *command], stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True
    ) as smack:
        for line in smack.stdout:
            found.read(line)
            log = [*log[-LAST_LINES:], line]
    return "".join(log)


if __name__ == "__main__":
    raise SystemExit(main())
