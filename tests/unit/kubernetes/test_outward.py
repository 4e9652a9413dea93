"""By a component, the gateway and nothing else reaches a mail server, or the internet but no network of one's own."""

from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from services.gateway.webhooks.targets import HTTPS_PORTS, is_public
from tests.support.manifests import Manifests, with_components
from tests.support.network_policies import Arrow, allowed

OWN = ["10.96.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.17.0.1", "192.168.1.1"]
OWN_6 = ["::1", "64:ff9b::a60:1", "fd00::1", "fe80::1"]


def more(copied: Path, rendered: dict[str, Manifests], overlay: str, component: str) -> set[Arrow]:
    """Return the connections that a component allows."""
    with_it, without = with_components(copied, overlay, component), rendered[overlay]
    assert allowed(with_it, "Ingress") == allowed(without, "Ingress")
    return allowed(with_it, "Egress") - allowed(without, "Egress")


@pytest.mark.parametrize("overlay", ["production", "small"])
def test_the_gateway_reaches_a_mail_server_that_is_named(
    overlay: str, copied: Path, rendered: dict[str, Manifests]
) -> None:
    assert more(copied, rendered, overlay, "mail") == {Arrow("gateway", "192.0.2.50/32", 587)}


@pytest.mark.parametrize("overlay", ["production", "small"])
def test_the_gateway_reaches_the_internet_at_the_ports_of_webhooks(
    overlay: str, copied: Path, rendered: dict[str, Manifests]
) -> None:
    assert more(copied, rendered, overlay, "internet") == {
        Arrow("gateway", everywhere, port) for everywhere in ("0.0.0.0/0", "::/0") for port in HTTPS_PORTS
    }


def test_the_internet_has_no_network_of_ones_own(copied: Path) -> None:
    (rule,) = with_components(copied, "small", "internet").get("NetworkPolicy", "to-internet")["spec"]["egress"]
    exceptions = [ip_network(each) for peer in rule["to"] for each in peer["ipBlock"]["except"]]

    assert all(any(ip_address(own) in each for each in exceptions) for own in OWN + OWN_6)
    assert not any(is_public(each.network_address) for each in exceptions)
