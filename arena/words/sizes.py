"""Sizes as every message, page and command words them: exactly, and in one kind of unit."""

UNITS = (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024))


def size_text(size_bytes: int) -> str:
    """Return a size in the largest unit that gives a whole number."""
    for unit, factor in UNITS:
        if size_bytes >= factor and size_bytes % factor == 0:
            return f"{size_bytes // factor:,} {unit}"
    return f"{size_bytes:,} bytes"
