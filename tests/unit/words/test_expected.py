"""What was expected of a value is said in words, and never by a pattern."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from arena.words.expected import PATTERNS, expected_text
from arena.words.names import Environment, Label, Name, Slug
from arena.words.states import SubmissionState


def text_of(form: Any, value: object) -> str:
    with pytest.raises(ValidationError) as invalid:
        TypeAdapter(form).validate_python(value)
    return expected_text(invalid.value.errors()[0])


def even(number: int) -> int:
    if number % 2:
        raise ValueError("expected an even number")
    return number


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        (Slug, "My Cup", "Expected small letters, digits and hyphens, a letter or digit first, got 'My Cup'."),
        (Label, "-", "Expected letters, digits, dots, hyphens and underscores, a letter or digit first, got '-'."),
        (Name, "a/b", "Expected one line of text without a slash, got 'a/b'."),
        (Name, "", "Expected text with characters, at least 1, got ''."),
        (
            *(Environment, "Small"),
            "Expected the name of an environment, such as small, or one image of it as small@sha256:..., got 'Small'.",
        ),
        (Annotated[list[int], Field(max_length=2)], [1, 2, 3], "Expected a shorter list, of at most 2."),
        (UUID, "nonsense", "Expected an id, such as 7c9e6679-7425-40de-944b-e07fc1f90ae7, got 'nonsense'."),
        (int, "x", "Expected a whole number, got 'x'."),
        (Annotated[int, Field(ge=1)], 0, "Expected a number greater than or equal to 1, got 0."),
        (datetime, "soon", "Expected a datetime or date, got 'soon'."),
        (Literal["best", "chosen"], "worst", "Expected 'best' or 'chosen', got 'worst'."),
        (SubmissionState, "odd", "Expected 'queued', 'running', 'scored', 'failed' or 'cancelled', got 'odd'."),
        (Annotated[int, AfterValidator(even)], 3, "Expected an even number, got 3."),
        (dict[str, int], [1], "Expected a dictionary."),
    ],
)
def test_a_value_of_another_form_is_told_what_was_expected(form: Any, value: object, text: str) -> None:
    assert text_of(form, value) == text


def patterns_in(schema: Any) -> set[str]:
    """Return the patterns anywhere in a JSON schema."""
    inside = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []
    own = {schema["pattern"]} if isinstance(schema, dict) and isinstance(schema.get("pattern"), str) else set()
    return own.union(*map(patterns_in, inside))


def test_every_pattern_of_the_api_has_words() -> None:
    patterns = patterns_in(json.loads((Path(__file__).parents[3] / "docs/reference/openapi.json").read_text()))
    assert patterns
    assert patterns <= PATTERNS.keys()
