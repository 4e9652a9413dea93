"""Writes a competition's TOML; plain values are written the same in JSON and TOML."""

import json
from typing import Any


def toml_text(document: dict[str, Any]) -> str:
    """Return plain values, tables and lists of tables as TOML."""
    plain = [f"{key} = {json.dumps(value)}" for key, value in document.items() if not _is_tables(value)]
    for key, value in document.items():
        if _is_tables(value):
            for table in value if isinstance(value, list) else [value]:
                plain.append(f"[[{key}]]" if isinstance(value, list) else f"[{key}]")
                plain += [f"{name} = {json.dumps(each)}" for name, each in table.items()]
    return "\n".join([*plain, ""])


def _is_tables(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))
