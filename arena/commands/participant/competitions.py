"""`arena competitions`: what can be taken part in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from arena.client.http import client_from_environment
from arena.commands.options import Json
from arena.table import Heading, TextTable, show_tables
from arena.terminal import remark, show_json, time_text

if TYPE_CHECKING:
    from arena.api.competitions import CompetitionDescription, CompetitionPhase


def competitions(as_json: Json = False) -> None:
    """List the competitions of the platform."""
    client = client_from_environment()
    answer = client.get_all("/api/v1/competitions", "competitions")
    if as_json:
        show_json(answer.json)
        return
    from arena.api.competitions import CompetitionDescription, CompetitionPage

    listed = answer.parse(CompetitionPage).competitions
    found = [client.get(f"/api/v1/competitions/{each.slug}").parse(CompetitionDescription) for each in listed]
    show_tables(competitions_table(found))
    if not found:
        remark("There is no competition with a public phase.")


def competitions_table(found: Sequence["CompetitionDescription"]) -> TextTable:
    """Return competitions as a table, a row for each phase."""
    headings = [Heading("competition"), Heading("name", "text"), Heading("phase")]
    headings += [Heading("state"), Heading("opens"), Heading("closes")]
    rows = [
        (each.slug, each.name, phase.name, _state(phase), time_text(phase.opens_at), time_text(phase.closes_at))
        for each in found
        for phase in each.phases
    ]
    return TextTable(headings, rows)


def _state(phase: "CompetitionPhase") -> str:
    return ("open" if phase.is_open else "closed") + (", practice" if phase.practice else "")
