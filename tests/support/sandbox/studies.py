"""Short studies, to run in a slot."""

import uuid
from typing import Any

from arena.sandbox.study import StudySpec
from arena.words.limits import Limits


def make_study(
    box: tuple[str, str, str] = ("DT", "iris", "acc"),
    *,
    n_calls: int = 3,
    signature: bool = False,
    dataset_sha256: str | None = None,
    names_seed: int | None = None,
    **limits: Any,
) -> StudySpec:
    """Return the specification of a short study."""
    model, dataset, metric = box
    return StudySpec(
        execution=f"{uuid.uuid4()}-1",
        attempt=1,
        study=0,
        model=model,
        dataset=dataset,
        metric=metric,
        n_calls=n_calls,
        n_suggestions=4,
        seed=12345,
        optimizer_seed=67890,
        limits=Limits(**limits),
        dataset_sha256=dataset_sha256,
        names_seed=names_seed,
        signature_wanted=signature,
    )
