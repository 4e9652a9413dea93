"""A small competition with two teams, for tests of the whole platform."""

import json
from typing import Any

from arena.client.http import Client
from tests.support.stack import ROOT

EXAMPLES = ROOT / "examples"
ORGANIZER = "organizer-token-of-the-tests"
RUNNER_ID = "runner-end-to-end"
COMPETITION: dict[str, Any] = {
    "name": "End to end",
    "seed": "end-to-end",
    "black_boxes": [
        {"label": "box-01", "model": "DT", "dataset": "iris", "metric": "acc"},
        {"label": "box-02", "model": "lasso", "dataset": "diabetes", "metric": "mse"},
    ],
    "phases": [{"name": "feedback", "baseline": "official", "boxes": ["box-01", "box-02"], "studies_per_box": 2}],
}


def set_up(organizer: Client, slug: str, **phase: Any) -> tuple[Client, Client]:
    """Create the competition under a name of the test's own, its phase with these changes, and two teams."""
    document = json.loads((EXAMPLES / "baselines" / "baseline-16-8.json").read_text())
    organizer.post("/api/v1/admin/baselines", {"name": "official", "source": "file", "document": document})
    wanted = COMPETITION | {"phases": [COMPETITION["phases"][0] | phase]}
    organizer.put(f"/api/v1/admin/competitions/{slug}", wanted)
    tokens = [
        organizer.post(f"/api/v1/admin/competitions/{slug}/teams", {"name": name}).json["token"]
        for name in ("dice", "library")
    ]
    return Client(organizer.url, tokens[0]), Client(organizer.url, tokens[1])
