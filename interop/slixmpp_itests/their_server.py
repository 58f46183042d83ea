"""Lets slixmpp's tests find the server under judgement, gives each file of them accounts of its own, and expects
the failures that are known.

A plugin for pytest. The tests connect to the usual ports of the domain of their accounts; those of one file go
on where the one before has left off.
"""

import os
from pathlib import Path

import pytest
from judge import expected
from slixmpp.xmlstream import XMLStream

DOMAIN = os.environ["JUDGED_DOMAIN"]
HOST = os.environ["JUDGED_HOST"]
_attempt_connection = XMLStream._attempt_connection
_known = expected.read(Path(__file__).parent / "known_failures.txt")
_files: list[str] = []


async def _attempt_connection_to_judged(self, _host, *arguments):
    return await _attempt_connection(self, HOST, *arguments)


XMLStream._attempt_connection = _attempt_connection_to_judged


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        name = item.nodeid.replace(".py::", ".").replace("::", ".").replace("/", ".")
        if name in _known:
            item.add_marker(pytest.mark.xfail(reason="known_failures.txt"))


def pytest_runtest_setup(item) -> None:
    if item.module.__name__ not in _files:
        _files.append(item.module.__name__)
    for number in (1, 2):
        os.environ[f"CI_ACCOUNT{number}"] = f"slix{len(_files) - 1}x{number}@{DOMAIN}"
