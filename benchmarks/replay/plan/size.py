"""How much is replayed: by default what 2020 had."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReplaySize:
    """The work of a replay. A submission has `boxes * studies / studies_per_shard` shards."""

    teams: int = 70
    submissions: int = 3608
    days: float = 120.0
    boxes: int = 30
    studies: int = 10
    studies_per_shard: int = 10
    runners: int = 300
    finalists: int = 20
    final_studies: int = 100

    @property
    def shards(self) -> int:
        """How many shards a submission has."""
        return self.boxes * -(-self.studies // self.studies_per_shard)

    @property
    def executions(self) -> int:
        """How many executions there are if each shard needs one."""
        return self.submissions * self.shards

    @property
    def results(self) -> int:
        """How many studies there are."""
        return self.submissions * self.boxes * self.studies


def tenfold(size: ReplaySize, times: int) -> ReplaySize:
    """Return so many times the submissions, with studies and shards cut so that there are as many results."""
    if times == 1:
        return size
    studies = max(1, size.studies // times)
    return ReplaySize(
        teams=size.teams,
        submissions=size.submissions * times,
        days=size.days,
        boxes=size.boxes,
        studies=studies,
        studies_per_shard=1,
        runners=size.runners,
        finalists=size.finalists,
        final_studies=size.final_studies,
    )
