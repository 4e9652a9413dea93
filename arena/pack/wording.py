"""What pip's failures mean: which requirement is at fault, and what to do."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from arena.pack.environment import Environment

ERROR_CHARS = 1500
LAST_LINES = 12
MISSING = re.compile(r"No matching distribution found for ([^\n]+)")
UNREACHABLE = re.compile(r"after connection broken by '?(.+?)'?: /")
CONFLICT = re.compile(r"The conflict is caused by:\n(.+?)(?=\n\s*\n|\Z)", re.DOTALL)
CLONE = re.compile(r"Running command git (?:clone|fetch)[^\n]*?((?:https?|ssh|git|file)://\S+)")
FATAL = re.compile(r"fatal: ([^\n]+)")
BUILT = re.compile(
    r"Failed to build '?([^\s']+)|Failed building wheel for (\S+)|╰─> See above for output|metadata-generation-failed"
)
AT_WORK = re.compile(r"(?:Building wheel for|Preparing metadata|Getting requirements to build wheel|Collecting) ?(\S*)")


def explain_failure(requirements: Path, output: str, environment: Environment) -> str:
    """Return what the failure of pip on this machine means."""
    if said := explain_index(requirements, output, environment):
        return said
    if missing := MISSING.search(output):
        return (
            f"{requirements}: expected a wheel of {missing[1].strip()} for {environment}, pip found none. "
            "Ask for a version that has one, build the wheel yourself and put it beside optimizer.py, or, if it is "
            "plain Python, copy its modules there."
        )
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    said = "\n".join(errors)[-ERROR_CHARS:] or "(pip says nothing)"
    return (
        f"{requirements}: expected pip to download the wheels, it failed:\n{said}\n"
        "Mend the requirement that it names, or put a wheel of it beside optimizer.py."
    )


def explain_index(requirements: Path, output: str, environment: Environment) -> str | None:
    """Return what it means when requirements contradict each other or the index does not answer; else None."""
    if conflict := CONFLICT.search(output):
        return explain_conflict(requirements, conflict[1].splitlines(), environment)
    if unreachable := UNREACHABLE.search(output):
        return (
            f"{requirements}: expected to reach the package index, pip could not: {unreachable[1]}. Mend the "
            "connection (PIP_INDEX_URL names another index, HTTPS_PROXY a proxy), and pack again."
        )
    return None


def explain_conflict(requirements: Path, lines: Sequence[str], environment: Environment) -> str:
    """Return what pip's lines about a conflict mean: what asks for which version, and what to do."""
    words = (
        (r"The user requested \(constraint\) ([\w.-]+).*", _say_image_has(environment)),
        (r"The user requested .*\(from \S*?([^/\s]+\.whl)\)", r"\1 is beside optimizer.py"),
        (r"The user requested ", f"{requirements.name} asks for "),
        (r"^(\S+) (\S+) depends on ", r"\1 \2 needs "),
    )
    said = []
    for line in lines:
        text = line.strip()
        for pattern, meaning in words:
            text = re.sub(pattern, meaning, text)
        said.append(f"    {text}")
    cure = "Ask for versions that go together."
    if any("the image has " in each for each in said):
        cure += " To bundle another version of one of the image's packages, name it with that version in "
        cure += f"{requirements.name}."
    shown = "\n".join(dict.fromkeys(said))[:ERROR_CHARS]
    return f"{requirements}: expected requirements that go together, got a conflict:\n{shown}\n{cure}"


def _say_image_has(environment: Environment) -> Callable[[re.Match[str]], str]:
    """Return what replaces a constraint, which is a stand-in for one of the environment's packages."""
    return lambda match: f"the image has {match[1]} {environment.packages.get(canonicalize_name(match[1]), '')}"


def explain_build(requirements: Path, output: str, environment: Environment) -> str:
    """Return what the failure of pip in the environment's image means, where it builds what has no wheel."""
    if said := explain_index(requirements, output, environment):
        return said
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    if (clone := CLONE.search(output)) and (fatal := FATAL.search(output, clone.end())):
        return (
            f"{requirements}: expected to fetch {clone[1]}, git could not: {fatal[1]}. Mend the address or the "
            "connection, and pack again. A repository that asks for a password is not fetched: clone it into a "
            "subfolder, and write ./SUBFOLDER instead."
        )
    if missing := MISSING.search(output):
        return (
            f"{requirements}: expected a wheel or a source of {missing[1].strip()} for {environment}, pip found none. "
            "Mend the name or the version, and pack again."
        )
    package = next((each for match in BUILT.findall(output) for each in match if each), _last_at_work(lines))
    last = "\n".join(f"    {line}" for line in _before_the_summary(lines)[-LAST_LINES:])
    return (
        f"{requirements}: expected {package} to be built in the image of the environment {environment.name}, it "
        f"failed. The last lines:\n{last}\nAsk for another version, or put a wheel of it beside optimizer.py."
    )


def _before_the_summary(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines before those in which pip says that whatever failed is not its fault."""
    ends = [number for number, line in enumerate(lines) if "[end of output]" in line]
    return lines[: ends[0]] if ends else lines


def _last_at_work(lines: Sequence[str]) -> str:
    found = [match[1] for line in lines if (match := AT_WORK.search(line)) and match[1]]
    return found[-1] if found else "a requirement"
