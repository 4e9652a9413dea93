"""A real provider of OpenID Connect on loopback, and a person's way through its forms."""

import asyncio
import fcntl
import hashlib
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from tests.support.gateway.running import Gateway
from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.stack import ROOT, free_port
from tests.support.waiting import LIMIT_S, wait_until

HERE = Path(__file__).parent
PROGRAM = ("package.json", "package-lock.json", "provider.mjs")
INSTALL_LIMIT_S = 300
CLIENT_ID, CLIENT_SECRET = "arena-of-the-tests", "the secret of the tests' client"
FORM = re.compile(r'<form[^>]* action="([^"]+)"')
ABORT = re.compile(r'<a href="([^"]+/abort)"')
STEPS_LIMIT = 12


@asynccontextmanager
async def running_provider(public_url: str) -> AsyncIterator[str]:
    """Run a provider that knows the platform at this address; gives its issuer."""
    folder, port = install_provider(), free_port()
    issuer = f"http://127.0.0.1:{port}"
    process = await asyncio.create_subprocess_exec(
        "node", folder / "provider.mjs", str(port), f"{public_url}/sign-in/provider/back", CLIENT_ID, CLIENT_SECRET,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip

    async def answers() -> bool:
        assert process.returncode is None, "the provider has ended"
        try:
            async with httpx.AsyncClient(verify=TRUSTS_NOBODY) as client:
                return (await client.get(f"{issuer}/.well-known/openid-configuration")).is_success
        except httpx.TransportError:
            return False

    try:
        await wait_until(answers, what="the provider answers")
        yield issuer
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def install_provider() -> Path:
    """Return the folder with the provider; it is installed anew when its lock has changed."""
    if shutil.which("npm") is None:
        pytest.skip("without npm there is no provider to sign in at")
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in PROGRAM))
    folder = ROOT / ".arena" / f"oidc-provider-{digest.hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:  # tests run in several processes
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            for name in PROGRAM:
                shutil.copy(HERE / name, folder)
            command = ["npm", "--prefix", str(folder), "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(command, check=True, timeout=INSTALL_LIMIT_S)
            (folder / "made").touch()
    return folder


class Visitor:
    """A browser of somebody who goes to the provider and back. It keeps cookies and follows redirects one by one."""

    def __init__(self, gateway: Gateway) -> None:
        self.browser = httpx.AsyncClient(timeout=LIMIT_S, verify=TRUSTS_NOBODY, headers={"Origin": gateway.url})
        self._gateway = gateway

    async def begin(self, to: str = "/account") -> str:
        """Ask the platform for a sign-in; returns the provider's address to which it leads."""
        answer = await self.browser.get(f"{self._gateway.url}/sign-in/provider", params={"to": to})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def pass_provider(self, address: str, login: str) -> str:
        """Fill in the provider's forms as a person does; returns the address at the platform to which it leads back."""
        for _ in range(STEPS_LIMIT):
            if address.startswith(self._gateway.url):
                return address
            answer = await self.browser.get(address)
            if not answer.has_redirect_location:
                fields = {"prompt": "login", "login": login, "password": "any"}
                if 'value="login"' not in answer.text:
                    fields = {"prompt": "consent"}
                form = FORM.search(answer.text)
                assert form is not None, answer.text
                answer = await self.browser.post(urljoin(address, unescape(form[1])), data=fields)
            address = urljoin(address, answer.headers["location"])
        raise AssertionError(f"the provider leads on and on, now to {urlsplit(address).path}")

    async def turn_back(self, address: str) -> httpx.Response:
        """Follow the link by which a person does not sign in; returns what the platform answers."""
        page = await self.browser.get(address, follow_redirects=True)
        found = ABORT.search(page.text)
        assert found is not None, page.text
        return await self.browser.get(unescape(found[1]), follow_redirects=True)

    async def me(self) -> Any:
        """Return who the platform says is signed in."""
        return (await self.browser.get(f"{self._gateway.url}/api/v1/me")).raise_for_status().json()

    async def sign_in(self, login: str, to: str = "/account") -> httpx.Response:
        """Go all the way; returns what the platform answers in the end."""
        return await self.browser.get(await self.pass_provider(await self.begin(to), login))
