"""`arena baseline rows`, as far as it goes without a runner: what is asked for, kept, and shown."""

import signal
from pathlib import Path

from arena.failure import ExitCode
from shared.database import Pool
from tests.support.command_line import Arena
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import measure_studies
from tests.support.gateway.submitting import make_zip
from tests.support.waiting import limited, wait_until

FILE = """
slug = "c"
name = "C"
seed = "s"
[[black_boxes]]
label = "box-01"
model = "DT"
dataset = "iris"
metric = "nll"
[[black_boxes]]
label = "box-02"
model = "DT"
dataset = "wine"
metric = "nll"
[[phases]]
name = "feedback"
baseline = "official"
boxes = ["box-01", "box-02"]
studies_per_box = 2
[[phases]]
name = "final"
visibility = "organizer"
baseline = "official"
boxes = ["box-01", "box-02"]
studies_per_box = 2
[[boards]]
name = "early"
title = "After 4/16"
phase = "feedback"
after_iterations = 4
[[baseline_rows]]
name = "Random search"
built_in = "random"
[[baseline_rows]]
name = "Last year's winner"
zip = "winner.zip"
"""


async def asked(gateway: Gateway, pool: Pool, folder: Path, *options: str, unended: int) -> None:
    """Run the command until so many of its runs are under way, and press Ctrl-C."""
    process = await Arena(gateway.url, folder).start("baseline", "rows", "--competition", "c", "--json", *options)

    async def all_asked() -> bool:
        found: int = await pool.fetchval("select count(*) from submissions where ended_at is null")
        return found == unended

    await wait_until(all_asked, what="the command has its organizer runs")
    process.send_signal(signal.SIGINT)
    async with limited():
        _, errors = await process.communicate()
    assert (process.returncode, "Nothing is lost" in errors.decode()) == (ExitCode.STOPPED, True)


async def test_baseline_rows_run_once_in_the_phases_that_show_them_until_they_are_wanted_again(
    gateway: Gateway, pool: Pool, tmp_path: Path
) -> None:
    (tmp_path / "competition.toml").write_text(FILE)
    (tmp_path / "winner.zip").write_bytes(make_zip())
    arena = Arena(gateway.url, tmp_path)
    await arena.json("competition", "apply", "competition.toml", "--yes")

    file = ("--file", str(tmp_path / "competition.toml"))
    await asked(gateway, pool, tmp_path, *file, unended=4)
    runs = [str(row["id"]) for row in await pool.fetch("select id from submissions")]
    for run in runs:
        await measure_studies(pool, run, 1.0)
    again = await arena.json("baseline", "rows", "--competition", "c", *file)

    assert [(each["row"], each["phase"], each["studies"]) for each in again["rows"]] == [
        ("Random search", "feedback", 4),
        ("Last year's winner", "feedback", 4),
    ]
    shown = (await gateway.anyone.get("/api/v1/competitions/c/boards/early")).json()["rows"]
    assert [(row["team"], row["baseline"], row["rank"], row["studies_done"]) for row in shown] == [
        ("Last year's winner", True, None, 4),
        ("Random search", True, None, 4),
    ]
    _, table, _ = await arena.run("leaderboard", "--competition", "c", "--phase", "feedback")
    assert [[line.split("\t")[place] for place in (0, 2, 5, 6)] for line in table.splitlines()[1:]] == [
        ["-", "Last year's winner", "4/4", "baseline"],
        ["-", "Random search", "4/4", "baseline"],
    ]
    assert (await arena.run("baseline", "rows", "--competition", "c", *file, "--phase", "none"))[0] == ExitCode.FAILED
    await asked(gateway, pool, tmp_path, *file, "--rerun", unended=4)
    assert await pool.fetchval("select count(*) from submissions") == 8


async def test_a_zip_that_is_not_the_one_that_was_applied_is_refused_with_its_row(
    gateway: Gateway, tmp_path: Path
) -> None:
    (tmp_path / "competition.toml").write_text(FILE)
    (tmp_path / "winner.zip").write_bytes(make_zip())
    arena = Arena(gateway.url, tmp_path)
    await arena.json("competition", "apply", "competition.toml", "--yes")
    (tmp_path / "winner.zip").write_bytes(make_zip(b"# another"))

    code, _, errors = await arena.run(
        "baseline", "rows", "--competition", "c", "--file", str(tmp_path / "competition.toml")
    )

    assert code != 0
    assert "got none for Last year's winner" in errors
