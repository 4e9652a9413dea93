"""`.env.example` is the list of settings."""

import re
from pathlib import Path

from shared.settings import Settings

TEXT = (Path(__file__).parents[3] / ".env.example").read_text()
LISTED = dict(re.findall(r"^# ARENA_(\w+)=(.*)$", TEXT, re.MULTILINE))


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    assert set(LISTED) == {name.upper() for name in Settings.model_fields}


def test_the_values_shown_are_the_defaults() -> None:
    given = {name.lower(): value for name, value in LISTED.items() if value}
    defaults = Settings.model_construct()
    assert Settings.model_validate(given).model_dump(exclude={"runner_id"}) == defaults.model_dump(
        exclude={"runner_id"}
    )
