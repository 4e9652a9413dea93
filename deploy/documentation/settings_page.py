"""The page of settings, from .env.example."""

import re

INTRODUCTION = """# Settings

Settings are environment variables. Each service reads those of its own. Units are in the names: `_s` is seconds.
On one machine, Compose passes on those that `deploy/compose/stack.yaml` names, such as `ARENA_SLOTS=4 make up`; a line
`ARENA_SLOTS=4` in `.arena/secrets.env` holds for every `make up`. This page is generated from `.env.example`.
"""
SETTING = re.compile(r"#? ?(ARENA_[A-Z0-9_]+)=(.*)")
HEADER = ["", "| setting | default | meaning |", "|---|---|---|"]


def write_settings_page(example: str) -> str:
    """Return the page as Markdown: a table for each paragraph of the example that begins with a heading."""
    lines = [INTRODUCTION]
    for paragraph in example.split("\n\n"):
        heading, *rest = paragraph.strip().splitlines()
        if SETTING.fullmatch(heading) or not any(SETTING.fullmatch(line) for line in rest):
            continue
        lines += ["", f"## {heading.lstrip('# ').rstrip('.')}", *HEADER]
        meaning: list[str] = []
        for line in rest:
            if match := SETTING.fullmatch(line):
                name, value = match.groups()
                default = f"`{value}`" if value else "none"
                lines.append(f"| `{name}` | {default} | {' '.join(meaning).replace('|', '&#124;')} |")
                meaning = []
            else:
                meaning.append(line.removeprefix("#").strip())
    return "\n".join(lines) + "\n"
