"""Teams and tokens, for the organizer. A token is shown once, in the answer that creates it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from arena.api.body import Body, Page, example, example_of
from arena.words.names import Name
from arena.words.scopes import Scope, TokenRole

TokenName = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]


class NewTeam(Body):
    """A team to create."""

    model_config = example(name="Gaussians")
    name: Name


class NewToken(Body):
    """A token to create. Its name helps to recognize it later; without scopes it gets all scopes of its role."""

    model_config = example(name="Ada's laptop", scopes=["read", "submit"])
    name: TokenName = ""
    scopes: Annotated[list[Scope], Field(min_length=1)] | None = None


class NewRunnerToken(Body):
    """A token to create for runners. Its name helps to recognize it later."""

    model_config = example(name="the lab's")
    name: TokenName = ""


class TeamToken(Body):
    """A team and its new token, which is shown only here."""

    model_config = example(team="Gaussians", token="arena_0123456789")  # noqa: S106 - an example
    team: str
    token: str


class IssuedToken(Body):
    """A new token, which is shown only here."""

    model_config = example(
        id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        name="Ada's laptop",
        scopes=["read"],
        token="arena_0123456789",  # noqa: S106 - an example
    )
    id: UUID
    name: str
    scopes: list[Scope]
    token: str


class IssuedTeamToken(IssuedToken):
    """A new token of a team, which is shown only here."""

    model_config = example(
        id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        name="Ada's laptop",
        scopes=["read"],
        token="arena_0123456789",  # noqa: S106 - an example
        team="Gaussians",
    )
    team: str


class TeamQuota(Body):
    """A team's own quotas in a phase; null where the phase's quota applies."""

    model_config = example(phase="feedback", attempts_per_day=20, scored_per_day=None, active_submissions=None)
    phase: str
    attempts_per_day: int | None
    scored_per_day: int | None
    active_submissions: int | None


class Team(Body):
    """A team, how much it has submitted, and its own quotas."""

    model_config = example(
        name="Gaussians",
        created_at="2026-07-01T12:00:00Z",
        submissions=17,
        submitted_at="2026-07-09T08:30:00Z",
        quotas=[],
    )
    name: str
    created_at: datetime
    submissions: int
    submitted_at: datetime | None
    quotas: list[TeamQuota]


class TeamPage(Page):
    """Teams of a competition, by name."""

    model_config = example(teams=[example_of(Team)], next=None)
    teams: list[Team]


class Token(Body):
    """What is known of a token, without the secret itself."""

    model_config = example(
        id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        role="team",
        team="Gaussians",
        competition="spring",
        name="Ada's laptop",
        scopes=["read"],
        created_at="2026-07-01T12:00:00Z",
        revoked_at=None,
    )
    id: UUID
    role: TokenRole
    team: str | None
    competition: str | None
    name: str
    scopes: list[Scope]
    created_at: datetime
    revoked_at: datetime | None


class TokenPage(Page):
    """Tokens, oldest first, including revoked ones."""

    model_config = example(tokens=[example_of(Token)], next=None)
    tokens: list[Token]


class RevokedToken(Body):
    """When a token was revoked."""

    model_config = example(id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10", revoked_at="2026-07-09T08:30:00Z")
    id: UUID
    revoked_at: datetime
