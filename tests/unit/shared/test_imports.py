"""What each service imports at its start: memory that it has for ever, and in as many processes as there are."""

import subprocess
import sys

import pytest

from tests.support.stack import ROOT

NOBODYS = {"pandas", "xarray", "sklearn", "scipy.stats", "matplotlib", "cryptography", "opentelemetry.sdk", "typer"}
"""What brings 5 to 30 MB, and is needed seldom or never: where it is, it is imported when it is needed."""
WEB = {"fastapi", "jinja2", "markdown_it", "nh3", "limits"}
NUMBERS = {"numpy", "scipy.special"}
ENGINE = {"aiohttp", "aiodocker", "httpx"}
BLOBS = {"obstore"}
UNNEEDED = {
    "gateway": NOBODYS | ENGINE,
    "dispatcher": NOBODYS | WEB | NUMBERS | ENGINE | BLOBS,
    "aggregator": NOBODYS | WEB | ENGINE | BLOBS,
    "runner": NOBODYS | WEB | NUMBERS,
}


@pytest.mark.parametrize("service", UNNEEDED)
def test_a_service_starts_with_the_imports_that_it_needs(service: str) -> None:
    listed = subprocess.run(
        [sys.executable, "-c", f"import sys, services.{service}.__main__; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout.split()

    assert UNNEEDED[service] & set(listed) == set()
