"""What whoever runs studies states about the sandbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

PREFIX = "ARENA_"
TRUTH = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


@dataclass(frozen=True)
class SandboxSettings:
    """The engine, what runs on it and within which times; `owner` is the label of every container that is started.

    With `share_cpus`, a slot for which no CPU is free uses one that others use, too, instead of not being there.
    """

    owner: str
    engine_url: str = "unix:///var/run/docker.sock"
    blackbox_image: str = "arena-blackbox:local"
    sandbox_runtime: str = "runc"
    slots: int = 2
    share_cpus: bool = False
    start_timeout_s: float = 60.0
    evaluation_timeout_s: float = 3600.0
    disk_free_limit_bytes: int = 2 * 1024**3

    @classmethod
    def from_environment(cls, owner: str, environment: Mapping[str, str]) -> Self:
        """Return what environment variables `ARENA_*` state. Raises ValueError for text where a number belongs."""
        stated: dict[str, Any] = {}
        for field in fields(cls):
            name = PREFIX + field.name.upper()
            if field.name == "owner" or name not in environment:
                continue
            kind: Callable[[str], Any] = _parse_truth if isinstance(field.default, bool) else type(field.default)
            try:
                stated[field.name] = kind(environment[name])
            except ValueError as error:
                kind_of_value = "true or false" if isinstance(field.default, bool) else "a number"
                raise ValueError(f"Expected {kind_of_value} as {name}, got {environment[name]!r}") from error
        return cls(owner, **stated)


def _parse_truth(text: str) -> bool:
    if text.lower() not in TRUTH:
        raise ValueError(text)
    return TRUTH[text.lower()]
