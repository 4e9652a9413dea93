"""The script that puts the nine templates on one leaderboard."""

import re
from pathlib import Path

from arena.commands.participant.check import BOXES
from arena.commands.participant.new import LIBRARIES
from arena.competition.file import read_competition

FOLDER = Path(__file__).parents[3] / "examples" / "nine_optimizers"


def test_its_competition_has_the_black_boxes_of_a_check() -> None:
    found = read_competition(FOLDER / "competition.toml", {"neurips-2020"}).document
    boxes = [f"{each['model']}_{each['dataset']}_{each['metric']}" for each in found["black_boxes"]]
    assert boxes == BOXES.split(",")
    assert found["phases"][0]["boxes"] == [each["label"] for each in found["black_boxes"]]


def test_it_enters_each_library() -> None:
    (named,) = re.findall(r"^for library in (.+); do$", (FOLDER / "run.sh").read_text(), re.MULTILINE)
    assert sorted(named.split()) == LIBRARIES
