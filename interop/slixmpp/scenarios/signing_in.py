"""Signing in."""

import hashlib
import ssl
from unittest import mock

from slixmpp.util.sasl.mechanisms import SCRAM

from judge.checks import scenario
from judge.people import Cast, Person, SignInRefused, Tls

MECHANISMS = ["SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"]


async def _offered(cast: Cast, tls: Tls) -> set[str]:
    person = await cast.enter("looker", tls=tls)
    return set(person.plugin["feature_mechanisms"].mech_list)


def _sign_in_with(mechanism: str, tls: Tls):
    async def play(cast: Cast) -> None:
        person = await cast.enter("romeo", mechanism=mechanism, tls=tls)
        assert person.plugin["feature_mechanisms"].mech.name == mechanism
        await person.catches_up()

    play.__name__ = f"somebody_signs_in_with_{mechanism}_and_TLS_{tls.name}"
    return play


for _mechanism in ["PLAIN", *MECHANISMS]:
    scenario(_sign_in_with(_mechanism, Tls.START))
scenario(_sign_in_with("SCRAM-SHA-256", Tls.DIRECT))
scenario(_sign_in_with("SCRAM-SHA-256", Tls.NONE))
scenario(_sign_in_with("PLAIN", Tls.NONE))


@scenario
async def scram_can_be_bound_to_the_certificate(cast: Cast) -> None:
    offered = await _offered(cast, Tls.START)
    bound = sorted(name for name in offered if name.endswith("-PLUS"))
    assert bound, f"no mechanism with channel binding in {sorted(offered)}"
    for mechanism in bound:
        await _sign_in_bound(cast, mechanism, tamper=False)


@scenario
async def scram_that_is_bound_to_another_certificate_is_refused(cast: Cast) -> None:
    for mechanism in sorted(name for name in await _offered(cast, Tls.START) if name.endswith("-PLUS")):
        try:
            await _sign_in_bound(cast, mechanism, tamper=True)
        except SignInRefused:
            continue
        raise AssertionError(f"{mechanism} accepted another certificate")


async def _sign_in_bound(cast: Cast, mechanism: str, *, tamper: bool) -> None:
    """Binds to the certificate, which Python can tell of any version of TLS."""
    der = ssl.PEM_cert_to_DER_cert(cast.server.certificate.read_text())
    data = hashlib.sha256(b"another" if tamper else der).digest()
    person = cast.person("romeo", mechanism=mechanism)
    plugin = person.plugin["feature_mechanisms"]
    plain_credentials, plain_first = plugin.sasl_callback, SCRAM.process_1

    def credentials(required: set[str], optional: set[str]) -> dict:
        found = plain_credentials(required, optional)
        return {**found, "channel_binding": data} if "channel_binding" in required | optional else found

    def first(self: SCRAM, challenge: bytes = b"") -> bytes:
        plain_first(self, challenge)
        self.gs2_header = b"p=tls-server-end-point,,"
        return self.gs2_header + self.client_first_message_bare

    plugin.sasl_callback = credentials
    with mock.patch.object(SCRAM, "process_1", first):
        await person.sign_in()
    assert plugin.mech.name == mechanism


@scenario
async def a_wrong_password_is_refused(cast: Cast) -> None:
    for mechanism in ["PLAIN", *MECHANISMS]:
        try:
            await cast.enter("romeo", mechanism=mechanism, password="wrong")
        except SignInRefused:
            continue
        raise AssertionError(f"{mechanism} accepted a wrong password")


@scenario
async def a_name_that_does_not_exist_is_refused_like_a_wrong_password(cast: Cast) -> None:
    person = Person(cast.server, cast.name("nobody"), None, {"mechanism": "SCRAM-SHA-256"})
    cast.people.append(person)
    try:
        await person.sign_in()
    except SignInRefused:
        return
    raise AssertionError("somebody who does not exist signed in")


@scenario
async def a_resource_is_what_was_asked_for_or_made_up(cast: Cast) -> None:
    named = await cast.enter("romeo", "balcony")
    assert named.boundjid.resource == "balcony", named.boundjid
    unnamed = await cast.enter("romeo")
    assert unnamed.boundjid.resource not in ("", "balcony"), unnamed.boundjid


@scenario
async def who_signs_in_again_with_the_same_resource_replaces_the_first(cast: Cast) -> None:
    first = await cast.enter("romeo", "balcony")
    gone = first.loses_connection()
    second = await cast.enter("romeo", "balcony")
    await gone
    await second.catches_up()
