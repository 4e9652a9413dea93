"""How a service says that it runs, and whether it can work."""

from typing import Literal

from arena.api.body import Body, example


class Health(Body):
    """The process answers."""

    model_config = example(status="ok")
    status: Literal["ok"] = "ok"


class Readiness(Body):
    """Whether a service can work: of each part that is unavailable, why."""

    model_config = example(status="unavailable", reasons={"broker": "the broker does not answer"})
    status: Literal["ok", "unavailable"]
    reasons: dict[str, str]
