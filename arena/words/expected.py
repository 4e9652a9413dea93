"""What was expected in place of a value that does not have the right form, in words instead of a validator's own."""

from collections.abc import Callable, Mapping
from typing import Any

from arena.words.environments import ENVIRONMENT_PATTERN, FAMILY_PATTERN
from arena.words.names import DOMAIN_PATTERN, EMAIL_PATTERN, NAME_PATTERN, ONE_LINE_PATTERN

PATTERNS = {
    r"^[a-z0-9][a-z0-9-]*$": "small letters, digits and hyphens, a letter or digit first",
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$": "letters, digits, dots, hyphens and underscores, a letter or digit first",
    ENVIRONMENT_PATTERN: "the name of an environment, such as small, or one image of it as small@sha256:...",
    r"^(clf|reg)-[A-Za-z0-9.-]+$": "'clf-' or 'reg-', then letters, digits, dots and hyphens",
    r"^[0-9a-f]{64}$": "a SHA-256 of 64 hexadecimal digits",
    r"^[^\x00]*$": "text without NUL characters",
    r"^[^\x00-\x1f\x7f-\x9f]*$": "one line of text",
    ONE_LINE_PATTERN: "one line of text",
    r"^[\x21-\x7e]+$": "text without spaces, of ASCII characters",
    FAMILY_PATTERN: "small letters, digits and hyphens, a letter first, at most 31",
    NAME_PATTERN: "one line of text without a slash",
    EMAIL_PATTERN: "an e-mail address such as ada@uni.example",
    DOMAIN_PATTERN: "a domain such as uni.example",
    r"^[0-9a-f]*$": "the version of rules, in hexadecimal digits",
    r"^[A-Za-z0-9_-]+$": "what stands behind link= in the address of an invitation",
}
"""The patterns of the API's fields. A test finds one that is not here."""
VALUE_CHARS = 80
Context = Mapping[str, Any]
SAYS = "Input should be "


def expected_text(error: Mapping[str, Any]) -> str:
    """Return one of pydantic's errors as a sentence: what was expected, and what came."""
    if error["type"] == "missing":
        return "Expected a value, got none."
    value = error.get("input")
    came = f", got {repr(value)[:VALUE_CHARS]}" if isinstance(value, str | int | float | None) else ""
    return f"Expected {_expected(error)}{came}."


def _expected(error: Mapping[str, Any]) -> str:
    message, context = str(error["msg"]), error.get("ctx", {})
    if word := KINDS.get(error["type"]):
        return word(message, context)
    # Such as "Input should be a valid integer, unable to parse string as an integer"
    form = message.removeprefix(SAYS).partition(", ")[0]
    return form.replace("a valid ", "a ").replace("a integer", "a whole number")


def _number(message: str, _: Context) -> str:
    return f"a number {message.removeprefix(SAYS)}"


def _own_words(message: str, _: Context) -> str:
    return message.partition(", ")[2].removeprefix("expected ")  # "Value error, expected a name without spaces"


def _pattern(_: str, context: Context) -> str:
    return PATTERNS.get(context["pattern"], f"text that matches {context['pattern']}")


def _id(_: str, __: Context) -> str:
    return "an id, such as 7c9e6679-7425-40de-944b-e07fc1f90ae7"


KINDS: dict[str, Callable[[str, Context], str]] = {
    "extra_forbidden": lambda _, __: "nothing of this name",
    "string_pattern_mismatch": _pattern,
    "string_too_short": lambda _, context: f"text with characters, at least {context['min_length']}",
    "string_too_long": lambda _, context: f"text of at most {context['max_length']} characters",
    "too_short": lambda _, context: f"a longer list, of at least {context['min_length']}",
    "too_long": lambda _, context: f"a shorter list, of at most {context['max_length']}",
    "uuid_parsing": _id,
    "uuid_type": _id,
    "enum": lambda _, context: str(context["expected"]),  # all of them, whose commas end no sentence
    "literal_error": lambda _, context: str(context["expected"]),
    "value_error": _own_words,
    "assertion_error": _own_words,
    "greater_than": _number,
    "greater_than_equal": _number,
    "less_than": _number,
    "less_than_equal": _number,
}
"""The kinds of pydantic's errors that need other words than its own."""
