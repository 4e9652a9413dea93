"""What the optimizer used and did in one study."""

from dataclasses import dataclass, field

from arena.words.cut_off import TimeLimit


@dataclass
class StudyMetrics:
    """What the optimizer used and did in one study; seconds by a monotonic clock."""

    construct_time_s: float = 0
    suggest_time_s: list[float] = field(default_factory=list)
    observe_time_s: list[float] = field(default_factory=list)
    iteration_time_s: float = 0
    suggest_errors: int = 0
    observe_errors: int = 0
    cut_off_by: TimeLimit | None = None

    def add(self, did: str, spent_s: float) -> None:
        """Count the time of one request; loading is not the optimizer's own."""
        match did:
            case "construct":
                self.construct_time_s = spent_s
            case "suggest":
                self.suggest_time_s.append(spent_s)
                self.iteration_time_s = spent_s
            case "observe":
                self.observe_time_s.append(spent_s)
                self.iteration_time_s += spent_s

    @property
    def study_time_s(self) -> float:
        """All of the optimizer's own time so far."""
        return self.construct_time_s + sum(self.suggest_time_s) + sum(self.observe_time_s)
