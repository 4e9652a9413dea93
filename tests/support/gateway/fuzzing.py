"""Schemathesis on a running gateway: requests generated from the API's description, and answers checked against it."""

import asyncio
import sys
from pathlib import Path

from tests.support.gateway.running import Gateway


async def fuzz(gateway: Gateway, folder: Path, token: str | None, *options: str) -> tuple[int | None, str]:
    """Run schemathesis with this Authorization header, if any; returns its exit status and the end of its output."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{gateway.url}/openapi.json", *options]
    # What the description cannot express: which names exist, what a state allows, which scopes a token has. And
    # Starlette's 405 names the methods of one route of a path, where the path has several.
    command += ["--exclude-checks", "positive_data_acceptance,ignored_auth,allow_header_conformance"]
    command += ["--header", f"Authorization: {token}"] if token else []
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()[-8000:]
