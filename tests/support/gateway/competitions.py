"""Documents of competitions, as organizers send them."""

from typing import Any

from tests.support.stack import ROOT

BASELINE = ROOT / "examples/baselines/baseline-16-8.json"
BOXES = [
    {"label": "box-01", "model": "DT", "dataset": "iris", "metric": "acc"},
    {"label": "box-02", "model": "lasso", "dataset": "diabetes", "metric": "mse"},
]


def phase(name: str = "feedback", **changes: Any) -> dict[str, Any]:
    return {"name": name, "baseline": "official", "boxes": ["box-01", "box-02"], "studies_per_box": 2, **changes}


def competition(*phases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"name": "C", "seed": "s", "black_boxes": BOXES, "phases": list(phases) or [phase()], **changes}
