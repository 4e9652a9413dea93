"""Turns what a team's `suggest` returned into JSON that keeps each value's type, for the black-box side to judge."""

from collections.abc import Mapping
from typing import Any

INT_BITS = 1024
"""More than any parameter has, and less than what Python refuses to write in digits."""

Value = bool | int | float | str | dict[str, str]
Point = dict[str, Value] | None


def encode_points(points: Any) -> list[Point] | None:
    """Return one entry a point, or None when `points` is no sequence; a point that is no mapping becomes None."""
    if isinstance(points, str | bytes | Mapping) or not hasattr(points, "__len__"):
        return None
    return [_encode_point(point) for point in points]


def _encode_point(point: Any) -> Point:
    if not isinstance(point, Mapping) or not all(isinstance(name, str) for name in point):
        return None
    return {str(name): _encode_value(value) for name, value in point.items()}


def _encode_value(value: Any) -> Value:
    """NumPy and PyTorch scalars become Python's; of what is no scalar only the name of its type crosses."""
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, int) and int(value).bit_length() > INT_BITS:
        return {"unconvertible": "int of too many digits"}
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return {"unconvertible": type(value).__name__[:100]}
