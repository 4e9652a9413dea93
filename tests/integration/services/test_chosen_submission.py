"""A phase in which teams select what counts, from the competition's file to the final, by the commands."""

from pathlib import Path

from shared.blobs import Blobs
from shared.broker.connection import Broker
from tests.support.command_line import Arena, write_optimizer
from tests.support.gateway.competitions import NLL_BOXES, competition, phase
from tests.support.gateway.running import Gateway
from tests.support.service_settings import PlatformSettings
from tests.support.services.fake_slots import StatedLossSlot
from tests.support.services.pipeline import scoring
from tests.support.toml_text import toml_text

FEEDBACK = ("--competition", "c", "--phase", "feedback")
FINAL = ("--competition", "c", "--from", "feedback", "--phase", "final")


def write_file(folder: Path, **changes: str) -> Path:
    """Write a competition file with a feedback phase in which teams choose, and a final."""
    file = folder / "competition.toml"
    phases = [
        phase(boxes=["box-01"], counting="chosen", **changes),
        phase("final", boxes=["box-02"], visibility="organizer"),
    ]
    file.write_text(toml_text({"slug": "c", **competition(*phases, black_boxes=NLL_BOXES)}))
    return file


async def test_what_a_team_chooses_counts_on_the_leaderboard_in_an_export_and_in_the_final(
    gateway: Gateway, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs, tmp_path: Path
) -> None:
    organizer = Arena(gateway.url, tmp_path)
    await organizer.json("competition", "apply", write_file(tmp_path))
    team = Arena(gateway.url, tmp_path, (await organizer.json("team", "create", "ada", "--competition", "c"))["token"])

    async def leader() -> str:
        (row,) = (await organizer.json("leaderboard", *FEEDBACK))["rows"]
        return str(row["submission_id"])

    async with scoring(settings, runner_broker, blobs, StatedLossSlot()):
        good, careful = [
            (await team.json("submit", write_optimizer(tmp_path, name, f"LOSS = {loss}"), *FEEDBACK, "--watch"))["id"]
            for name, loss in (("good", 0.3), ("careful", 0.5))
        ]
        assert await leader() == good, "without a choice, the best counts"

        code, said, _ = await team.run("choose", careful)
        assert (code, "chosen to count" in " ".join(said.split())) == (0, True)
        assert await leader() == careful
        verified = await organizer.json("export", *FEEDBACK, tmp_path / "results", "--verify")
        assert [each["submission_id"] for each in verified["scores"]] == [careful]

        await organizer.json("competition", "apply", write_file(tmp_path, closes_at="2026-01-01T00:00:00Z"))
        code, _, refused = await team.run("choose", good)
        assert (code, "feedback is closed since 2026-01-01T00:00:00Z" in refused) == (1, True)

        started = await organizer.json("final", *FINAL, "--top", "1", "--studies", "2")
        assert [each["origin_id"] for each in started["finalists"]] == [careful]
        assert started["ended"]


async def test_where_the_best_counts_choosing_is_refused_with_the_reason(
    gateway: Gateway, settings: PlatformSettings, runner_broker: Broker, blobs: Blobs, tmp_path: Path
) -> None:
    await gateway.apply(competition(black_boxes=NLL_BOXES))
    organizer = Arena(gateway.url, tmp_path)
    team = Arena(gateway.url, tmp_path, (await organizer.json("team", "create", "ada", "--competition", "c"))["token"])
    async with scoring(settings, runner_broker, blobs, StatedLossSlot()):
        optimizer = write_optimizer(tmp_path, "good", "LOSS = 0.3")
        scored = (await team.json("submit", optimizer, *FEEDBACK, "--watch"))["id"]

    code, _, refused = await team.run("choose", scored)

    assert code == 1
    assert "each team's best submission counts" in refused
