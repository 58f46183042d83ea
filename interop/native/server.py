"""A server of its own for a suite: the built program in a folder that goes away with it."""

import contextlib
import json
import os
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

SETTINGS = {
    "PARLANCE__DEV": "true",
    "PARLANCE__LIMITS__ENABLED": "false",
    "PARLANCE__REGISTRATION__MODE": "open",
    "PARLANCE__HTTP__LISTEN": "127.0.0.1:0",
    "PARLANCE__ADMIN__LISTEN": "127.0.0.1:0",
}
PASSWORD = "correct horse battery"
READY_WITHIN_S = 60


class Server:
    """A running server."""

    def __init__(self, folder: Path, process: subprocess.Popen):
        self.folder, self.process = folder, process
        ready = self._wait_until_ready()
        self.http = ready["http"][0]
        self.origin = f"http://{self.http}"

    def _wait_until_ready(self) -> dict:
        deadline = time.monotonic() + READY_WITHIN_S
        file = self.folder / "ready.json"
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
                return json.loads(file.read_text())
            # polls: the ready file, until READY_WITHIN_S
            time.sleep(0.02)
        raise SystemExit(f"the server did not start:\n{self.log()}")

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def call(self, method: str, path: str, body: dict | None = None, token: str | None = None) -> dict:
        """Calls an operation that must succeed."""
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.origin + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def register(self, name: str) -> str:
        """Makes an account and answers with its token."""
        return self.call("POST", "/v1/auth/register", {"name": name, "password": PASSWORD})["token"]

    def check_is_well(self) -> None:
        """Ends the suite when the server has failed or does not answer any more."""
        self.call("GET", "/v1/server")
        if "panicked" in self.log():
            raise SystemExit(self.log())


@contextlib.contextmanager
def running():
    """A server that is stopped at the end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(
                [os.environ["PARLANCE_BIN"], "serve", "--data", "data", "--ready-file", "ready.json"],
                cwd=folder,
                env={**os.environ, **SETTINGS},
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        try:
            yield Server(folder, process)
        finally:
            process.kill()
            process.wait()
