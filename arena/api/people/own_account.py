"""Signing up, and one's own account, team and tokens."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from arena.api.accounts import TokenName
from arena.api.body import Body, example, example_of
from arena.words.names import EmailAddress, Name, Slug
from arena.words.scopes import PersonRole, RegistrationState, Scope

RulesVersion = Annotated[str, Field(max_length=64, pattern=r"^[0-9a-f]*$")]
"""The beginning of the SHA-256 of a competition's rules; empty if it states none."""
LinkSecret = Annotated[str, Field(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


class NewRegistration(Body):
    """Who wants to take part in which competition, and the version of its rules that they have read and accept."""

    model_config = example(
        competition="spring",
        email="ada@uni.example",
        name="Ada",
        rules_version="9f86d081884c7d65",
        return_to="/account",
    )
    competition: Slug
    email: EmailAddress
    name: Name
    rules_version: RulesVersion
    return_to: Annotated[str, Field(max_length=500)] = "/account"


class LinkSent(Body):
    """What happens next. It is the same whether or not the address is known."""

    model_config = example(detail="A link was sent to ada@uni.example. Open it within an hour.")
    detail: str


class AcceptedRules(Body):
    """The version of a competition's rules that somebody has read and accepts."""

    model_config = example(rules_version="9f86d081884c7d65")
    rules_version: RulesVersion


class NewOwnTeam(Body):
    """A team to create, with whoever asks as its first member."""

    model_config = example(name="Gaussians")
    name: Name


class OwnName(Body):
    """How somebody wants to be called."""

    model_config = example(name="Ada")
    name: Name


class NewOwnToken(Body):
    """A token to create for oneself, with which to act for one's team; without scopes it gets all of a team's."""

    model_config = example(name="Ada's laptop", scopes=["read", "submit"])
    name: TokenName = ""
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=10)] | None = None


class Invitation(Body):
    """A link that lets one person into a team, once. It is shown only here."""

    model_config = example(url="https://arena.example/join?link=0123456789", expires_at="2026-07-08T12:00:00Z")
    url: str
    expires_at: datetime


class AcceptedInvitation(Body):
    """The secret of an invitation: what stands behind `link=` in its address."""

    model_config = example(link="Zm9yIGV4YW1wbGUgb25seQ")
    link: LinkSecret


class OtherTeam(Body):
    """Another team of the competition."""

    model_config = example(team="Optimists")
    team: Name


class OwnToken(Body):
    """A token of one's own, without the secret itself."""

    model_config = example(
        id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        name="Ada's laptop",
        scopes=["read"],
        created_at="2026-07-01T12:00:00Z",
    )
    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime


class TakingPart(Body):
    """How somebody takes part in a competition: registration, team, tokens, and teams that want to merge with theirs.

    `merge_into` is the team that theirs asks to take it in, and `merges_asked` are those that ask theirs.
    """

    model_config = example(
        slug="spring",
        name="Spring challenge",
        state="approved",
        rules_version="9f86d081884c7d65",
        rules_are_current=True,
        team="Gaussians",
        members=["Ada", "Grace"],
        acting=True,
        tokens=[],
        merge_until=None,
        merge_into=None,
        merges_asked=[],
    )
    slug: str
    name: str
    state: RegistrationState
    rules_version: str
    rules_are_current: bool
    team: str | None
    members: list[str]
    acting: bool
    tokens: list[OwnToken]
    merge_until: datetime | None
    merge_into: str | None
    merges_asked: list[str]


class Me(Body):
    """Who is signed in, and how they take part."""

    model_config = example(
        email="ada@uni.example",
        name="Ada",
        role="member",
        created_at="2026-07-01T12:00:00Z",
        competitions=[example_of(TakingPart)],
    )
    email: str
    name: str
    role: PersonRole
    created_at: datetime
    competitions: list[TakingPart]


class PersonalData(Body):
    """All that the platform knows of somebody, by table; of secrets only when they were made and end."""

    model_config = example(person={"email": "ada@uni.example", "name": "Ada"}, tables={"memberships": []})
    person: dict[str, object]
    tables: dict[str, list[dict[str, object]]]


class Deleted(Body):
    """That it is gone."""

    model_config = example(deleted=True)
    deleted: bool
