"""Environments, the named images in which optimizers run, and problem families, those from which black boxes come."""

import re
from collections.abc import Mapping
from typing import Literal

DEFAULT_ENVIRONMENT = "small"
ENVIRONMENT_LABEL = "arena.environment"
"""With the name of an environment, in the Dockerfile of its image."""
ENVIRONMENT_PATTERN = r"^[a-z][a-z0-9-]{0,30}(@sha256:[0-9a-f]{64})?$"

SKLEARN = "sklearn"
"""Bayesmark's own problem family, which is in the black-box image itself."""
FAMILY_LABEL = "arena.family"
"""With the name of a problem family, in the Dockerfile of its image."""
FAMILY_PATTERN = r"^[a-z][a-z0-9-]{0,30}$"

ParameterNames = Literal["visible", "hidden"]
"""Whether optimizers see the parameters' real names, or `x0`, `x1` and so on."""


def split_environment(environment: str) -> tuple[str, str | None]:
    """Return an environment's name, and the digest of its image if that is pinned. Raises ValueError."""
    if not re.fullmatch(ENVIRONMENT_PATTERN, environment):
        raise ValueError(f"expected NAME or NAME@sha256:..., got {environment!r}")
    name, _, digest = environment.partition("@")
    return name, digest or None


def environment_name(environment: str) -> str:
    """Return an environment's name, without the digest of an image. Raises ValueError."""
    return split_environment(environment)[0]


def find_image(environment: str, images: Mapping[str, str]) -> str | None:
    """Return the digest of an environment's image among these, by name; None if it is missing or another is pinned."""
    name, digest = split_environment(environment)
    found = images.get(name)
    return found if digest in {None, found} else None
