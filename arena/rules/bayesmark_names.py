"""What Bayesmark calls its models, data sets and metrics, written out so that a client need not install Bayesmark.

A unit test compares these with `bayesmark.constants` and `bayesmark.sklearn_funcs`.
"""

from collections.abc import Sequence

MODEL_NAMES = ("DT", "MLP-adam", "MLP-sgd", "RF", "SVM", "ada", "kNN", "lasso", "linear")
CLASSIFICATION_DATASETS = ("breast", "digits", "iris", "wine")
REGRESSION_DATASETS = ("boston", "diabetes")
"""Of the data sets that come with Bayesmark, those whose target is a number."""
DATASET_NAMES = CLASSIFICATION_DATASETS + REGRESSION_DATASETS
CLASSIFICATION_METRICS = ("nll", "acc")
REGRESSION_METRICS = ("mae", "mse")
METRICS = ("acc", "mae", "mse", "nll")
CV_SPLITS = 5
"""Into how many parts Bayesmark splits the rows for cross-validation."""


def is_regression(dataset: str) -> bool:
    """Tell whether the target of a data set is a number rather than a class; Bayesmark tells by the name."""
    return dataset.startswith("reg-") or dataset in REGRESSION_DATASETS


def metrics_of(dataset: str) -> Sequence[str]:
    """Return the metrics that Bayesmark has for a data set."""
    return REGRESSION_METRICS if is_regression(dataset) else CLASSIFICATION_METRICS
