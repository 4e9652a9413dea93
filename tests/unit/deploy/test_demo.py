"""What the demo says at its end."""

import re
from pathlib import Path

from arena.commands.app import app
from deploy.demo import next_steps

ROOT = Path(__file__).parents[3]


def test_the_demo_ends_with_three_lines_that_name_what_is_there() -> None:
    lines = next_steps("http://127.0.0.1:8080", "demo")
    text = "\n".join(lines)

    assert len(lines) == 3
    assert "http://127.0.0.1:8080/c/demo" in lines[0]
    assert set(re.findall(r"bin/arena (\w+)", text)) <= app.commands.keys()
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"make (\w+)", text)
    assert named
    assert set(named) <= verbs
    (heading,) = re.findall(r"in '(.+)'", text)
    assert f"## {heading}\n" in (ROOT / "README.md").read_text()
