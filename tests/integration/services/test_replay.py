"""A small replay of 2020, whose large ones take an hour."""

from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.replay.plan.size import ReplaySize
from benchmarks.replay.report import write_report
from benchmarks.replay.run import Replay
from benchmarks.replay.stack.stores import Stores
from tests.support.backends import PASSWORD

SMALL = ReplaySize(
    teams=4,
    submissions=12,
    days=1,
    boxes=3,
    studies=4,
    studies_per_shard=2,
    runners=6,
    finalists=2,
    final_studies=3,
)


class _SamePassword(dict[str, str]):
    def __missing__(self, user: str) -> str:
        return PASSWORD


async def test_a_small_replay_scores_every_submission_once(database_url: str, broker_url: str, tmp_path: Path) -> None:
    database, broker = urlsplit(database_url), urlsplit(broker_url)
    stores = Stores(
        postgres=f"{database.hostname}:{database.port}{database.path}",
        rabbitmq=f"{broker.hostname}:{broker.port}{broker.path}",
        database_passwords=_SamePassword(),
        broker_passwords=_SamePassword(),
        containers={},
    )

    found = await Replay(SMALL, stores, tmp_path).run(minutes=None)

    assert write_report(found, tmp_path / "report")
    assert found.feedback is not None
    assert found.final is not None
    assert (found.feedback.submissions, found.feedback.studies, found.feedback.executions) == (12, 144, 72)
    assert (found.final.submissions, found.final.studies, found.final.executions) == (2, 18, 18)
    assert found.feedback.sampled == 12
    assert found.changes > 0
    assert (found.times[:, 1] <= found.times[:, 2] + 1e-9).all()
    assert "Time of a submission" in (tmp_path / "report" / "replay.md").read_text()
