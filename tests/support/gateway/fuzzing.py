"""Schemathesis on a running gateway: requests made from the API's description, answers held against it."""

import asyncio
import sys
from pathlib import Path

from tests.support.gateway.running import Gateway


async def fuzz(gateway: Gateway, folder: Path, token: str | None, *options: str) -> tuple[int | None, str]:
    """Run schemathesis with a value of the Authorization header; returns its status and the end of its output."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{gateway.url}/openapi.json", *options]
    # What the description cannot say: a name is known or not, a state allows a thing or not, a token has scopes. And
    # Starlette's 405 names the methods of one route of a path, where the path has several.
    command += ["--exclude-checks", "positive_data_acceptance,ignored_auth,allow_header_conformance"]
    command += ["--header", f"Authorization: {token}"] if token else []
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()[-8000:]
