"""The sandbox's settings as environment variables state them."""

import pytest

from arena.sandbox.settings import SandboxSettings


def test_what_the_environment_states_is_taken_and_the_rest_is_as_usual() -> None:
    stated = {"ARENA_BLACKBOX_IMAGE": "mine:1", "ARENA_SLOTS": "7", "ARENA_START_TIMEOUT_S": "1.5", "ARENA_OWNER": "x"}

    assert SandboxSettings.from_environment("me", stated) == SandboxSettings(
        "me", blackbox_image="mine:1", slots=7, start_timeout_s=1.5
    )


@pytest.mark.parametrize(("text", "share"), [("true", True), ("1", True), ("False", False), ("no", False)])
def test_truth_is_stated_in_words(text: str, share: bool) -> None:
    assert SandboxSettings.from_environment("me", {"ARENA_SHARE_CPUS": text}).share_cpus is share


@pytest.mark.parametrize(
    ("name", "text", "kind"), [("ARENA_SLOTS", "many", "a number"), ("ARENA_SHARE_CPUS", "2", "true or false")]
)
def test_a_value_of_another_kind_is_refused(name: str, text: str, kind: str) -> None:
    with pytest.raises(ValueError, match=f"Expected {kind} as {name}, got '{text}'"):
        SandboxSettings.from_environment("me", {name: text})
