"""`arena final` and `arena report` against the real gateway."""

import json
import random
import signal
from pathlib import Path
from uuid import UUID

import pytest

from arena.failure import ExitCode
from arena.scoring import study_loss, submission_score
from services.dispatcher import tables as dispatcher_tables
from shared.database import Pool
from tests.support.command_line import Arena
from tests.support.gateway.finals import set_up
from tests.support.gateway.running import Gateway
from tests.support.oracles.stock_bayesmark import leaderboard_scores
from tests.support.waiting import wait_until

PHASES = ("--competition", "c", "--from", "feedback", "--phase", "final")
STUDIES = 3


async def run_studies(pool: Pool, submission: str) -> float:
    """Put results of every study of a submission into the tables, as the aggregator would; returns the score."""
    draw = random.Random(submission)  # noqa: S311
    await dispatcher_tables.expand_waiting(pool)
    scale = await pool.fetchrow(
        "select clip, best from baseline_boxes where test_case = 'lasso_diabetes_mse' and objective = '_visible_to_opt'"
    )
    assert scale is not None
    losses = []
    for shard in await pool.fetch("select * from shards where submission_id = $1", UUID(submission)):
        visible = [[draw.uniform(scale["best"], scale["clip"]) for _ in range(8)] for _ in range(16)]
        losses.append(study_loss(visible, scale["clip"], scale["best"]))
        await pool.execute(
            """
            insert into studies (
                submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
                suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors,
                observe_errors, loss, change
            ) values ($1, $2, $3, $4, 1, 'r', $5, $5, $5, $6, $6, 0, $7, false, 0, 0, $8, 1)
            """,
            *(shard["submission_id"], shard["box_id"], shard["first_study"], shard["id"]),
            *(visible, [0.1] * 16, [[{"alpha": 0.1, "normalize": 1.0}] * 8] * 16, losses[-1]),
        )
    score = submission_score([sum(losses) / len(losses)]).score
    await pool.execute(
        "update submissions set state = 'scored', verdict = 'scored', ended_at = now(), score = $2, "
        "studies_done = studies_total where id = $1",
        UUID(submission),
        score,
    )
    return score


async def test_a_final_from_its_start_to_its_report(gateway: Gateway, pool: Pool, tmp_path: Path) -> None:
    await set_up(gateway, pool)
    await pool.execute("update black_boxes set signature = '{0.1,0.2,0.3,0.4,0.5}'")
    arena = Arena(gateway.url, tmp_path)
    begin = ("final", *PHASES, "--top", "3", "--studies", str(STUDIES))

    started = await arena.json(*begin, "--no-watch")
    scores = {each["team"]: await run_studies(pool, each["submission_id"]) for each in started["finalists"]}
    ended = await arena.json(*begin)
    shown = await arena.json("final", "show", *PHASES)
    code, table, _ = await arena.run("final", "show", *PHASES)

    order = sorted(scores, key=lambda team: -scores[team])
    assert ended == shown
    assert [each["team"] for each in shown["finalists"]] == order
    assert [each["rank"] for each in shown["finalists"]] == [1, 2, 3]
    assert [each["score"] for each in shown["finalists"]] == pytest.approx([scores[team] for team in order])
    assert sum(each["p_best"] for each in shown["finalists"]) == pytest.approx(1)
    assert code == 0
    assert all(f"{scores[team]:.3f}" in table for team in order)

    (tmp_path / "out/data.partial/bayesmark").mkdir(parents=True)  # as an interrupted report leaves it
    (tmp_path / "out/data.partial/bayesmark/left").touch()
    written = await arena.json("report", "out/report.html", *PHASES, "--data", "out/data")

    assert (written["teams"], written["studies"], written["bayesmark_studies"]) == (3, 3 * STUDIES, 3 * STUDIES)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["data", "report.html"]
    assert "Final table" in (tmp_path / "out/report.html").read_text()
    rows = json.loads((tmp_path / "out/data/final.json").read_text())
    assert [(row["team"], row["score"]) for row in rows] == [
        (each["team"], pytest.approx(each["score"])) for each in shown["finalists"]
    ]
    stock = leaderboard_scores(tmp_path / "out/data/bayesmark")
    assert sorted(stock.values()) == pytest.approx(sorted(scores.values()))


async def test_a_final_with_names_and_without_from_its_start_to_what_names_were_worth(
    gateway: Gateway, pool: Pool, tmp_path: Path
) -> None:
    await set_up(gateway, pool, second_phase={})
    await pool.execute("update black_boxes set signature = '{0.1,0.2,0.3,0.4,0.5}'")
    arena = Arena(gateway.url, tmp_path)
    both = (*PHASES, "--second-phase", "blind")
    begin = ("final", *both, "--top", "3", "--studies", str(STUDIES))

    await arena.json(*begin, "--no-watch")
    shown = await arena.json("final", "show", *both)
    with_names, without = [
        {each["team"]: await run_studies(pool, each["submission_id"]) for each in finalists}
        for finalists in (shown["finalists"], shown["second"]["finalists"])
    ]
    ended = await arena.json(*begin)
    code, tables, _ = await arena.run("final", "show", *both)
    written = await arena.json("report", "report.html", *both, "--data", "data")

    second = [each["score"] for each in ended["second"]["finalists"]]
    assert second == pytest.approx(sorted(without.values(), reverse=True))
    assert (ended["parameter_names"], ended["second"]["parameter_names"]) == ("visible", "hidden")
    assert code == 0
    assert all(f"{score:.3f}" in tables for score in (*with_names.values(), *without.values()))
    rows = json.loads((tmp_path / "data/names.json").read_text())
    assert "names.csv" in written["files"]
    assert [row["team"] for row in rows] == sorted(with_names, key=lambda team: -with_names[team])
    assert [row["rank_with_names"] for row in rows] == [1, 2, 3]
    blind_order = sorted(without, key=lambda team: -without[team])
    assert [blind_order.index(row["team"]) + 1 for row in rows] == [row["rank_without_names"] for row in rows]
    for row in rows:
        assert row["worth"] == pytest.approx(with_names[row["team"]] - without[row["team"]])
        assert row["worth_low"] <= row["worth_high"]
    assert "What names were worth" in (tmp_path / "report.html").read_text()


async def test_an_interrupted_final_goes_on_when_it_is_run_again(gateway: Gateway, pool: Pool, tmp_path: Path) -> None:
    await set_up(gateway, pool)
    arena = Arena(gateway.url, tmp_path)
    begin = ("final", *PHASES, "--top", "2", "--studies", str(STUDIES))

    async def has_started() -> bool:
        return bool(await pool.fetchval("select count(*) = 2 from submissions where origin_id is not null"))

    process = await arena.start(*begin)
    await wait_until(has_started, what="the final has started")
    process.send_signal(signal.SIGINT)
    _, errors = await process.communicate()
    assert (process.returncode, errors.decode().splitlines()[-1][:16]) == (ExitCode.STOPPED, "arena: Stopped. ")

    again = await arena.json(*begin, "--no-watch")
    assert (again["new"], len(again["finalists"])) == ([], 2)


async def test_what_is_wrong_is_said_before_anything_is_written(gateway: Gateway, pool: Pool, tmp_path: Path) -> None:
    await set_up(gateway, pool)
    arena = Arena(gateway.url, tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/mine.txt").write_text("precious")

    assert "Expected --from, --phase" in (await arena.run("final", "--competition", "c"))[2]
    assert "new folder" in (await arena.run("report", "report.html", *PHASES, "--data", "data"))[2]
    assert "at least one finalist" in (await arena.run("report", "report.html", *PHASES))[2]
    assert not (tmp_path / "report.html").exists()
