"""Every body of the API says what it is, and its examples are such bodies."""

import importlib
import inspect
import pkgutil

import pytest

import arena.api
from arena.api.body import Body, Page
from arena.api.live import LiveMessage

MODULES = [importlib.import_module(f"arena.api.{each.name}") for each in pkgutil.iter_modules(arena.api.__path__)]
BODIES = sorted(
    {
        each
        for module in MODULES
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, Body) and each not in {Body, Page, LiveMessage}
    },
    key=lambda each: each.__name__,
)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_a_body_has_a_docstring_and_an_example_that_it_takes(body: type[Body]) -> None:
    assert body.__doc__
    assert body.__doc__ != Body.__doc__
    examples = body.model_json_schema().get("examples", [])

    assert examples
    for each in examples:
        body.model_validate(each)


def test_no_two_bodies_have_one_name() -> None:
    names = [body.__name__ for body in BODIES]
    assert len(names) == len(set(names))
