"""Zips of optimizers that behave as a test needs."""

import textwrap
from collections.abc import Mapping

from tests.support.zips import pack

OPTIMIZER = """
import os, random, sys, time
import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict

{module}

class Optimizer(AbstractOptimizer):
    def __init__(self, api_config):
        super().__init__(api_config)
        self.calls = 0
{construct}

    def suggest(self, n_suggestions=1):
        self.calls += 1
        points = suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)
{suggest}
        return points

    def observe(self, X, y):
{observe}
        pass
"""


def make_optimizer(module: str = "", construct: str = "", suggest: str = "", observe: str = "") -> bytes:
    """Return the zip of a random search with these statements added; `suggest` may change `points`."""
    indented = {
        name: textwrap.indent(textwrap.dedent(code), " " * 8)
        for name, code in {"construct": construct, "suggest": suggest, "observe": observe}.items()
    }
    return pack({"optimizer.py": OPTIMIZER.format(module=textwrap.dedent(module), **indented)})


SEARCH = """
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict

class Search(AbstractOptimizer):
    def __init__(self, api_config, **keywords):
        super().__init__(api_config)
        print("made", type(self).__name__, keywords)

    def suggest(self, n_suggestions=1):
        return suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)

    def observe(self, X, y):
        pass
"""


def make_script(script: str, files: Mapping[str, str | bytes] | None = None) -> bytes:
    """Return a zip of an optimizer.py and other files, and of search.py: a random search that says how it was made."""
    return pack({"optimizer.py": textwrap.dedent(script), "search.py": SEARCH, **(files or {})})
