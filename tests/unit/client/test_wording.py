"""Problems of the API in the words of the command line."""

import re
from typing import Any

import pytest

from arena.client.wording import word_problem
from arena.commands.app import app
from arena.words.problems import ProblemCode

REQUESTS = re.compile(r"Authorization|Bearer|\b(GET|POST|PUT|DELETE)\b|/api/|/sign-in|phase=|\bbody\b|\bquery\b|_id\b")
MEMBERS: dict[str, Any] = {
    "scope": "manage",
    "role": "team",
    "open_phases": ["feedback", "practice"],
    "environments": ["small", "modern@sha256:9f"],
    "errors": [{"where": "path.submission_id", "what": "Expected an id, got 'x'."}],
}


def worded(code: str, **members: Any) -> str:
    return word_problem({"code": code, "detail": "The API's own words.", **members})


@pytest.mark.parametrize("code", ProblemCode)
def test_a_problem_names_options_settings_and_commands_and_no_requests(code: ProblemCode) -> None:
    text = worded(code, **MEMBERS)

    assert not REQUESTS.search(text)
    assert text.endswith(".")
    assert set(re.findall(r"'arena (\w+)", text)) <= app.commands.keys()


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        ({"code": "no_token"}, "set ARENA_TOKEN"),
        ({"code": "phase_needed", "open_phases": ["a", "b"]}, "Several phases are open: a, b. Say which with --phase."),
        (
            {"code": "no_phase_open", "detail": "None is open: a is closed."},
            "None is open: a is closed. To look at one",
        ),
        ({"code": "unknown_environment", **MEMBERS}, "Name one that it does with --environment: small, modern."),
        ({"code": "wrong_role", "role": "team"}, "This is for organizers, and your token is a team's."),
        ({"code": "wrong_role", "role": "organizer"}, "set ARENA_TOKEN to a team's"),
        ({"code": "wrong_role", "role": "runner"}, "Your token is a runner's"),
        ({"code": "invalid_request", **MEMBERS}, "the submission: Expected an id, got 'x'."),
        ({"code": "of_a_later_release"}, "The API's own words."),
        ({}, "The API's own words."),
    ],
)
def test_a_problem_is_worded_by_its_code_and_else_in_the_apis_words(problem: dict[str, Any], text: str) -> None:
    assert text in word_problem({"detail": "The API's own words.", **problem})
