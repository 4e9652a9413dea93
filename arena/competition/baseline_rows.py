"""The baseline rows of a competition file: each is an optimizer of Arena's own, or a zip or folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from arena.api.body import Body
from arena.api.competition_document import BoardBaseline
from arena.failure import Failure
from arena.pack.optimizer_zip import hash_zip, read_zip
from arena.package_data import RANDOM_SEARCH_OPTIMIZER, STRONG_OPTIMIZER
from arena.rules.competition_document import DocumentFault
from arena.words.environments import DEFAULT_ENVIRONMENT
from arena.words.names import Environment, Name

BUILT_IN = {"random": RANDOM_SEARCH_OPTIMIZER, "strong": STRONG_OPTIMIZER}


class OwnBaselineRow(Body):
    """A baseline row as its file states it: `built_in`, or a `zip` relative to the file."""

    name: Name
    built_in: Literal["random", "strong"] | None = None
    zip: Annotated[str, Field(min_length=1)] | None = None
    environment: Environment = DEFAULT_ENVIRONMENT

    @model_validator(mode="after")
    def _has_one_optimizer(self) -> "OwnBaselineRow":
        if (self.built_in is None) == (self.zip is None):
            raise ValueError('expected built_in = "random" or "strong", or zip = "FILE", and not both')
        return self

    def path(self, folder: Path) -> Path:
        """Return where the optimizer is, a zip or a folder."""
        return folder / (self.zip or "") if self.built_in is None else BUILT_IN[self.built_in]


def read_rows(
    stated: Mapping[int, OwnBaselineRow], folder: Path
) -> tuple[dict[int, BoardBaseline], dict[str, Path], list[DocumentFault]]:
    """Return the rows as the document has them, by their places; the zips by SHA-256; and what is wrong."""
    rows, zips, faults = {}, {}, []
    for index, row in stated.items():
        try:
            _, file = read_zip(row.path(folder), row.environment.partition("@")[0])
            sha256 = hash_zip(file)
        except (OSError, Failure) as error:
            what = f"Expected a zip or a folder with an optimizer at {row.zip!r}, got: {error}"
            faults.append(DocumentFault(("baseline_rows", index, "zip"), what, "Mend the path."))
            continue
        rows[index] = BoardBaseline(name=row.name, sha256=sha256, environment=row.environment)
        zips[sha256] = file
    return rows, zips, faults
