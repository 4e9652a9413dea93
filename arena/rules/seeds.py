"""Seeds of a study: from the competition seed, the black box and the study alone, so that any runner replays it."""

import hashlib


def study_seed(competition_seed: str, test_case: str, study: int) -> int:
    """Return the seed in [0, 2**32) of the black-box side's global random state."""
    return _derive("black box", competition_seed, test_case, str(study))


def optimizer_seed(competition_seed: str, test_case: str, study: int, blob_sha256: str) -> int:
    """Return the seed in [0, 2**32) of the optimizer side; it tells nothing about the black-box side's.

    It depends on the zip. Otherwise an optimizer could tell by its seed which black box it is in, from what its team
    learned about that black box with another zip. The same zip gets the same seeds.
    """
    return _derive("optimizer", competition_seed, test_case, str(study), blob_sha256)


def names_seed(competition_seed: str, test_case: str) -> int:
    """Return the seed in [0, 2**32) of the order in which optimizers see a black box's hidden parameter names.

    It is the same for every study and every submission, so that all teams meet the same search space.
    """
    return _derive("parameter names", competition_seed, test_case)


def _derive(side: str, *inputs: str) -> int:
    text = "\0".join((side, *inputs))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
