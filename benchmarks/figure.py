"""A figure of the benchmark table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One figure, its unit, the goal in words, and whether it holds."""

    name: str
    value: float
    unit: str
    goal: str
    holds: bool
