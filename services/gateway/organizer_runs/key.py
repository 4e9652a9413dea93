"""What an organizer run is known by. Pure."""

import hashlib
import json
from collections.abc import Sequence

from arena.api.planning import NewOrganizerRun
from services.gateway.organizer_runs.tables import RunBoxRow


def organizer_run_key(
    seed: str, blob_sha256: str, boxes: Sequence[RunBoxRow], run: NewOrganizerRun, images: str
) -> str:
    """Return the hash of all that an organizer run's losses depend on; how studies are cut into shards is not among it.

    `images` is the version of the images, which runners have from the same release. An image that the run names is
    known by that name, so the name to trust is one with a digest.
    """
    inputs = {
        "seed": seed,
        "zip": blob_sha256,
        "images": images,
        "boxes": [[box.model, box.dataset, box.metric, box.dataset_sha256] for box in boxes],
        **run.model_dump(include={"n_calls", "n_suggestions", "studies", "first_study", "limits"}),
        **run.model_dump(include={"image", "runtime"}, exclude_none=True),
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
