"""`arena.toml` of a zip, in which its author says in which environment it runs."""

import io
import tomllib
import zipfile
from typing import BinaryIO

from arena.rules.zip_validation import InvalidZip
from arena.words.text import clean_line

ARENA_TOML = "arena.toml"
ARENA_TOML_LIMIT_BYTES = 4096
EXPECTED = 'Expected arena.toml to hold nothing but one line such as environment = "modern"'
CHARS_SHOWN = 100


def read_environment(content: bytes | BinaryIO) -> str | None:
    """Return the environment that a zip names, as it is written; None if it names none.

    The zip has passed zip validation. Raises InvalidZip if its arena.toml says anything else.
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    with zipfile.ZipFile(file) as archive:
        if ARENA_TOML not in archive.namelist():
            return None
        with archive.open(ARENA_TOML) as member:
            return parse_environment(member.read(ARENA_TOML_LIMIT_BYTES + 1))


def parse_environment(text: bytes) -> str | None:
    """Return the environment that the text of an arena.toml names; None if it names none. Raises InvalidZip."""
    if len(text) > ARENA_TOML_LIMIT_BYTES:
        raise InvalidZip(f"{EXPECTED}, got more than {ARENA_TOML_LIMIT_BYTES:,} bytes.")
    try:
        stated = tomllib.loads(text.decode())
    except RecursionError as error:  # thousands of brackets
        raise InvalidZip(f"{EXPECTED}, got deeply nested lists.") from error
    except ValueError as error:  # no UTF-8, or no TOML
        raise InvalidZip(f"{EXPECTED}, got what is not TOML: {clean_line(str(error), CHARS_SHOWN)}.") from error
    if unknown := sorted(stated.keys() - {"environment"}):
        raise InvalidZip(f"{EXPECTED}, got the key {clean_line(unknown[0], CHARS_SHOWN)!r}; remove it.")
    environment = stated.get("environment")
    if environment is not None and not isinstance(environment, str):
        raise InvalidZip(
            f"{EXPECTED}, got environment = {clean_line(repr(environment), CHARS_SHOWN)}; put it in quotes."
        )
    return environment
