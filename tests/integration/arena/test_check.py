"""What a participant does on a machine of its own: new, check, pack, on the real engine."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from aiodocker import Docker

from arena.check.studies import INSTALLATION, read_settings
from tests.support.sandbox.engine_watch import Watch
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.stack import ROOT
from tests.support.waiting import limited, wait_until

QUICK = ("--boxes", "lasso_diabetes_mse", "--n-calls", "4")


async def start(*arguments: str | Path, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "arena", *map(str, arguments)),
        env={**os.environ, **environment},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def arena(*arguments: str | Path, **environment: str) -> tuple[int, str, str]:
    process = await start(*arguments, **environment)
    async with limited():
        output, errors = await process.communicate()
    return process.returncode or 0, output.decode(), errors.decode()


async def check(path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    code, output, errors = await arena("check", path, *QUICK, *options, "--json")
    assert output, errors
    body: dict[str, Any] = json.loads(output)
    return code, body


def write_zip(folder: Path, **code: str) -> Path:
    path = folder / "optimizer.zip"
    path.write_bytes(make_optimizer(**code))
    return path


async def test_a_check_with_hidden_names_shows_the_optimizer_no_real_one(tmp_path: Path) -> None:
    zip_path = write_zip(tmp_path, suggest="print(list(self.api_config), list(points[0]))")

    code, body = await check(zip_path, "--hidden-names", "--twice")

    assert (code, body["verdict"], body["parameter_names"]) == (0, "scored", "hidden")
    assert body["deterministic"]
    names = ["x0", "x1", "x2", "x3", "x4", "x5"]
    assert body["studies"][0]["log"] == f"{names} {names}\n" * 4


async def test_a_suggestion_out_of_range_is_told_under_its_hidden_name(tmp_path: Path) -> None:
    code, body = await check(write_zip(tmp_path, suggest="points[0]['x4'] = 'far away'"), "--hidden-names")

    assert (code, body["verdict"]) == (1, "out_of_range")
    assert "x4 = 'far away': expected a number from 0.01 to 100.0" in body["fatal"]["detail"]
    assert not any(name in body["fatal"]["detail"] for name in ("alpha", "max_iter", "tol", "normalize"))


async def test_a_new_optimizer_passes_its_check_with_a_score_and_runs_the_same_again(tmp_path: Path) -> None:
    code, _, errors = await arena("new", tmp_path / "mine")
    assert code == 0, errors

    code, body = await check(tmp_path / "mine", "--twice")

    assert (code, body["scored"], body["verdict"], body["warnings"]) == (0, True, "scored", [])
    (study,) = body["studies"]
    assert (study["suggest_errors"], study["observe_errors"], study["timed_out"]) == (0, 0, False)
    assert body["score"] == study["score"] > 0
    assert 0 < study["worst_iteration_s"] < study["study_time_s"]
    assert body["deterministic"] is True
    assert sorted(body["images"]) == ["arena-blackbox:local", "small"]


async def test_new_refuses_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")

    code, _, errors = await arena("new", tmp_path)

    assert code == 1
    assert "Expected a new or empty folder" in errors
    assert os.listdir(tmp_path) == ["kept"]  # noqa: PTH208 - not async, and it need not be


@pytest.mark.parametrize(
    ("code", "verdict", "stage", "iteration"),
    [
        ({"construct": "raise ValueError('no such luck')"}, "constructor_raised", "construct", 0),
        ({"suggest": "if self.calls == 2: points[0]['alpha'] = 1e9"}, "out_of_range", "suggest", 2),
    ],
)
async def test_a_fatal_error_is_the_platforms_verdict_with_its_place(
    tmp_path: Path, code: dict[str, str], verdict: str, stage: str, iteration: int
) -> None:
    exit_code, body = await check(write_zip(tmp_path, **code))

    assert (exit_code, body["scored"], body["verdict"]) == (1, False, verdict)
    assert (body["fatal"]["stage"], body["fatal"]["iteration"]) == (stage, iteration)
    assert body["fatal"]["box"] == "lasso_diabetes_mse"


async def test_people_see_verdict_sentence_and_the_whole_traceback(tmp_path: Path) -> None:
    deep = "def fall(n):\n    if n: fall(n - 1)\n    raise ValueError('no such luck')"

    code, output, _ = await arena("check", write_zip(tmp_path, module=deep, construct="fall(2)"), *QUICK)

    assert code == 1
    assert "Traceback (most recent call last)" in output
    assert output.count("in fall") == 3
    assert "ValueError: no such luck" in output
    assert "in construct, iteration 0" in output
    assert "verdict constructor_raised: The optimizer's constructor raised an exception." in " ".join(output.split())


async def test_a_slow_optimizer_is_scored_and_flagged(tmp_path: Path) -> None:
    code, body = await check(
        write_zip(tmp_path, suggest="if self.calls == 2: time.sleep(600)"), "--limit", "iteration_timeout_s=5"
    )

    assert (code, body["verdict"], body["limits"]["iteration_timeout_s"]) == (0, "scored", 5)
    assert (body["studies"][0]["timed_out"], body["studies"][0]["cut_off_by"]) == (True, "iteration")
    assert body["studies"][0]["worst_iteration"] == 2
    assert 5 <= body["studies"][0]["worst_iteration_s"] < 600


async def test_errors_are_counted_chance_is_noticed_and_logs_are_written(tmp_path: Path) -> None:
    optimizer = write_zip(
        tmp_path,
        construct="np.random.seed(int.from_bytes(os.urandom(4), 'big')); print('\\x1b[31mhello')",
        suggest="if self.calls == 2: raise KeyError('in suggest')",
        observe="raise KeyError('in observe')",
    )

    code, body = await check(optimizer, "--twice", "--logs", str(tmp_path / "logs"))

    (study,) = body["studies"]
    assert (code, study["suggest_errors"], study["observe_errors"]) == (0, 1, 4)
    assert (body["deterministic"], study["same_again"]) == (False, False)
    log = (tmp_path / "logs" / "lasso_diabetes_mse-0.log").read_text()
    assert log == study["log"]
    assert log.startswith("hello\n")
    assert "KeyError: 'in suggest'" in log


async def test_a_zip_that_the_intake_refuses_runs_nowhere(tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"no zip")

    code, body = await check(tmp_path / "bad.zip")

    assert (code, body["scored"], body["verdict"], body["studies"]) == (1, False, None, [])
    assert "not a zip" in body["refused"]


async def test_wheels_that_the_image_lacks_are_packed_and_imported(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "requirements.txt").write_text("toolz==0.12.1\nnumpy>=1.20\nbayesmark\n")
    (folder / "optimizer.py").write_text(
        textwrap.dedent("""
            import toolz
            from bayesmark.abstract_optimizer import AbstractOptimizer
            from bayesmark.random_search import suggest_dict

            class Optimizer(AbstractOptimizer):
                def suggest(self, n_suggestions=1):
                    print(toolz.__version__, toolz.__file__)
                    return suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)

                def observe(self, X, y):
                    pass
        """)
    )
    packs = [await arena("pack", folder, "-o", tmp_path / f"{n}.zip", "--json") for n in range(2)]
    wheel = "toolz-0.12.1-py3-none-any.whl"

    assert [code for code, _, _ in packs] == [0, 0], packs
    assert json.loads(packs[0][1])["wheels"] == [wheel]
    assert sorted(json.loads(packs[0][1])["files"]) == ["install_order.txt", "optimizer.py", "requirements.txt", wheel]
    assert (tmp_path / "0.zip").read_bytes() == (tmp_path / "1.zip").read_bytes()

    code, body = await check(tmp_path / "0.zip")
    assert (code, body["verdict"]) == (0, "scored")
    assert "0.12.1 /submission/packages/lib/python3.11/site-packages/toolz/" in body["studies"][0]["log"]


async def test_what_cannot_be_bundled_is_named(tmp_path: Path) -> None:
    (tmp_path / "optimizer.py").write_text("")
    (tmp_path / "requirements.txt").write_text("scikit-learn>=1.8")

    code, _, errors = await arena("pack", tmp_path, "-o", tmp_path / "a.zip")

    assert (code, (tmp_path / "a.zip").exists()) == (1, False)
    assert "needs numpy>=1.24.1" in errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_check_that_is_stopped_leaves_no_container(tmp_path: Path, number: signal.Signals) -> None:
    watch_name = f"check-{socket.gethostname()}-{INSTALLATION}"
    optimizer = write_zip(tmp_path, suggest="print('asleep', flush=True); time.sleep(600)")
    process = await start("check", optimizer, *QUICK, "--json")
    async with Docker(url=read_settings({}).engine_url) as docker:
        watch = Watch(docker, watch_name)

        async def running() -> bool:
            return len(await watch.find("optimizer")) == 2  # the study's, and the next one being prepared

        await wait_until(running)
        process.send_signal(number)
        async with limited():
            _, errors = await process.communicate()

        assert (process.returncode, "Stopped early" in errors.decode()) == (130, True)
        assert await watch.find() == set()


@pytest.mark.parametrize("named_by", ["the option", "arena.toml"])
async def test_an_environment_that_the_engine_lacks_is_named_with_those_it_has(tmp_path: Path, named_by: str) -> None:
    (tmp_path / "optimizer.py").write_text("")
    (tmp_path / "arena.toml").write_text('environment = "nowhere"\n' if named_by == "arena.toml" else "")
    options = ("--environment", "nowhere") if named_by == "the option" else ()

    code, _, errors = await arena("check", tmp_path, *options)

    assert code == 1
    assert re.search(r"Expected an image of the environment nowhere on the engine, which has .*small \(sha256:", errors)


async def test_without_the_images_it_says_how_to_make_them(tmp_path: Path) -> None:
    code, _, errors = await arena("check", write_zip(tmp_path), ARENA_BLACKBOX_IMAGE="arena-nowhere:local")
    assert code == 1
    assert "found none; make it with 'arena images build'" in errors


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--boxes", "DT_mars_acc"), "got DT_mars_acc."),
        (("--limit", "patience=3"), "patience"),
        (("--limit", "iteration_timeout_s=-1"), "greater than 0"),
        (("--environment", "Not a name"), "expected NAME or NAME@sha256"),
    ],
)
async def test_options_that_mean_nothing_are_refused(tmp_path: Path, options: tuple[str, str], reason: str) -> None:
    code, _, errors = await arena("check", write_zip(tmp_path), *options)
    assert code == 1
    assert reason in errors
