"""The key by which the same organizer run is recognized. Pure."""

import hashlib
import json
from collections.abc import Sequence

from arena.api.planning import NewOrganizerRun
from arena.words.environments import SKLEARN
from services.gateway.organizer_runs.tables import RunBoxRow


def organizer_run_key(
    seed: str, blob_sha256: str, boxes: Sequence[RunBoxRow], run: NewOrganizerRun, images: str
) -> str:
    """Return the hash of everything that an organizer run's losses depend on. The size of its shards is not part of it.

    `images` is the version of the images that this release brings. An environment of the organizer's own enters it
    as the run names it, so pin it by its digest where that matters.
    """
    inputs = {
        "seed": seed,
        "zip": blob_sha256,
        "images": images,
        "boxes": [
            [box.model, box.dataset, box.metric, box.dataset_sha256, *([box.family] if box.family != SKLEARN else [])]
            for box in boxes
        ],
        **run.model_dump(include={"n_calls", "n_suggestions", "studies", "first_study"}),
        "limits": run.limits.model_dump(exclude={"zip_limit_bytes"}),
        **run.model_dump(include={"environment", "cpus", "parameter_names"}, exclude_defaults=True),
        **run.model_dump(include={"runtime"}, exclude_none=True),
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
