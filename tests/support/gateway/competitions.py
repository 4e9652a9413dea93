"""Documents of competitions, as organizers send them."""

from typing import Any

from tests.support.stack import ROOT

BASELINE = ROOT / "examples/baselines/baseline-16-8.json"
BOXES = [
    {"label": "box-01", "model": "DT", "dataset": "iris", "metric": "acc"},
    {"label": "box-02", "model": "lasso", "dataset": "diabetes", "metric": "mse"},
]

NLL_BOXES = [
    {"label": "box-01", "model": "DT", "dataset": "iris", "metric": "nll"},
    {"label": "box-02", "model": "DT", "dataset": "wine", "metric": "nll"},
]
"""On both, a loss of 0.3 is better than one of 0.5, and both are between the official baseline's best and clip."""


def phase(name: str = "feedback", **changes: Any) -> dict[str, Any]:
    return {"name": name, "baseline": "official", "boxes": ["box-01", "box-02"], "studies_per_box": 2, **changes}


def competition(*phases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"name": "C", "seed": "s", "black_boxes": BOXES, "phases": list(phases) or [phase()], **changes}
