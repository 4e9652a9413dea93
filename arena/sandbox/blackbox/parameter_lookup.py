"""What constructors of models take: scikit-learn looks it up whenever it copies one, for each fold of an evaluation."""

import functools

from sklearn.base import BaseEstimator


def look_up_once() -> None:
    """Have scikit-learn look it up once for each class; it is always the same, and a tenth of a short study's CPU."""
    stock = BaseEstimator._get_param_names  # noqa: SLF001 - there is no other place where it could remember
    BaseEstimator._get_param_names = classmethod(functools.cache(stock.__func__))  # noqa: SLF001 - the same
