"""`arena person`: who has registered, who takes part, and who is an organizer or a judge."""

from typing import Annotated

import typer

from arena.client.http import client_from_environment
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import CompetitionOption, Json
from arena.failure import Failure
from arena.table import Heading, TextTable, show_tables
from arena.terminal import console, show_json, time_text

EmailArgument = Annotated[str, typer.Argument(help="Their e-mail address.")]

group = LazyGroup(
    "See who has registered, approve or refuse them, and make judges.",
    [
        Listed("list", "organizer.people:list_people", "List who has registered for a competition."),
        Listed("approve", "organizer.people:approve_person", "Let somebody take part who has registered."),
        Listed("refuse", "organizer.people:refuse_person", "Let somebody not take part, or no longer."),
        Listed("role", "organizer.people:put_role", "Make somebody a judge, an organizer or a mere member."),
    ],
)


def list_people(
    competition: CompetitionOption,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those who wait for approval.")] = False,
    as_json: Json = False,
) -> None:
    """List who has registered for a competition."""
    answer = client_from_environment().get_all(f"/api/v1/admin/competitions/{competition}/people", "people")
    if as_json:
        show_json(answer.json)
        return
    from arena.api.people.registrants import RegistrantPage

    shown = [each for each in answer.parse(RegistrantPage).people if each.state == "waiting" or not waiting]
    headings = [Heading("e-mail", "text"), Heading("name", "text"), Heading("state"), Heading("team", "text")]
    rows = [(each.email, each.name, each.state, each.team or "", time_text(each.created_at)) for each in shown]
    show_tables(TextTable([*headings, Heading("registered")], rows))


def approve_person(email: EmailArgument, competition: CompetitionOption, as_json: Json = False) -> None:
    """Let somebody take part who has registered."""
    _decide(email, competition, "approve", as_json)


def refuse_person(email: EmailArgument, competition: CompetitionOption, as_json: Json = False) -> None:
    """Let somebody not take part, or no longer."""
    _decide(email, competition, "refuse", as_json)


def put_role(
    email: EmailArgument,
    role: Annotated[str, typer.Argument(help="member, judge or organizer.")],
    as_json: Json = False,
) -> None:
    """Make somebody a judge, an organizer or a mere member."""
    answer = client_from_environment().put("/api/v1/admin/people/role", {"email": email, "role": role})
    if as_json:
        show_json(answer.json)
    else:
        console.print(f"{answer.json['email']}: {answer.json['role']}")


def _decide(email: str, competition: str, what: str, as_json: bool) -> None:
    client, path = client_from_environment(), f"/api/v1/admin/competitions/{competition}/people"
    found = [each for each in client.get_all(path, "people").json["people"] if each["email"] == email.lower()]
    if not found:
        raise Failure(f"Expected somebody who has registered for {competition}, got {email}.")
    answer = client.post(f"{path}/{found[0]['id']}/{what}")
    if as_json:
        show_json(answer.json)
    else:
        console.print(f"{answer.json['email']}: {answer.json['state']}")
