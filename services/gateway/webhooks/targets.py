"""Where a webhook may lead: to the internet, and to what the operator allows, but never to what is behind the gateway.

A name is looked up once, all of its addresses are checked, and the connection goes to one of these: so a name that has
another address a moment later leads nowhere else.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LookUp = Callable[..., Sequence[tuple[Any, ...]]]
"""As `socket.getaddrinfo`."""

LOOK_UP_S = 5.0
HTTPS_PORTS = {443, 8443}
NAT64 = ip_network("64:ff9b::/96")
NOT_PUBLIC = [ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "fec0::/10")]
"""What `ipaddress` takes for the internet's: networks for protocols, and for the site."""
CLOUD_HOSTS = {ip_address("168.63.129.16")}
"""Public addresses at which a cloud answers its own machines (Azure's)."""


class ForbiddenTarget(ValueError):
    """A webhook's URL that leads where it may not. The text says what is expected, and not what was found there."""


class UnknownHost(Exception):
    """A host whose addresses are not known now."""


@dataclass(frozen=True)
class Target:
    """Where to send something: the addresses that were checked, and what to ask for there."""

    scheme: str
    host: str
    port: int
    path: bytes
    addresses: Sequence[Address]

    @property
    def host_header(self) -> str:
        """The `Host` of the request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"


class Targets:
    """Finds the targets of URLs. Names are looked up in threads of their own, which a slow name server may hold."""

    def __init__(self, allowed: Sequence[Network], look_up: LookUp = socket.getaddrinfo) -> None:
        self._allowed = allowed
        self._ask = look_up
        self._threads = ThreadPoolExecutor(4, "webhook-names")

    async def find(self, url: str) -> Target:
        """Return where a URL leads. Raises ForbiddenTarget or UnknownHost."""
        parsed = _parse(url)
        scheme, host = parsed.scheme, parsed.host
        port = parsed.port or {"https": 443, "http": 80}[scheme]
        addresses = await self._look_up(host, port)
        if not all(self._is_allowed(each) for each in addresses):
            if not all(map(is_public, addresses)):
                raise ForbiddenTarget("expected a host on the internet, got one that is not, or not only there")
            if scheme != "https" or port not in HTTPS_PORTS:
                raise ForbiddenTarget("expected https on port 443 or 8443")
        return Target(scheme, host, port, parsed.raw_path, addresses)

    def _is_allowed(self, address: Address) -> bool:
        unwrapped = unwrap(address)
        return any(unwrapped in network for network in self._allowed if network.version == unwrapped.version)

    async def _look_up(self, host: str, port: int) -> list[Address]:
        def ask() -> list[Address]:
            found = self._ask(host, port, type=socket.SOCK_STREAM)
            return [ip_address(str(where[0]).partition("%")[0]) for *_, where in found]

        try:
            async with asyncio.timeout(LOOK_UP_S):
                addresses = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise UnknownHost("its host is not known to the name server") from error
        return list(dict.fromkeys(addresses))


def _parse(url: str) -> "httpx.URL":
    import httpx  # noqa: PLC0415 - it takes memory that a gateway without webhooks has no use for

    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ForbiddenTarget("expected a URL such as https://hooks.example.org/arena") from error
    if parsed.scheme not in {"https", "http"} or not parsed.host:
        raise ForbiddenTarget("expected a URL that begins with https:// and a host")
    if parsed.userinfo or parsed.fragment:
        raise ForbiddenTarget("expected a URL without a user, a password and a #")
    return parsed


def unwrap(address: Address) -> Address:
    """Return the IPv4 address to which an IPv6 address leads, if it does: mapped, 6to4, or through NAT64."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the internet, and neither a group, a tunnel nor a cloud's own."""
    unwrapped = unwrap(address)
    if isinstance(unwrapped, IPv6Address) and unwrapped.teredo:
        return False
    return (
        unwrapped.is_global
        and not unwrapped.is_multicast
        and not unwrapped.is_reserved
        and unwrapped not in CLOUD_HOSTS
        and not any(unwrapped in each for each in NOT_PUBLIC)
    )
