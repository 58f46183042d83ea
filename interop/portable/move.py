"""Moves people here from servers by others, by the commands that stand in the guide."""

import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from judge.server import Server, Wishes, running
from life import check, live, run

OLD = ["prosody", "ejabberd"]
GUIDE = Path("docs/operate/moving.md")


def commands(title: str) -> list[list[str]]:
    """What the guide says to do, in the section that begins so."""
    section = re.split(r"^## ", GUIDE.read_text(), flags=re.M)
    (own,) = [text for text in section if text.lower().startswith(title)]
    found = [line.split() for line in own.splitlines() if line.startswith("    parlance ")]
    assert found, f"the guide says nothing to do {title}"
    return found


def parlance(folder: Path, *words: str) -> dict:
    """Runs a command beside the server of a folder."""
    command = [os.environ["PARLANCE_BIN"], *words, "--data", "data", "--json"]
    ended = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True)
    return json.loads(ended.stdout)


def move(old: str) -> list[str]:
    """What people do not find after a move."""
    with tempfile.TemporaryDirectory(prefix="parlance-moving-") as name:
        there = importlib.import_module(f"{old}_server")
        server: Server = there.start(Path(name))
        try:
            run(live(server))
            there.export(server, Path(name))
        finally:
            server.process.kill()
            server.process.wait()
        with running(Wishes()) as new:
            here = new.log.parent
            for kept in there.FILES:
                (here / kept).symlink_to(Path(name) / kept)
            reports = [parlance(here, *words[1:]) for words in commands(f"from {old}")]
            again = parlance(here, *commands(f"from {old}")[-1][1:])
            wrong = [f"left out: {one}" for one in reports[-1]["left_out"] if one["what"] not in there.LEFT_OUT(name)]
            wrong += [f"again: {name} {counts}" for name, counts in again["families"].items() if counts["taken"]]
            wrong += run(check(new))
            (leaving,) = commands("to another server")
            parlance(here, *leaving[1:])
            wrong += move_on((here / leaving[-1]).read_text())
            return wrong if new.is_well() else [*wrong, new.last_words()]


def move_on(saved: str) -> list[str]:
    """What people do not find after they moved on with what was exported here, which has no rooms."""
    with running(Wishes()) as next_one:
        here = next_one.log.parent
        (here / "saved.xml").write_text(saved)
        reports = [parlance(here, *words[1:]) for words in commands("from a document")]
        wrong = [f"left out of the document: {one}" for one in reports[-1]["left_out"]]
        return wrong + [f"by document: {one}" for one in run(check(next_one, has_rooms=False))]


failures = 0
for one in sys.argv[1:] or OLD:
    for failure in move(one):
        failures += 1
        print(f"{one}: {failure}", file=sys.stderr)
    print(f"moved from {one}")
sys.exit(1 if failures else 0)
