"""Lets slixmpp's tests find the server under judgement, and gives each file of them accounts of its own.

A plugin for pytest. The tests connect to the usual ports of the domain of their accounts; those of one file go
on where the one before has left off.
"""

import os

from slixmpp.xmlstream import XMLStream

DOMAIN = os.environ["JUDGED_DOMAIN"]
HOST = os.environ["JUDGED_HOST"]
_attempt_connection = XMLStream._attempt_connection
_files: list[str] = []


async def _attempt_connection_to_judged(self, _host, *arguments):
    return await _attempt_connection(self, HOST, *arguments)


XMLStream._attempt_connection = _attempt_connection_to_judged


def pytest_runtest_setup(item) -> None:
    if item.module.__name__ not in _files:
        _files.append(item.module.__name__)
    for number in (1, 2):
        os.environ[f"CI_ACCOUNT{number}"] = f"slix{len(_files) - 1}x{number}@{DOMAIN}"
