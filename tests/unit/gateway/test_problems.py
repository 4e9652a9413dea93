"""Each code of a problem is one that the gateway answers with."""

import re
from pathlib import Path

from arena.words.problems import ProblemCode

SERVICES = Path(__file__).parents[3] / "services"


def test_the_gateway_answers_with_every_code_that_there_is() -> None:
    code = "".join(path.read_text() for path in SERVICES.rglob("*.py"))
    assert set(re.findall(r"ProblemCode\.([A-Z_]+)", code)) == set(ProblemCode.__members__)
