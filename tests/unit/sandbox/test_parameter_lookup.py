"""What scikit-learn looks up once in a black-box container."""

import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import Lasso
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from arena.sandbox.blackbox.parameter_lookup import look_up_once

NAME = "_get_param_names"
MODELS = (DecisionTreeClassifier, Lasso, KNeighborsClassifier)


def test_what_a_models_constructor_takes_is_looked_up_once_and_stays_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BaseEstimator, NAME, vars(BaseEstimator)[NAME])  # given back after the test
    stock = [getattr(model, NAME)() for model in MODELS]

    look_up_once()

    assert [getattr(model, NAME)() for model in MODELS] == stock
    assert all(getattr(model, NAME)() is getattr(model, NAME)() for model in MODELS)
