"""Whether somebody may take part in a competition. Pure."""

import hashlib
from typing import Literal

from arena.api.competition_document import Registration

VERSION_CHARS = 16


def version_of(rules: str) -> str:
    """Return the version of rules: the beginning of their SHA-256; none of no rules."""
    return hashlib.sha256(rules.encode()).hexdigest()[:VERSION_CHARS] if rules else ""


def decide_state(settings: Registration, email: str) -> Literal["approved", "waiting"] | None:
    """Return how a registration with this address begins; None if it is not taken."""
    if not settings.open:
        return None
    if is_in_domains(email, settings.domains):
        return "approved"
    if settings.approval:
        return "waiting"
    return None if settings.domains else "approved"


def is_in_domains(email: str, domains: list[str]) -> bool:
    """Tell whether an address is in one of these domains, or in a part of one."""
    domain = email.rpartition("@")[2]
    return any(domain == each or domain.endswith(f".{each}") for each in domains)
