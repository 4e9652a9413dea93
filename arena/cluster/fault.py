"""What is wrong in a cluster, where, and what to do about it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ClusterFault:
    """A fault keeps the platform from working as it should; a warning is for the operator to judge."""

    severity: Literal["fault", "warning"]
    where: str
    what: str
    cure: str


def fault(where: str, what: str, cure: str) -> ClusterFault:
    """Return a fault."""
    return ClusterFault("fault", where, what, cure)


def warning(where: str, what: str, cure: str) -> ClusterFault:
    """Return a warning."""
    return ClusterFault("warning", where, what, cure)
