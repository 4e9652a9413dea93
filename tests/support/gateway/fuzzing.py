"""Schemathesis on a running gateway: requests generated from the API's description, and answers checked against it."""

import asyncio
import sys
from pathlib import Path

from tests.support.gateway.running import Gateway

EXCLUDED_CHECKS = (
    "positive_data_acceptance",  # a name is known or not, a state allows a thing or not: no schema can say that
    "negative_data_rejection",  # pydantic takes a number that comes as text, and a time in seconds since 1970
    "ignored_auth",  # what a token may is a matter of its scopes
    "allow_header_conformance",  # Starlette's 405 names the methods of one route of a path that has several
)


async def fuzz(gateway: Gateway, folder: Path, token: str | None, *options: str) -> tuple[int | None, str]:
    """Run schemathesis with this Authorization header, if any; returns its exit status and the end of its output."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{gateway.url}/openapi.json", *options]
    command += ["--exclude-checks", ",".join(EXCLUDED_CHECKS)]
    command += ["--header", f"Authorization: {token}"] if token else []
    # It takes ids from answers, so it would revoke the very token that it works with.
    command += ["--exclude-operation-id", "revoke_token", "--generation-with-security-parameters", "false"]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()[-8000:]
