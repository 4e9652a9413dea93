"""What may be a name: one that people choose, or one that is part of an address."""

from typing import Annotated

from pydantic import AfterValidator, Field

from arena.words.environments import ENVIRONMENT_PATTERN, FAMILY_PATTERN

ONE_LINE_PATTERN = r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+$"
"""Any text on one line that a page or a terminal can show as it is."""
NAME_PATTERN = ONE_LINE_PATTERN.replace(r"\x9f", r"\x9f/")
"""The same without a slash."""


def _no_edges(name: str) -> str:
    if name != name.strip() or name in {".", ".."}:
        raise ValueError("expected a name without spaces at its ends that is not a path")
    return name


Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=80,
        pattern=NAME_PATTERN,
    ),
    AfterValidator(_no_edges),
]
"""Any text on one line that a page or a terminal can show as it is."""
Slug = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Label = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Environment = Annotated[str, Field(pattern=ENVIRONMENT_PATTERN)]
"""An environment's name; with `@sha256:...`, only the image of that digest."""
FamilyName = Annotated[str, Field(pattern=FAMILY_PATTERN)]


def name_test_case(model: str, dataset: str, metric: str) -> str:
    """Return the name of a test problem; in Postgres it is `black_boxes.test_case`.

    A family's problem has one name, which stands for the model; Bayesmark's own are named by all three.
    """
    return f"{model}_{dataset}_{metric}" if dataset or metric else model


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOMAIN = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
EMAIL_PATTERN = rf"^{_ATOM}(\.{_ATOM})*@{_DOMAIN}$"
DOMAIN_PATTERN = f"^{_DOMAIN}$"
EMAIL_CHARS = 254
"""The longest that SMTP carries (RFC 5321)."""


def _with_short_local_part(email: str) -> str:
    if len(email.partition("@")[0]) > 64:
        raise ValueError("expected at most 64 characters before the @")
    return email.lower()


EmailAddress = Annotated[
    str,
    Field(max_length=EMAIL_CHARS, pattern=EMAIL_PATTERN),
    AfterValidator(_with_short_local_part),
]
"""A plain address in ASCII, in lower case: no quotes, comments or names, in which something else could hide."""
Domain = Annotated[str, Field(max_length=253, pattern=DOMAIN_PATTERN), AfterValidator(str.lower)]
