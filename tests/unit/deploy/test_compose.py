"""Who is given which secret on one machine."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from services.aggregator.settings import AggregatorSettings
from services.dispatcher.settings import DispatcherSettings
from services.gateway.settings import GatewaySettings
from services.runner.settings import RunnerSettings
from shared.settings import ArenaSettings

DEPLOY = Path(__file__).parents[3] / "deploy"
SERVICES: dict[str, Any] = yaml.safe_load((DEPLOY / "compose/stack.yaml").read_text())["services"]
LAB: dict[str, Any] = yaml.safe_load((DEPLOY / "compose/lab.yaml").read_text())["services"]
JOINING: dict[str, Any] = yaml.safe_load((DEPLOY / "compose/runner.yaml").read_text())["services"]["runner"]
SECRETS = {
    "postgres": {"POSTGRES"},
    "migrate": {"POSTGRES", "GATEWAY_DATABASE", "DISPATCHER_DATABASE", "AGGREGATOR_DATABASE"},
    "rabbitmq": {"GATEWAY_BROKER", "DISPATCHER_BROKER", "RUNNER_BROKER", "AGGREGATOR_BROKER"},
    "gateway": {"GATEWAY_DATABASE", "GATEWAY_BROKER", "ORGANIZER"},
    "dispatcher": {"DISPATCHER_DATABASE", "DISPATCHER_BROKER"},
    "aggregator": {"AGGREGATOR_DATABASE", "AGGREGATOR_BROKER"},
    "runner": {"RUNNER_BROKER"},
}
SETTINGS: dict[str, type[ArenaSettings]] = {
    "gateway": GatewaySettings,
    "dispatcher": DispatcherSettings,
    "aggregator": AggregatorSettings,
    "runner": RunnerSettings,
}


def test_every_container_is_given_its_own_secrets_and_no_others() -> None:
    given = {name: set(re.findall(r"ARENA_SECRET_(\w+)", json.dumps(service))) for name, service in SERVICES.items()}
    assert given == SECRETS


@pytest.mark.parametrize("name", SETTINGS)
def test_a_service_is_given_no_setting_that_it_does_not_read(name: str) -> None:
    assert {each.removeprefix("ARENA_").lower() for each in SERVICES[name]["environment"]} <= set(
        SETTINGS[name].model_fields
    )


def test_the_lab_gives_a_runners_token_to_the_gateway_alone() -> None:
    given = {name: set(re.findall(r"ARENA_SECRET_(\w+)", json.dumps(service))) for name, service in LAB.items()}
    assert given == {"gateway": {"RUNNER"}, "rabbitmq": set()}
    assert {each.removeprefix("ARENA_").lower() for each in LAB["gateway"]["environment"]} <= set(
        GatewaySettings.model_fields
    )


def test_a_runner_that_joins_is_given_what_it_reads_and_shares_no_volume_with_the_stack() -> None:
    assert {each.removeprefix("ARENA_").lower() for each in JOINING["environment"]} <= set(RunnerSettings.model_fields)
    assert "ARENA_SECRET" not in json.dumps(JOINING)
    assert [each for each in JOINING["volumes"] if "blobs" in each] == []
    ours = {name: JOINING[name] for name in ("image", "command", "user", "init", "stop_grace_period")}
    assert ours == {name: SERVICES["runner"][name] for name in ours}


def test_the_runner_cannot_reach_the_database() -> None:
    assert "postgres" not in json.dumps(SERVICES["runner"]["environment"])
    assert not [name for name in RunnerSettings.model_fields if "database" in name]


def test_every_secret_is_drawn_and_no_other() -> None:
    (names,) = re.findall(r'^SECRETS="(.*?)"$', (DEPLOY / "stack.sh").read_text(), re.MULTILINE | re.DOTALL)
    assert set(names.split()) == {"RUNNER"}.union(*SECRETS.values())


def test_no_default_has_a_default_within_which_compose_1_leaves_as_it_is() -> None:
    texts = {each.name: each.read_text() for each in (DEPLOY / "compose").glob("*.yaml")}
    assert [name for name, text in texts.items() if re.search(r"\$\{[^}]*\$\{", text)] == []
