"""A figure of the benchmark table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One figure with its unit, the goal in words, and whether the goal is met."""

    name: str
    value: float
    unit: str
    goal: str
    holds: bool
