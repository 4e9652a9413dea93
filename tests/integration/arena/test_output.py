"""What the commands print, against the real gateway: lists that scripts can read, and secrets only on request."""

import json
import os
import pty
import signal
from pathlib import Path

import pytest

from arena.failure import ExitCode
from shared.database import Pool
from tests.support import csv_files
from tests.support.command_line import Arena, write_optimizer
from tests.support.gateway.competitions import BOXES, competition, phase
from tests.support.gateway.executions import PROVENANCE, finish, release
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit
from tests.support.seeding import seed_phase, seed_submission
from tests.support.toml_text import toml_text
from tests.support.waiting import limited

SEED = "a-very-secret-seed"


async def test_what_a_list_prints_can_be_given_to_the_next_command(gateway: Gateway, tmp_path: Path) -> None:
    arena = Arena(gateway.url, tmp_path)
    await gateway.apply(competition())
    await arena.json("team", "create", "a team", "--competition", "c")

    _, piped, _ = await arena.run("token", "list")
    headings, *rows = (line.split("\t") for line in piped.splitlines())
    (identity,) = [row[headings.index("id")] for row in rows if row[headings.index("of")] == "a team in c"]
    code, _, errors = await arena.run("token", "revoke", identity)

    assert code == 0, errors
    assert (await arena.json("token", "list"))["tokens"][-1]["revoked_at"] is not None


async def test_a_team_lists_its_own_submissions_and_an_organizer_everybodys(gateway: Gateway, tmp_path: Path) -> None:
    await gateway.apply(competition(phase(), phase("second", boxes=["box-01"])))
    organizer = Arena(gateway.url, tmp_path)
    where = ("--competition", "c")
    tokens = [(await organizer.json("team", "create", name, *where))["token"] for name in ("a", "b")]
    a, b = (Arena(gateway.url, tmp_path, token) for token in tokens)
    optimizer = write_optimizer(tmp_path)
    first = await a.json("submit", optimizer, *where, "--phase", "feedback")
    second = await a.json("submit", optimizer, *where, "--phase", "second")
    other = await b.json("submit", optimizer, *where, "--phase", "second")

    listed = {name: await each.json("submissions", *where) for name, each in (("a", a), ("organizer", organizer))}
    _, piped, _ = await a.run("submissions", *where, "--phase", "feedback")

    assert [each["id"] for each in listed["a"]["submissions"]] == [second["id"], first["id"]]
    assert [each["id"] for each in listed["organizer"]["submissions"]] == [other["id"], second["id"], first["id"]]
    assert [line.split("\t")[0] for line in piped.splitlines()] == ["submission", first["id"]]


async def test_anybody_lists_the_competitions_and_their_phases(gateway: Gateway, tmp_path: Path) -> None:
    closing = phase("feedback", closes_at="2100-01-01T00:00:00Z")
    await gateway.apply(competition(closing, phase("later", opens_at="2099-01-01T00:00:00Z")))
    anybody = Arena(gateway.url, tmp_path, token="")

    listed = await anybody.json("competitions")
    _, piped, errors = await anybody.run("competitions")

    assert [each["slug"] for each in listed["competitions"]] == ["c"], errors
    assert [line.split("\t") for line in piped.splitlines()[1:]] == [
        ["c", "C", "feedback", "open", "", "2100-01-01T00:00:00Z"],
        ["c", "C", "later", "closed", "2099-01-01T00:00:00Z", ""],
    ]


async def test_a_dry_run_says_so_and_what_it_would_do_and_seeds_are_shown_on_request_only(
    gateway: Gateway, tmp_path: Path
) -> None:
    arena = Arena(gateway.url, tmp_path)
    (tmp_path / "three.csv").write_bytes(csv_files.classification())
    own = {"label": "box-03", "model": "DT", "dataset": "clf-three", "metric": "acc"}
    data = [{"name": "clf-three", "file": "three.csv"}]
    file = tmp_path / "competition.toml"
    file.write_text(toml_text({"slug": "c", **competition(black_boxes=[*BOXES, own], datasets=data, seed=SEED)}))
    apply = ("competition", "apply", file)

    _, dry, _ = await arena.run(*apply, "--dry-run")
    assert "dry run, nothing is applied" in dry.splitlines()[0]
    assert "data set clf-three would be uploaded" in dry
    assert SEED not in dry + json.dumps(await arena.json(*apply, "--dry-run"))
    assert SEED in (await arena.run(*apply, "--dry-run", "--reveal"))[1]

    code, applied, errors = await arena.run(*apply)
    assert (code, SEED in applied + errors, "data set clf-three is uploaded" in applied) == (0, False, True)
    _, hidden, _ = await arena.run("competition", "show", "c")
    _, revealed, _ = await arena.run("competition", "show", "c", "--reveal")
    assert (SEED in hidden, f"seed\t{SEED}" in revealed.splitlines()) == (False, True)
    for command in (apply, ("competition", "show", "c")):
        assert SEED not in json.dumps(await arena.json(*command))
        assert SEED in json.dumps(await arena.json(*command, "--reveal"))

    submitted = (await submit(await gateway.team("a"))).raise_for_status().json()["id"]
    _, hidden, _ = await arena.run("provenance", submitted)
    _, revealed, _ = await arena.run("provenance", submitted, "--reveal")
    assert (SEED in hidden, SEED in revealed) == (False, True)
    assert SEED not in json.dumps(await arena.json("provenance", submitted))
    assert (await arena.json("provenance", submitted, "--reveal"))["competition_seed"] == SEED


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("competition", "test"),
        ("phase", "feedback"),
        ("team", "team"),
        ("box", "box-00, box-01"),
        ("runner", "runner"),
        ("outcome", "lease_expired"),
        ("verdict", "out_of_memory"),
    ],
)
async def test_executions_by_a_name_that_does_not_exist_are_refused_with_those_that_do(
    gateway: Gateway, pool: Pool, tmp_path: Path, name: str, known: str
) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=2, studies_per_box=1))
    done, _ = await release(pool)
    await finish(pool, *done)
    arena = Arena(gateway.url, tmp_path)

    code, output, errors = await arena.run("executions", f"--{name}", "nonsense")

    assert (code, output) == (ExitCode.FAILED, "")
    assert known in errors


async def test_executions_by_names_that_exist_may_be_none(gateway: Gateway, pool: Pool, tmp_path: Path) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))

    listed = await Arena(gateway.url, tmp_path).json("executions", "--team", "team", "--verdict", "out_of_memory")

    assert listed["executions"] == []


async def test_submissions_of_a_phase_that_does_not_exist_are_refused_with_those_that_do(
    gateway: Gateway, tmp_path: Path
) -> None:
    await gateway.apply(competition())

    code, output, errors = await Arena(gateway.url, tmp_path).run(
        "submissions", "--competition", "c", "--phase", "feedbak"
    )

    assert (code, output) == (ExitCode.FAILED, "")
    assert "feedback" in errors.replace("feedbak'", "")


async def test_ctrl_c_at_the_question_whether_to_apply_is_one_sentence_and_130_and_applies_nothing(
    gateway: Gateway, tmp_path: Path
) -> None:
    file = tmp_path / "competition.toml"
    file.write_text(toml_text({"slug": "c", **competition()}))
    typing, reading = pty.openpty()
    process = await Arena(gateway.url, tmp_path).start("competition", "apply", file, stdin=reading)
    assert process.stdout is not None
    async with limited():
        await process.stdout.readuntil(b"Apply? [y/N]:")
        process.send_signal(signal.SIGINT)
        _, errors = await process.communicate()
    for end in (typing, reading):
        os.close(end)

    assert process.returncode == ExitCode.STOPPED
    assert errors.decode().splitlines()[-1] == "arena: Stopped; nothing was applied."
    assert (await gateway.anyone.get("/api/v1/competitions/c")).status_code == 404


async def test_a_submission_is_sent_to_an_environment_and_every_command_names_it(
    gateway: Gateway, pool: Pool, tmp_path: Path
) -> None:
    two = phase(environments=["small", "modern"], n_calls=3, n_suggestions=2, studies_per_box=1)
    await gateway.apply(competition(two))
    token = (await gateway.team("a")).headers["Authorization"].removeprefix("Bearer ")
    team, organizer = Arena(gateway.url, tmp_path, token), Arena(gateway.url, tmp_path)
    mine = write_optimizer(tmp_path)

    code, _, errors = await team.run("submit", mine, "--competition", "c", "--environment", "classic")
    submission = (await team.json("submit", mine, "--competition", "c", "--environment", "modern"))["id"]
    for shard in await release(pool):
        await finish(pool, *shard)
    shown = {
        "status": await team.run("status", submission),
        "submissions": await team.run("submissions", "--competition", "c"),
        "provenance": await team.run("provenance", submission),
        "executions": await organizer.run("executions", "--competition", "c"),
        "competition": await organizer.run("competition", "show", "c"),
    }

    assert code == 1
    assert "does not allow this environment. Name one that it does with --environment: small, modern." in errors
    assert {name for name, (code, output, _) in shown.items() if code == 0 and "modern" in output} == shown.keys()
    with_digest = {name for name, (_, output, _) in shown.items() if PROVENANCE.optimizer_image in output}
    assert with_digest == {"status", "provenance", "executions"}
