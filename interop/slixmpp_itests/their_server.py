"""Lets slixmpp's tests find the server under judgement, and gives each of them accounts of its own.

A plugin for pytest. The tests connect to the usual ports of the domain of their accounts.
"""

import os

from slixmpp.xmlstream import XMLStream

DOMAIN = os.environ["JUDGED_DOMAIN"]
HOST = os.environ["JUDGED_HOST"]
_attempt_connection = XMLStream._attempt_connection
_count = 0


async def _attempt_connection_to_judged(self, _host, *arguments):
    return await _attempt_connection(self, HOST, *arguments)


XMLStream._attempt_connection = _attempt_connection_to_judged


def pytest_runtest_setup() -> None:
    global _count
    for number in (1, 2):
        os.environ[f"CI_ACCOUNT{number}"] = f"slix{_count}x{number}@{DOMAIN}"
    _count += 1
