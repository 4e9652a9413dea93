"""Says why a wheel or sources do not install: what was needed, and the line that asked for it."""

import re
from collections.abc import Sequence
from pathlib import Path

FRAME = re.compile(r'File "([^"\n]+)", line (\d+)')
ERROR = re.compile(r"^\s*((?:[\w.]*(?:Error|Exception|Exit|Unavailable)\b|error:|ERROR:|fatal:).*)$", re.MULTILINE)
OF_THE_BUILD = re.compile(r"\[\d+ lines of output\]\n(.*?)\n\s*\[end of output\]", re.DOTALL)
"""Around this, pip says in many words that it failed."""
NETWORK = re.compile(r"name resolution|Network is unreachable|Could not resolve host|No matching distribution found")
PROGRAM = re.compile(r"command '([^']+)' failed: No such file|(?:unable to execute|directory:) '([\w+-]+)'")
MODULE = re.compile(r"No module named '([\w.]+)'|Cannot import '([\w.]+)'")
VERSION = re.compile(r"^Version: (\S+)", re.MULTILINE)
REQUIRES = re.compile(r"^\s*requires\s*=\s*(\[[^\]]*\])", re.MULTILINE)
TAGS = re.compile(r"([^-]+-[^-]+-[^-]+)\.whl$")
UNKNOWN_VERSION = "0.0.0"
LINE_CHARS = 300
CURE = "Bring a wheel in its place; 'arena pack' makes one."


def explain_tags(wheel: str, fitting: Sequence[str]) -> str:
    """Return why a wheel does not fit: its own tags, and of those that fit (most specific first) the main ones."""
    found = TAGS.search(wheel)
    stable = next((tag for tag in fitting if "-abi3-" in tag), "")
    shown = [f"{tag} or an older {tag.rpartition('-')[2].partition('_')[0]}" for tag in fitting[:1]]
    shown += [tag for tag in (stable, "py3-none-any") if tag in fitting]
    return (
        f"{wheel}: expected a wheel for this environment's Python and machine, got one with the tags "
        f"{found[1] if found else 'that its name lacks'}. Those that fit: {', '.join(shown)}. Bring such a wheel, or "
        "none if the environment has the package."
    )


def explain_build(archive: str, output: str, source: Path) -> str:
    """Return why the sources in a folder were not built, of which the tools wrote `output`."""
    said = (OF_THE_BUILD.findall(output) or [output])[-1].strip()
    reason = (ERROR.findall(said) or [said])[-1][-LINE_CHARS:]
    return (
        f"{archive}: expected sources that setuptools can build here, it failed{_find_line(output, source)}: {reason}\n"
        f"{_find_need(output)}{CURE}"
    )


def _find_need(output: str) -> str:
    if NETWORK.search(output):
        return "It wants the network, and a sandbox has none. "
    if programs := PROGRAM.findall(output):
        return f"It needs {Path(''.join(programs[-1])).name}, which this environment does not have. "
    if modules := MODULE.findall(output):
        return f"To be built it needs {''.join(modules[-1])}, which this environment does not have. "
    return ""


def _find_line(output: str, source: Path) -> str:
    """Return the last line of the sources that a traceback names, with its text; empty if there is none."""
    for file, number in reversed(FRAME.findall(output)):
        # setuptools runs setup.py from a string, of whose lines a traceback knows the numbers only.
        path = source / ("setup.py" if file == "<string>" else file)
        if path.is_relative_to(source) and path.is_file():
            text = path.read_text(errors="replace").splitlines()[int(number) - 1 : int(number)]
            shown = "".join(text).strip()[:LINE_CHARS]
            return f" in {path.relative_to(source)}, line {number}, `{shown}`"
    return ""


def explain_version(archive: str, wheel: str, source: Path) -> str | None:
    """Return why a wheel that was built is not the one that its sources speak of; None if it is.

    Without the plugin that finds a version (and often the files), setuptools builds a wheel of version 0.0.0.
    """
    stated = source / "PKG-INFO"
    found = VERSION.search(stated.read_text(errors="replace")) if stated.is_file() else None
    if found is None or found[1] == UNKNOWN_VERSION or f"-{UNKNOWN_VERSION}-" not in wheel:
        return None
    project = source / "pyproject.toml"
    required = REQUIRES.search(project.read_text(errors="replace")) if project.is_file() else None
    names = f" of {' '.join(required[1].split())}" if required else ""
    return (
        f"{archive}: expected version {found[1]}, setuptools built {UNKNOWN_VERSION}: it needs a plugin{names} that "
        f"this environment does not have. {CURE}"
    )
