"""Arguments and options that several commands have."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
CompetitionOption = Annotated[str, typer.Option("--competition", help="Slug of the competition.")]
PhaseOption = Annotated[str, typer.Option("--phase", help="Name of the phase.")]
OpenPhaseOption = Annotated[
    str | None, typer.Option("--phase", help="Name of the phase; not needed when only one is open.")
]
EnvironmentOption = Annotated[
    str | None, typer.Option("--environment", help="Where it runs; by default what its arena.toml says.")
]
SubmissionArgument = Annotated[str, typer.Argument(help="Id of the submission.")]
OriginOption = Annotated[str, typer.Option("--from", help="Phase whose best teams go to the final.")]
SecondPhaseOption = Annotated[
    str | None,
    typer.Option("--second-phase", help="Phase of the same finalists where parameter names are hidden, or visible."),
]
FinalPhaseOption = Annotated[str, typer.Option("--phase", help="Phase that is the final.")]
