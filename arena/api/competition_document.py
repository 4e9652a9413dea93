"""A competition as its organizer wants it: the document of `arena competition apply`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from arena.words.limits import Limits
from arena.words.names import Label, Name

Count = Annotated[int, Field(ge=1, le=1_000_000)]


Image = Annotated[str, Field(max_length=200, pattern=r"^[a-z0-9][A-Za-z0-9._/:@-]*$")]


Runtime = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""Of a container, as the engine names them."""


DATASET_PATTERN = r"^(clf|reg)-[A-Za-z0-9.-]+$"
"""Bayesmark tells by the name which kind a data set is, and joins names with underscores."""


class Model(BaseModel):
    """Part of a document: nothing in it is ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class BlackBox(Model):
    """A test problem under its opaque label."""

    label: Label
    model: Name
    dataset: Name
    metric: Name

    @property
    def test_case(self) -> str:
        """Bayesmark's name of the test problem."""
        return f"{self.model}_{self.dataset}_{self.metric}"


class Dataset(Model):
    """One of the organizer's own data sets, by the hash of its CSV file."""

    name: Annotated[str, Field(max_length=60, pattern=DATASET_PATTERN)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Phase(Model):
    """A phase; without times it is always open, without quotas there are none.

    On a practice phase teams see logs, so its black boxes are no secret and belong to no other phase. Image and runtime
    are those of the optimizer's container, the runners' own unless they are given.
    """

    name: Label
    visibility: Literal["public", "organizer"] = "public"
    practice: bool = False
    baseline: str = Field(max_length=100)
    boxes: Annotated[list[Label], Field(min_length=1)]
    n_calls: Count = 16
    n_suggestions: Count = 8
    studies_per_box: Count
    studies_per_shard: Count = 1
    limits: Limits = Limits()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    attempts_per_day: Count | None = None
    scored_per_day: Count | None = None
    active_submissions: Count | None = None
    counting: Literal["best", "chosen"] = "best"
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    image: Image | None = None
    runtime: Runtime | None = None


class Competition(Model):
    """A competition; without phases it only holds the candidates of its black boxes."""

    name: Name
    seed: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    datasets: list[Dataset] = []
    black_boxes: Annotated[list[BlackBox], Field(min_length=1)]
    phases: list[Phase] = []
