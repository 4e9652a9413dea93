"""`.env.example` is the list of settings, and says which service reads which."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.aggregator.settings import AggregatorSettings
from services.dispatcher.settings import DispatcherSettings
from services.gateway.settings import GatewaySettings
from services.runner.settings import RunnerSettings
from shared.database_logins import LoginSettings
from shared.settings import ArenaSettings

TEXT = (Path(__file__).parents[3] / ".env.example").read_text()
SETTINGS: dict[str, type[ArenaSettings]] = {
    "gateway": GatewaySettings,
    "dispatcher": DispatcherSettings,
    "runner": RunnerSettings,
    "aggregator": AggregatorSettings,
    "migrate": LoginSettings,
}
OF_THE_CHECK = {"failures_before_incident"}
"""What `arena check` reads where a runner does not."""


def listed_for(service: str) -> dict[str, str]:
    """The settings listed for a service and their values, empty for one without a default."""
    found: dict[str, str] = {}
    for heading, section in re.findall(r"^### (.*)\n((?:(?!###).*\n)*)", TEXT, re.MULTILINE):
        if service in heading.split(", "):
            values = re.findall(r"^# ARENA_(\w+)=(.*)$", section, re.MULTILINE)
            found |= {name.lower(): value for name, value in values}
    return found


@pytest.mark.parametrize("service", SETTINGS)
def test_every_setting_of_a_service_is_listed_for_it_and_nothing_else(service: str) -> None:
    expected = set(SETTINGS[service].model_fields) - (OF_THE_CHECK if service == "runner" else set())
    assert set(listed_for(service)) == expected


@pytest.mark.parametrize("service", SETTINGS)
def test_the_values_shown_are_the_defaults(service: str) -> None:
    given = {name: value for name, value in listed_for(service).items() if value}
    kind = SETTINGS[service]
    required = {name: SecretStr("") for name, field in kind.model_fields.items() if field.is_required()}
    kept = set(kind.model_fields) - {"runner_id"}
    shown, defaults = kind.model_validate(given | required), kind.model_construct(None, **required)
    assert shown.model_dump(include=kept) == defaults.model_dump(include=kept)
