"""Stands for `arena` in a walk: runs it as it was typed, and notes what it was asked and what it wrote into a pipe.

What is shown on a terminal and changes nothing is asked twice more: through a pipe, and as JSON. This runs as a program
of its own, away from the source tree.
"""

import json
import subprocess
import sys
from pathlib import Path

JSON = "--json"
CHANGES_NOTHING = {
    *("check", "competitions", "executions", "leaderboard", "logs", "pack", "platforms", "provenance"),
    *("status", "submissions", "watch"),
    *("baseline check", "baseline graph", "baseline list", "competition show", "final show", "rescore show"),
    *("team list", "token list"),
}
AGAIN_FOR_NOTHING = {"baseline build", "estimate", "final"}
"""What is there already is not made again."""


def main(arena: str, notes: str, *arguments: str) -> int:
    """Run the command, note it, and return its exit code."""
    if not sys.stdout.isatty():
        done = subprocess.run([arena, *arguments], stdout=subprocess.PIPE, check=False)
        sys.stdout.buffer.write(done.stdout)
        note(Path(notes), arguments, done.returncode, done.stdout)
        return done.returncode
    code = subprocess.run([arena, *arguments], check=False).returncode
    note(Path(notes), arguments, code, None)
    if JSON not in arguments and is_repeatable(arguments):
        for more in ((), (JSON,)):
            again = subprocess.run([arena, *arguments, *more], capture_output=True, check=False)
            note(Path(notes), (*arguments, *more), again.returncode, again.stdout)
    return code


def is_repeatable(arguments: tuple[str, ...]) -> bool:
    """Whether asking again has no effect."""
    words = {arguments[0], " ".join(arguments[:2])}
    return "--dry-run" in arguments or bool(words & (CHANGES_NOTHING | AGAIN_FOR_NOTHING))


def note(notes: Path, arguments: tuple[str, ...], code: int, piped: bytes | None) -> None:
    """Write down a command that has ended."""
    text = None if piped is None else piped.decode()
    with notes.open("a") as file:
        file.write(json.dumps({"arguments": arguments, "code": code, "piped": text}) + "\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
