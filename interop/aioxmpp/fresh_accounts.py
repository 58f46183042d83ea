"""Accounts and groups for aioxmpp's tests: none is used twice, so that no test finds what another one left."""

import aioxmpp
from aioxmpp.e2etest.provision import Provisioner, StaticPasswordProvisioner

GROUP = "coven"
"""The name that every test of groups gives to its group."""


class FreshAccounts(StaticPasswordProvisioner):
    """Hands out the accounts of a long list, and has every test name its group differently."""

    _replace = aioxmpp.JID.replace
    _tests = 0

    async def setup(self) -> None:
        await super().setup()
        FreshAccounts._tests += 1
        aioxmpp.JID.replace = _replace_naming_groups

    async def teardown(self) -> None:
        # The list would start again in the class between.
        await Provisioner.teardown(self)


def _replace_naming_groups(self: aioxmpp.JID, **parts: str) -> aioxmpp.JID:
    if parts.get("localpart") == GROUP:
        parts["localpart"] = f"{GROUP}{FreshAccounts._tests}"
    return FreshAccounts._replace(self, **parts)
