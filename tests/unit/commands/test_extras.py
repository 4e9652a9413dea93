"""What needs no extra runs without any, and what needs one says so."""

import subprocess
import sys

import pytest

from arena.commands.extras import CHECK, REPORT, explain_missing, needs_extra
from arena.failure import Failure

ONLY_IN_EXTRAS = (
    *(
        "bayesmark",
        "numpy",
        "scipy",
        "pandas",
        "xarray",
        "sklearn",
        "plotly",
        "scikit_posthocs",
        "jinja2",
        "matplotlib",
    ),
    *("aiodocker", "aiohttp", "structlog", "prometheus_client", "pydantic_settings"),
    *("shared", "services"),
)
WITHOUT_EXTRAS = f"""
import sys

class NoExtras:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {ONLY_IN_EXTRAS!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, NoExtras())
"""
LOAD_ALL = """
from arena.commands.app import app
from arena.commands.lazy_group import LazyGroup

def load(group):
    for each in group.listed.values():
        command = each.load()
        print(each.name)
        if isinstance(command, LazyGroup):
            load(command)

load(app)
"""
RANK = """
from arena.api.body import example_of
from arena.api.reruns import FinalStatus, Finalist
from arena.commands.organizer.final import rank_finalists

ids = [f"{number:032x}" for number in range(2)]
finalists = [example_of(Finalist) | {"score": score, "submission_id": ids[score]} for score in range(2)]
shown = example_of(FinalStatus) | {"finalists": finalists}
for submission, place in rank_finalists(FinalStatus.model_validate(shown)).items():
    print(submission[-1], place)
"""


def run_without_extras(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRAS + code], check=False, capture_output=True, text=True, timeout=60
    )


def test_every_command_is_loaded_without_any_extra() -> None:
    done = run_without_extras(LOAD_ALL)

    assert done.returncode == 0, done.stderr
    assert {"submit", "check", "build", "estimate", "final", "report", "rescore", "apply"} <= set(done.stdout.split())


def test_a_competition_file_is_read_without_any_extra() -> None:
    done = run_without_extras(
        "import arena.competition.apply, arena.organizer_runs, arena.pack.folder, arena.client.watch"
    )

    assert done.returncode == 0, done.stderr


def test_a_final_is_ranked_by_score_alone_where_statistics_are_missing_and_says_so() -> None:
    done = run_without_extras(RANK)

    assert done.stdout.splitlines() == ["1 {'rank': 1}", "0 {'rank': 2}"]
    assert "Ranked by score alone" in done.stderr
    assert "arena[report]" in done.stderr


def test_a_missing_extra_is_a_failure_that_names_it() -> None:
    with pytest.raises(Failure, match=r"pip install 'arena\[check\]'"), needs_extra(CHECK):
        raise ModuleNotFoundError("No module named 'aiodocker'", name="aiodocker")


def test_a_missing_module_of_arena_itself_is_no_missing_extra() -> None:
    with pytest.raises(ModuleNotFoundError), needs_extra(CHECK):
        raise ModuleNotFoundError("No module named 'arena.none'", name="arena.none")


def test_what_exists_for_one_python_only_is_said_with_it() -> None:
    assert "it needs CPython 3.11, this is 3.13" in explain_missing(REPORT, "bayesmark", (3, 13))
    assert "CPython" not in explain_missing(REPORT, "bayesmark", (3, 11))
