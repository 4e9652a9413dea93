"""People, their registrations and the links sent to them, in Postgres. Of secrets only hashes are stored."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from arena.api.competition_document import Registration
from arena.api.people.registrants import Person, Registrant
from arena.words.scopes import PersonRole, RegistrationState
from shared.database import Connection, Pool, PoolOrConnection, fetch_all, fetch_one, load_queries

queries = load_queries(files("services.gateway.people") / "people.sql")


@dataclass(frozen=True)
class CompetitionRules:
    """A competition, and how people sign up for it."""

    id: UUID
    slug: str
    name: str
    registration: dict[str, Any]

    @property
    def settings(self) -> Registration:
        """How people sign up, as the competition's document says."""
        return Registration.model_validate(self.registration)


@dataclass(frozen=True)
class OpenCompetitionRow:
    """A competition for which people sign up by themselves."""

    slug: str
    name: str


@dataclass(frozen=True)
class LinkRow:
    """What a link was asked for: to sign in, and to register for a competition if one is named."""

    email: str
    name: str
    competition_id: UUID | None
    rules_version: str
    return_to: str


@dataclass(frozen=True)
class TakingPartRow:
    """How a person takes part in a competition."""

    id: UUID
    slug: str
    name: str
    registration: dict[str, Any]
    state: RegistrationState
    rules_version: str
    team_id: UUID | None
    team: str | None
    members: list[str]
    merge_into: str | None
    merges_asked: list[str]


@dataclass(frozen=True)
class DecidedRow:
    """Whom a decision is about, and whether it was another one before."""

    email: str
    name: str
    changed: bool


async def find_rules(where: PoolOrConnection, slug: str) -> CompetitionRules | None:
    """Return a competition and how people sign up for it."""
    return await fetch_one(CompetitionRules, queries.find_registration_rules(where, slug=slug))


async def find_rules_by_id(where: PoolOrConnection, competition_id: UUID) -> CompetitionRules | None:
    """Return a competition and how people sign up for it."""
    return await fetch_one(CompetitionRules, queries.find_rules_by_id(where, id=competition_id))


async def list_open_competitions(pool: Pool) -> list[OpenCompetitionRow]:
    """Return the competitions for which people sign up by themselves, the newest first."""
    return await fetch_all(OpenCompetitionRow, queries.list_open_competitions(pool))


async def count_links(connection: Connection, email: str) -> int:
    """Return how many links were sent to an address in the last hour; nobody else sends it one meanwhile."""
    await queries.lock_address(connection, email=email)
    count: int = await queries.count_links(connection, email=email)
    return count


async def add_link(connection: Connection, link_hash: bytes, link: LinkRow, lifetime_s: float) -> None:
    """Keep what a link was asked for."""
    await queries.add_link(connection, hash=link_hash, lifetime_s=lifetime_s, **vars(link))


async def find_link(pool: Pool, link_hash: bytes) -> LinkRow | None:
    """Return what a link was asked for; None if it was used or is too old."""
    return await fetch_one(LinkRow, queries.find_link(pool, hash=link_hash))


async def take_link(connection: Connection, link_hash: bytes) -> LinkRow | None:
    """Use a link up; None if it was used or is too old."""
    return await fetch_one(LinkRow, queries.take_link(connection, hash=link_hash))


async def confirm_person(connection: Connection, email: str, name: str) -> UUID:
    """Return the person who has proved that this address is theirs, a new one if need be."""
    person_id: UUID = await queries.confirm_person(connection, email=email, name=name)
    return person_id


async def find_person_id(where: PoolOrConnection, email: str) -> UUID | None:
    """Return the person with this address."""
    person_id: UUID | None = await queries.find_person_id(where, email=email)
    return person_id


async def find_person(where: PoolOrConnection, person_id: UUID) -> Person | None:
    """Return a person."""
    return await fetch_one(Person, queries.find_person(where, id=person_id))


async def rename_person(pool: Pool, person_id: UUID, name: str) -> None:
    """Change how a person is called."""
    await queries.rename_person(pool, id=person_id, name=name)


async def add_person_session(connection: Connection, session_hash: bytes, person_id: UUID, days: int) -> None:
    """Sign a person in for so many days."""
    await queries.add_person_session(connection, hash=session_hash, person_id=person_id, days=days)


async def register(
    where: PoolOrConnection, competition_id: UUID, person_id: UUID, state: RegistrationState, rules_version: str
) -> RegistrationState:
    """Register a person; returns how the registration stands, which is older if they were registered before."""
    row = await queries.register(
        where, competition_id=competition_id, person_id=person_id, state=state, rules_version=rules_version
    )
    found: RegistrationState = row["state"]
    return found


async def find_registration(where: PoolOrConnection, competition_id: UUID, person_id: UUID) -> RegistrationState | None:
    """Return how a person's registration stands."""
    state: RegistrationState | None = await queries.find_registration(
        where, competition_id=competition_id, person_id=person_id
    )
    return state


async def list_own_competitions(pool: Pool, person_id: UUID) -> list[TakingPartRow]:
    """Return how a person takes part in each competition, the newest registration first."""
    return await fetch_all(TakingPartRow, queries.list_own_competitions(pool, person_id=person_id))


async def list_registrants(
    pool: Pool, competition_id: UUID, state: RegistrationState | None, after: tuple[datetime, UUID] | None, size: int
) -> list[Registrant]:
    """Return up to `size` of those who registered for a competition, the oldest first."""
    at, person_id = after or (None, None)
    rows = queries.list_registrants(
        pool, competition_id=competition_id, state=state, after=at, after_id=person_id, size=size
    )
    return await fetch_all(Registrant, rows)


async def decide(
    connection: Connection, competition_id: UUID, person_id: UUID, state: RegistrationState
) -> DecidedRow | None:
    """Approve or refuse a person; None if they have not registered."""
    row = queries.decide(connection, competition_id=competition_id, person_id=person_id, state=state)
    return await fetch_one(DecidedRow, row)


async def list_people(pool: Pool, after: tuple[datetime, UUID] | None, size: int) -> list[Person]:
    """Return up to `size` people, the oldest first."""
    at, person_id = after or (None, None)
    return await fetch_all(Person, queries.list_people(pool, after=at, after_id=person_id, size=size))


async def put_role(pool: Pool, email: str, role: PersonRole) -> Person:
    """Give whoever has this address a role."""
    row = await queries.put_role(pool, email=email, role=role)
    return Person(**row)


async def find_identity(connection: Connection, issuer: str, subject: str) -> UUID | None:
    """Return the person whom a provider calls by this subject."""
    person_id: UUID | None = await queries.find_identity(connection, issuer=issuer, subject=subject)
    return person_id


async def add_identity(connection: Connection, issuer: str, subject: str, person_id: UUID) -> None:
    """Note down whom a provider calls by this subject."""
    await queries.add_identity(connection, issuer=issuer, subject=subject, person_id=person_id)


async def add_provider_sign_in(connection: Connection, sign_in_hash: bytes, return_to: str, lifetime_s: float) -> None:
    """Begin a sign-in at a provider."""
    await queries.add_provider_sign_in(connection, hash=sign_in_hash, return_to=return_to, lifetime_s=lifetime_s)


async def take_provider_sign_in(connection: Connection, sign_in_hash: bytes) -> str | None:
    """End a sign-in at a provider; returns to which page it leads, None if there is no such sign-in any more."""
    to: str | None = await queries.take_provider_sign_in(connection, hash=sign_in_hash)
    return to
