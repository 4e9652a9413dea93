"""The baseline rows of a competition file: each is an optimizer of Arena's own, or a zip or folder."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from arena.api.body import Body
from arena.api.competition_document import BoardBaseline
from arena.failure import Failure
from arena.file_hash import hash_file
from arena.pack.optimizer_zip import read_zip
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


def find_zips(rows: Collection[BoardBaseline], file: Path) -> dict[str, Path]:
    """Return the zips of a competition's baseline rows by SHA-256; those that are not Arena's own a file must name.

    Raises Failure for one that is not there.
    """
    zips = {hash_file(packed): packed for _, packed in map(read_zip, BUILT_IN.values())}
    missing = [row.name for row in rows if row.sha256 not in zips]
    if missing and file.exists():
        stated = [OwnBaselineRow.model_validate(each) for each in tomllib.loads(file.read_text())["baseline_rows"]]
        zips |= read_rows(dict(enumerate(stated)), file.parent)[1]
        missing = [row.name for row in rows if row.sha256 not in zips]
    if missing:
        raise Failure(
            f"Expected the zips of all baseline rows, got none for {', '.join(missing)} as the competition was applied "
            f"with it. Name the competition file with --file (now: {file}); if a zip has changed since, apply it first."
        )
    return zips


def read_rows(
    stated: Mapping[int, OwnBaselineRow], folder: Path
) -> tuple[dict[int, BoardBaseline], dict[str, Path], list[DocumentFault]]:
    """Return the rows as the document has them, by their places; the zips by SHA-256; and what is wrong."""
    rows, zips, faults = {}, {}, []
    for index, row in stated.items():
        try:
            _, file = read_zip(row.path(folder), row.environment.partition("@")[0])
            sha256 = hash_file(file)
        except (OSError, Failure) as error:
            what = f"Expected a zip or a folder with an optimizer at {row.zip!r}, got: {error}"
            faults.append(DocumentFault(("baseline_rows", index, "zip"), what, "Mend the path."))
            continue
        rows[index] = BoardBaseline(name=row.name, sha256=sha256, environment=row.environment)
        zips[sha256] = file
    return rows, zips, faults
