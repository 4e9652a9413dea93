"""What counts as the optimizer of a zip: what its script hands over, or else its one class; each in a real study."""

import json

import pytest

from arena.sandbox.slot import Slot
from arena.sandbox.study import Fatal
from arena.words.states import Stage
from arena.words.verdicts import Verdict
from tests.support.sandbox.optimizers import make_script
from tests.support.sandbox.studies import make_study

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCRIPTS = {
    "a class of a neighbour, handed over": (
        """
        from bayesmark.experiment import experiment_main
        from search import Search

        if __name__ == "__main__":
            experiment_main(Search)
        """,
        "made Search {}",
    ),
    "handed over by the module, by keyword, without a guard": (
        """
        import bayesmark.experiment as exp
        from search import Search
        exp.experiment_main(opt_class=Search)
        """,
        "made Search {}",
    ),
    "one of three classes, handed over": (
        """
        from bayesmark import experiment
        from search import Search

        class Other(Search): pass
        class Third(Search): pass

        experiment.experiment_main(Other)
        """,
        "made Other {}",
    ),
    "a factory": (
        """
        from bayesmark.experiment import experiment_main
        from search import Search

        def make(api_config, **keywords):
            return Search(api_config, depth=3, **keywords)

        experiment_main(make)
        """,
        "made Search {'depth': 3}",
    ),
    "an imported class that nobody hands over": ("from search import Search", "made Search {}"),
    "a class derived from an imported one": (
        """
        from search import Search
        class Mine(Search): pass
        """,
        "made Mine {}",
    ),
    "a script that exits at its end": (
        """
        import sys
        from bayesmark.experiment import experiment_main
        from search import Search

        def main():
            experiment_main(Search)
            return 3

        sys.exit(main())
        """,
        "made Search {}",
    ),
    "a study inside of what the script has opened": (
        """
        from pathlib import Path
        from tempfile import TemporaryDirectory
        from bayesmark.experiment import experiment_main
        from search import Search

        class Mine(Search):
            def observe(self, X, y):
                print("still there:", Path(folder).is_dir())

        with TemporaryDirectory() as folder:
            experiment_main(Mine)
        """,
        "still there: True",
    ),
    "classes that are pickled, read and sent to another process": (
        """
        import inspect, multiprocessing, pickle
        from bayesmark.experiment import experiment_main
        from search import Search

        class Job:
            def run(self):
                return 6 * 7

        def work(job):
            return job.run()

        class Mine(Search):
            def suggest(self, n_suggestions=1):
                copy = pickle.loads(pickle.dumps(Job()))
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    print(copy.run(), "6 * 7" in inspect.getsource(Job), pool.map(work, [copy]))
                return super().suggest(n_suggestions)

        if __name__ == "__main__":
            experiment_main(Mine)
        """,
        "42 True [42]",
    ),
    "what else stock's experiment has, and what it imports": (
        """
        import bayesmark
        from bayesmark.experiment import OBJECTIVE_NAMES, experiment_main, run_study
        from search import Search
        print(len(OBJECTIVE_NAMES), run_study.__module__, bayesmark.space.Real.__name__)
        experiment_main(Search)
        """,
        "2 bayesmark.experiment Real",
    ),
}

NOT_FOUND = {
    "two candidates": (
        """
        from search import Search
        from bayesmark.abstract_optimizer import AbstractOptimizer
        class Mine(AbstractOptimizer): pass
        """,
        ["found 2", "Search (imported from search)", "Mine (defined in optimizer.py)", "experiment_main(Mine)"],
    ),
    "none": ("class Search: pass", ["found none", "experiment_main(YourClass)"]),
    "Bayesmark's own alone": ("from bayesmark.builtin_opt.random_optimizer import RandomOptimizer", ["found none"]),
    "neither a class nor a factory": (
        """
        from bayesmark.experiment import experiment_main
        experiment_main("Search")
        """,
        ["expected the optimizer's class", "'Search'", 'optimizer.py", line 3'],
    ),
    "an exit before the hand-over": (
        """
        import sys
        from search import Search
        sys.exit("no licence")
        """,
        ["SystemExit: no licence", 'optimizer.py", line 4'],
    ),
    "a name that stock's experiment does not have": (
        "from bayesmark.experiment import no_such_name",
        ["cannot import name 'no_such_name' from 'bayesmark.experiment'"],
    ),
}


@pytest.mark.parametrize("shape", SCRIPTS)
async def test_script_s_optimizer_is_found(slot: Slot, shape: str) -> None:
    script, written = SCRIPTS[shape]

    study = await slot.run_study(make_study(n_calls=1), make_script(script))

    assert written in study.log
    assert (study.suggest_errors, study.observe_errors) == (0, 0), study.log


@pytest.mark.parametrize("shape", NOT_FOUND)
async def test_script_without_one_optimizer_is_told_what_to_do(slot: Slot, shape: str) -> None:
    script, told = NOT_FOUND[shape]

    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_study(n_calls=1), make_script(script))

    assert (fatal.value.verdict, fatal.value.stage) == (Verdict.DOES_NOT_LOAD, Stage.LOAD)
    assert [part for part in told if part not in fatal.value.detail] == [], fatal.value.detail


async def test_data_and_modules_lie_where_the_script_expects_them(slot: Slot) -> None:
    script = """
        from pathlib import Path
        from search import Search
        from parts.deep import WHO
        beside = Path(__file__).parent / "data" / "a.txt"
        print(WHO, open("data/a.txt").read(), beside.read_text(), __file__)
    """
    files = {"parts/__init__.py": "", "parts/deep.py": "WHO = 'deep'", "data/a.txt": "read"}

    study = await slot.run_study(make_study(n_calls=1), make_script(script, files))

    assert "deep read read /submission/code/optimizer.py" in study.log


@pytest.mark.parametrize(
    ("config", "keywords"),
    [({"mine": ["optimizer.py", {"depth": 4}], "other": ["other.py", {"depth": 5}]}, {"depth": 4}), ({"depth": 4}, {})],
    ids=["stock's", "its own"],
)
async def test_keywords_come_from_a_config_json_in_stock_s_form(
    slot: Slot, config: dict[str, object], keywords: dict[str, int]
) -> None:
    zip_bytes = make_script("from search import Search", {"config.json": json.dumps(config)})

    study = await slot.run_study(make_study(n_calls=1), zip_bytes)

    assert f"made Search {keywords}" in study.log
