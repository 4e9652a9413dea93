"""Options that many commands have."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
CompetitionOption = Annotated[str, typer.Option("--competition", help="Slug of the competition.")]
