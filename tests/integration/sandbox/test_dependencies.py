"""What a zip brings to be installed: wheels and sources, in its order or one that works; each in a real study."""

import pytest

from arena.sandbox.slot import Slot
from arena.sandbox.study import Fatal
from arena.words.states import Stage
from arena.words.verdicts import Verdict
from tests.support.sandbox.optimizers import make_script
from tests.support.sandbox.studies import make_study
from tests.support.zips import pack, sdist, wheel

pytestmark = pytest.mark.asyncio(loop_scope="module")

Files = dict[str, str | bytes]

FOREIGN = "torch-1.5.0-cp36-cp36m-manylinux1_x86_64.whl"


def setup(name: str, before: str = "", more: str = "") -> str:
    """Return the setup.py of a package with one module, which runs `before` first."""
    return f"{before}\nfrom setuptools import setup\nsetup(name={name!r}, version='1.0', py_modules=[{name!r}]{more})\n"


DO_NOT_INSTALL: dict[str, tuple[Files, list[str]]] = {
    "sources that want the network": (
        {
            "far-1.0.tar.gz": sdist(
                "far-1.0",
                {"setup.py": setup("far", 'from urllib.request import urlopen\nurlopen("https://example.org/data")')},
            )
        },
        ["far-1.0.tar.gz", 'setup.py, line 2, `urlopen("https://example.org/data")`', "wants the network", "URLError"],
    ),
    "sources that want a package from the network": (
        {
            "far-1.0.tar.gz": sdist(
                "far-1.0",
                {"setup.py": setup("far", "import subprocess\nsubprocess.check_call(['pip', 'install', 'numba'])")},
            )
        },
        ["far-1.0.tar.gz", "setup.py, line 2, `subprocess.check_call(", "wants the network"],
    ),
    "sources that want a compiler": (
        {
            "fast-1.0.tar.gz": sdist(
                "fast-1.0",
                {
                    "setup.py": setup(
                        "fast", "from setuptools import Extension", ", ext_modules=[Extension('f', ['f.c'])]"
                    ),
                    "fast.py": "",
                    "f.c": "int f;",
                },
            ),
            "install_order.txt": "fast-1.0.tar.gz",
        },
        ["fast-1.0.tar.gz", "needs", "gcc, which this environment does not have", "arena pack"],
    ),
    "sources that import what is missing": (
        {"cy-1.0.tar.gz": sdist("cy-1.0", {"setup.py": setup("cy", "from Cython.Build import cythonize")})},
        ["cy-1.0.tar.gz", "setup.py, line 1, `from Cython.Build import cythonize`", "needs Cython"],
    ),
    "sources for another backend": (
        {
            "new-1.tar.gz": sdist(
                "new-1",
                {"pyproject.toml": '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"'},
            )
        },
        ["new-1.tar.gz", "needs flit_core", "arena pack"],
    ),
    "sources whose version needs a plugin": (
        {
            "old-3.1.tar.gz": sdist(
                "old-3.1",
                {
                    "PKG-INFO": "Metadata-Version: 2.1\nName: old\nVersion: 3.1\n",
                    "setup.py": "from setuptools import setup\nsetup(name='old', setup_requires=['pbr'], pbr=True)\n",
                },
            )
        },
        ["old-3.1.tar.gz", "expected version 3.1", "plugin"],
    ),
    "a wheel for another Python and machine": (
        {FOREIGN: wheel("torch", {"torch.py": b""}, version="1.5.0")},
        [FOREIGN, "tags cp36-cp36m-manylinux1_x86_64.", "cp311-cp311-manylinux", "py3-none-any"],
    ),
    "an order that names what is not there": (
        {"install_order.txt": "gone-1.0.tar.gz\n"},
        ["install_order.txt", "gone-1.0.tar.gz"],
    ),
}


async def test_sources_of_the_2020_kit_are_built_and_installed_in_its_order(slot: Slot) -> None:
    files: Files = {
        "install_order.txt": "first-1.0.tar.gz\nsecond-1-py3-none-any.whl\nthird-1.0.zip\n",
        "first-1.0.tar.gz": sdist("first-1.0", {"setup.py": setup("first"), "first.py": "WHO = 'first'"}),
        "second-1-py3-none-any.whl": wheel("second", {"second.py": b""}),
        "third-1.0.zip": pack(
            {"third-1.0/setup.py": setup("third", "import first, second"), "third-1.0/third.py": "WHO = 'third'"}
        ),
    }
    script = "import first, third\nfrom search import Search\nprint(first.WHO, third.WHO)"

    study = await slot.run_study(make_study(n_calls=1), make_script(script, files))

    assert "first third" in study.log


async def test_sources_without_an_order_are_built_in_one_that_works_and_data_are_left_alone(slot: Slot) -> None:
    files = {
        "a-1.0.tar.gz": sdist("a-1.0", {"setup.py": setup("a", "import b"), "a.py": "WHO = 'a'"}),
        "b-1.0.tar.gz": sdist("b-1.0", {"setup.py": setup("b"), "b.py": ""}),
        "weights.tar.gz": sdist("weights", {"layer.txt": "0.5"}),
    }
    script = "import a, b\nfrom search import Search\nprint('imported', a.WHO)"

    study = await slot.run_study(make_study(n_calls=1), make_script(script, files))

    assert "imported a" in study.log


async def test_sources_with_a_pyproject_toml_keep_their_version(slot: Slot) -> None:
    project = """
[build-system]
requires = ["setuptools>=61", "setuptools_scm"]
build-backend = "setuptools.build_meta"
[project]
name = "plain"
dynamic = ["version"]
[tool.setuptools_scm]
[tool.setuptools]
py-modules = ["plain"]
"""
    information = "Metadata-Version: 2.1\nName: plain\nVersion: 2.5\n"
    files = {
        "plain-2.5.tar.gz": sdist("plain-2.5", {"PKG-INFO": information, "pyproject.toml": project, "plain.py": ""})
    }
    script = "import plain\nfrom importlib.metadata import version\nfrom search import Search\nprint(version('plain'))"

    study = await slot.run_study(make_study(n_calls=1), make_script(script, files))

    assert "2.5\n" in study.log


@pytest.mark.parametrize("shape", DO_NOT_INSTALL)
async def test_what_does_not_install_is_told_what_it_needs(slot: Slot, shape: str) -> None:
    files, told = DO_NOT_INSTALL[shape]

    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_study(n_calls=1), make_script("from search import Search", files))

    assert (fatal.value.verdict, fatal.value.stage) == (Verdict.DOES_NOT_LOAD, Stage.LOAD)
    assert [part for part in told if part not in fatal.value.detail] == [], fatal.value.detail


async def test_sources_that_build_for_ever_are_stopped_by_the_limit_on_loading(slot: Slot) -> None:
    files = {"endless-1.0.tar.gz": sdist("endless-1.0", {"setup.py": "import time\nwhile True: time.sleep(1)\n"})}

    with pytest.raises(Fatal) as fatal:
        await slot.run_study(make_study(study_timeout_s=6), make_script("", files))

    assert fatal.value.verdict is Verdict.LOAD_TIMED_OUT
