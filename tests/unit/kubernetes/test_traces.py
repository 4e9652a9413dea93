"""With the component for traces, every service sends them to the collector, and may."""

from pathlib import Path

import pytest

from tests.support.manifests import Manifests, with_components
from tests.support.network_policies import Arrow, allowed

URL = "http://collector.monitoring:4318/v1/traces"
SERVICES = ("gateway", "dispatcher", "aggregator")


@pytest.mark.parametrize("overlay", ["production", "small"])
def test_every_service_sends_its_traces_to_the_collector_and_may(
    overlay: str, copied: Path, rendered: dict[str, Manifests]
) -> None:
    traced = with_components(copied, overlay, "traces")

    for each in SERVICES:
        environment = traced.pod(each).container("service")["env"]
        without = rendered[overlay].pod(each).container("service").get("env", [])
        assert [one for one in environment if one not in without] == [{"name": "ARENA_TRACES_URL", "value": URL}]
        assert [one for one in without if one not in environment] == []
    assert traced.get("ConfigMap", "runner", "arena-runners")["data"]["ARENA_TRACES_URL"] == URL
    more = allowed(traced, "Egress") - allowed(rendered[overlay], "Egress")
    assert more == {Arrow(each, "monitoring", 4318) for each in (*SERVICES, "runner")}
