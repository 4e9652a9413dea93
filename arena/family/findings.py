"""What a check found out about a family: the cost of its problems, and why it is refused."""

from dataclasses import asdict, dataclass, field
from statistics import fmean
from typing import Any

from arena.words.text import clean_text

WHAT_CHARS = 4000


@dataclass(frozen=True)
class Refusal:
    """Why a family is refused: a code for programs, a text for people, and the problem and point that showed it."""

    code: str
    what: str
    problem: str | None = None
    point: dict[str, Any] | None = None

    @property
    def sentence(self) -> str:
        """Return all of it as text for a terminal."""
        where = f"{self.problem}: " if self.problem else ""
        point = f"\n  at the point {self.point}" if self.point is not None else ""
        return f"{where}{clean_text(self.what.strip(), WHAT_CHARS)}{point}"


@dataclass
class ProblemFigures:
    """What the evaluations of one problem took."""

    name: str
    parameters: int
    best: float | None = None
    seconds: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    memory_bytes: int = 0
    losses: list[list[float]] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        """Return the figures as `--json` prints them."""
        visible = [loss for loss, _ in self.losses]
        return {
            "problem": self.name,
            "parameters": self.parameters,
            "points": len(self.losses),
            "best": self.best,
            "evaluation_s": fmean(self.seconds) if self.seconds else None,
            "longest_evaluation_s": max(self.seconds, default=None),
            "evaluation_cpu_s": fmean(self.cpu_s) if self.cpu_s else None,
            "memory_bytes": self.memory_bytes,
            "lowest_loss": min(visible, default=None),
            "highest_loss": max(visible, default=None),
        }


@dataclass
class FamilyFindings:
    """All that a check found. A family without a refusal is accepted; `image` is what was tried, by its id."""

    image: str | None = None
    problems: list[ProblemFigures] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether competitions may use it."""
        return not self.refusals

    def body(self) -> dict[str, Any]:
        """Return the findings as `--json` prints them."""
        return {
            "accepted": self.accepted,
            "image": self.image,
            "problems": [each.body() for each in self.problems],
            "refusals": [{**asdict(each), "what": clean_text(each.what, WHAT_CHARS)} for each in self.refusals],
        }
