"""A webhook leads to the internet, or where the operator allows, and never behind the gateway."""

import asyncio
import socket
from ipaddress import ip_address, ip_network

import pytest

from services.gateway.webhooks.targets import ForbiddenTarget, Targets, UnknownHost, is_public

LOOPBACK = [ip_network("127.0.0.0/8")]

PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]
PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_internet_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [*(f"[{each}]" if ":" in each else each for each in PRIVATE), "localhost", "2130706433", "0x7f.1", "127.1", "0"],
)
async def test_a_url_to_such_an_address_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises((ForbiddenTarget, UnknownHost)):
        await Targets([]).find(f"https://{host}/hook")


@pytest.mark.parametrize(
    "url",
    [
        "http://1.1.1.1/",
        "https://1.1.1.1:22/",
        "https://1.1.1.1:6379/",
        "ftp://1.1.1.1/",
        "file:///etc/passwd",
        "gopher://1.1.1.1:25/_HELO",
        "https://user:password@1.1.1.1/",
        "https://1.1.1.1@127.0.0.1/",
        "https://1.1.1.1/#fragment",
        "https:///path",
        "//1.1.1.1/",
        "https://1.1.1.1:99999/",
        "https://[::1",
        "not a url",
        "",
    ],
)
async def test_a_url_that_is_not_plain_https_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenTarget, match="expected"):
        await Targets([]).find(url)


async def test_a_public_address_is_where_a_webhook_may_lead() -> None:
    target = await Targets([]).find("https://1.1.1.1/hook?a=b")
    assert (list(map(str, target.addresses)), target.port, target.path) == (["1.1.1.1"], 443, b"/hook?a=b")


async def test_the_operator_allows_a_network_with_http_and_any_port() -> None:
    target = await Targets(LOOPBACK).find("http://127.0.0.1:8123/hook")
    assert (target.scheme, target.port, target.host_header) == ("http", 8123, "127.0.0.1:8123")
    with pytest.raises(ForbiddenTarget):
        await Targets(LOOPBACK).find("http://10.0.0.1:8123/hook")


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("1.1.1.1", "10.0.0.1")]

    with pytest.raises(ForbiddenTarget, match="on the internet"):
        await Targets([], look_up).find("https://hooks.test/")


async def test_what_is_refused_says_nothing_of_the_addresses_that_were_found() -> None:
    with pytest.raises(ForbiddenTarget) as refused:
        await Targets([]).find("https://localhost/")
    assert "127.0.0.1" not in str(refused.value)
    assert "::1" not in str(refused.value)


async def test_many_names_are_looked_up_side_by_side_and_none_blocks_the_loop() -> None:
    targets = Targets(LOOPBACK)
    found = await asyncio.gather(*(targets.find(f"http://127.0.0.1:{port}/") for port in range(8000, 8030)))
    assert [each.port for each in found] == list(range(8000, 8030))
