"""Whether the platform would take a zip."""

from arena.rules.zip_validation import InvalidZip, ZipLimits, check_zip


def find_refusal(content: bytes) -> str | None:
    """Return why a platform with the usual limits would not take a zip; None if it would."""
    try:
        check_zip(content, ZipLimits())
    except InvalidZip as invalid:
        return str(invalid)
    return None
