"""Environments: the named images in which optimizers run."""

import re
from typing import Literal

DEFAULT_ENVIRONMENT = "small"
ENVIRONMENT_PATTERN = r"^[a-z][a-z0-9-]{0,30}(@sha256:[0-9a-f]{64})?$"

ParameterNames = Literal["visible", "hidden"]
"""Whether optimizers see the parameters' real names, or `x0`, `x1` and so on."""


def split_environment(environment: str) -> tuple[str, str | None]:
    """Return an environment's name, and the digest of its image if that is pinned. Raises ValueError."""
    if not re.fullmatch(ENVIRONMENT_PATTERN, environment):
        raise ValueError(f"expected NAME or NAME@sha256:..., got {environment!r}")
    name, _, digest = environment.partition("@")
    return name, digest or None
