"""The files beside the code that are in the wheel, too: baselines, example optimizers, definitions of images."""

from importlib.resources import files
from pathlib import Path


def package_path(name: str) -> Path:
    """Return the path of a file or folder of this package. There is one, as pip unpacks wheels."""
    path = files("arena") / name
    if not isinstance(path, Path):
        raise TypeError(f"Expected arena to be installed as files, got {path}; install its wheel with pip or uv.")
    return path


OFFICIAL_BASELINE = package_path("data/baselines/baseline-16-8.json")
RANDOM_SEARCH_OPTIMIZER = package_path("data/optimizers/random_search")
STRONG_OPTIMIZER = package_path("data/optimizers/strong")
START = package_path("data/start")
"""What `arena new` writes."""
TEMPLATES = package_path("data/templates")
"""A folder for each library that `arena new --with` knows: what it writes instead, and what it adds to the README."""
PROBLEM_START = package_path("data/problem")
"""What `arena problem new` writes."""
IMAGES = package_path("images")
"""A folder for each image; it has a Dockerfile, and `requirements.lock` if the image has Python packages of its own."""
