"""What the tables of a competition file hold that are not in its document as they are."""

from typing import Annotated

from pydantic import Field

from arena.api.body import Body
from arena.api.competition_document import DATASET_PATTERN, Description
from arena.words.names import FamilyName, Name, Slug


class Head(Body):
    """What the file says before its lists."""

    slug: Slug
    name: Name
    description: Description = ""
    seed: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class Split(Body):
    """How black boxes are drawn for the phases that say how many they want."""

    seed: Annotated[str, Field(min_length=1, max_length=200)]


class OwnDataset(Body):
    """A CSV file of the organizer's, as Bayesmark names it; relative to the competition's own file."""

    name: Annotated[str, Field(max_length=60, pattern=DATASET_PATTERN)]
    file: Annotated[str, Field(min_length=1)]


class OwnFamily(Body):
    """A problem family of the organizer's own: a folder with `problem.py`, relative to the competition's file."""

    name: FamilyName
    folder: Annotated[str, Field(min_length=1)]
