"""Requests made up from the OpenAPI description: the server never fails, and answers as it describes."""

import subprocess
import sys

from server import running

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
]
# These end the session that the other requests need.
ENDING = ["auth.sign_out", "me.change_password", "device.revoke"]
EXAMPLES = 12
TIME_MAX_S = 110


def settings(server, token: str) -> str:
    """Places that are there, so that requests get further than to a conversation that is not."""
    group = server.call("POST", "/v1/conversations", {"kind": "group", "name": "generated"}, token)
    events = f"/v1/conversations/{group['conversation']}/events"
    message = {"client_ref": "first", "body": {"type": "text", "text": "hello"}}
    event = server.call("POST", events, message, token)
    link = server.call("POST", f"/v1/conversations/{group['conversation']}/links", {}, token)
    server.register("other")
    values = {
        "conversation": group["conversation"],
        "event": event["event_id"],
        "code": link["code"],
        "user": "other",
    }
    return "[parameters]\n" + "".join(f'"path.{name}" = "{value}"\n' for name, value in values.items())


with running() as server:
    token = server.register("generated")
    (server.folder / "schemathesis.toml").write_text(settings(server, token))
    arguments = [
        "schemathesis", "run", server.origin + "/openapi.json",
        "--url", server.origin,
        "--header", f"Authorization: Bearer {token}",
        "--checks", ",".join(CHECKS),
        "--phases", "examples,coverage,fuzzing",
        "--max-examples", str(EXAMPLES),
        "--seed", "1",
        "--generation-deterministic",
        "--workers", "1",
        "--no-color",
        "--warnings", "off",
    ]
    for operation in ENDING:
        arguments += ["--exclude-operation-id", operation]
    try:
        outcome = subprocess.run(
            arguments, cwd=server.folder, capture_output=True, text=True, timeout=TIME_MAX_S
        )
    except subprocess.TimeoutExpired:
        sys.exit(f"the generated requests took longer than {TIME_MAX_S} s")
    if outcome.returncode != 0:
        sys.exit(outcome.stdout[-20_000:] + outcome.stderr + server.log()[-5_000:])
    server.check_is_well()
    print(outcome.stdout[-300:])
