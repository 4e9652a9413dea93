"""The constructor's keywords from a config.json beside optimizer.py, in the form that `bayesmark-launch` reads."""

import json
from pathlib import Path, PurePosixPath
from typing import Any

CONFIG = "config.json"


class BadConfig(Exception):
    """The config.json cannot be read; the message says what was expected and what came."""


def read_keywords(folder: Path) -> dict[str, Any]:
    """Return the keywords that config.json has for optimizer.py: `{"name": ["optimizer.py", {keyword: value}]}`.

    A file of another form is the team's own, and there are none. Raises `BadConfig` where there are several.
    """
    path = folder / CONFIG
    if not path.is_file():
        return {}
    try:
        settings = json.loads(path.read_bytes())
    except ValueError as error:
        raise BadConfig(
            f'{CONFIG}: expected JSON such as {{"name": ["optimizer.py", {{}}]}}, got what is none: {error}. Correct '
            "it, or give a file for another purpose another name."
        ) from error
    if not isinstance(settings, dict) or not all(map(_is_stock_s, settings.values())):
        return {}
    own = {name: keywords for name, (file, keywords) in settings.items() if PurePosixPath(file).name == "optimizer.py"}
    if len(own) > 1:
        raise BadConfig(f"{CONFIG}: expected one entry for optimizer.py, got {', '.join(own)}; leave one.")
    return next(iter(own.values()), {})


def _is_stock_s(entry: Any) -> bool:
    return isinstance(entry, list) and list(map(type, entry)) == [str, dict]
