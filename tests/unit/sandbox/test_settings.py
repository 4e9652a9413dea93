"""The sandbox's settings as environment variables state them."""

import pytest

from arena.sandbox.settings import SandboxSettings


def test_what_the_environment_states_is_taken_and_the_rest_is_as_usual() -> None:
    stated = {"ARENA_OPTIMIZER_IMAGE": "mine:1", "ARENA_SLOTS": "7", "ARENA_START_TIMEOUT_S": "1.5", "ARENA_OWNER": "x"}

    assert SandboxSettings.from_environment("me", stated) == SandboxSettings(
        "me", optimizer_image="mine:1", slots=7, start_timeout_s=1.5
    )


def test_text_for_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="Expected a number as ARENA_SLOTS, got 'many'"):
        SandboxSettings.from_environment("me", {"ARENA_SLOTS": "many"})
